"""Injected markup has no way to send what it sees."""

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
    id="csp-exfiltration",
    title="Pictures, styles and fonts from anywhere carry nothing out",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Restrict `default-src`, and `img-src`, `style-src`, `font-src`, `media-src`, `connect-src` where they differ.",
    snippets=header_snippets(CSP, "default-src 'self'"),
    references=(Reference("CSP Level 3", "8.6"),),
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{CSP}: default-src 'self'"),
        "data: carries nothing out": Page.from_text(
            f"{CSP}: default-src 'self'; img-src 'self' data:"
        ),
    },
    fails={
        "no policy": Page.from_text(),
        "pictures from anywhere": Page.from_text(f"{CSP}: default-src 'self'; img-src https:"),
        "scripts only": Page.from_text(f"{CSP}: script-src 'self'"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_exfiltration(page: Page) -> Judgement:
    """An unclosed picture address swallows what follows it: a token, a name, and sends it away."""
    answers = [(one.name, asked(page, one)) for one in capability.EXFILTRATION]
    said = answers[0][1]
    if said is None:
        return not_applicable("The answer is not a page.")
    ways = [name.removesuffix("-elem") for name, one in answers if one and one.is_allowed]
    if ways:
        return failed(
            "What the page holds can be sent anywhere through {ways}; links and navigation no policy stops.",
            ways=", ".join(ways),
            evidence=(*said.evidence, expected("default-src 'self'")),
            cause=said.cause,
        )
    return passed(
        "Loads go to named places only; links and navigation no policy stops.",
        evidence=said.evidence,
    )
