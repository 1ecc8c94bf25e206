"""Foreign pages cannot be framed in."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.csp import capability
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import Page
from scanner.page_policy import asked

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-frame-source",
    title="A frame that an attacker writes into the page stays empty",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `frame-src` with the hosts whose pages are shown in frames, or `'none'`.",
    snippets=header_snippets(CSP, "frame-src 'self'"),
    references=(Reference("CSP Level 3", "8.6"), Reference("CSP Level 3", "6.1.6")),
    roles=(Role.WEB,),
    passes={
        "own frames only": Page.from_text(f"{CSP}: frame-src 'self'"),
        "by child-src": Page.from_text(f"{CSP}: child-src 'none'; default-src *"),
    },
    fails={
        "no policy": Page.from_text(),
        "scripts only": Page.from_text(f"{CSP}: script-src 'self'"),
        "everybody": Page.from_text(f"{CSP}: default-src 'self'; frame-src *"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_frame_source(page: Page) -> Judgement:
    """A frame over the whole page shows the attacker's page under the agency's address."""
    said = asked(page, capability.FRAME)
    if said is None:
        return not_applicable("The answer is not a page.")
    if said.is_allowed:
        return failed(
            "Any page can be shown in a frame: {how}.",
            how=said.how,
            evidence=(*said.evidence, expected("frame-src 'self'")),
            confidence=said.confidence,
            cause=said.cause,
        )
    return passed("Frames show named places only.", evidence=said.evidence)
