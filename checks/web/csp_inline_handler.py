"""Event handlers written into the page do not run."""

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
    id="csp-inline-handler",
    title="Event handlers that an attacker writes into the page do not run",
    severity=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Attach handlers from script files (`addEventListener`) and take `'unsafe-inline'` out of
        `script-src-attr` and `script-src`. A nonce on scripts does not cover attributes such as
        `onclick`: say `script-src-attr 'none'`.
    """,
    snippets=header_snippets(CSP, "script-src 'self'; script-src-attr 'none'"),
    references=(Reference("CSP Level 3", "6.1.12"), Reference("CSP Level 3", "6.7.3.2")),
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{CSP}: default-src 'self'"),
        "handlers refused by name": Page.from_text(
            f"{CSP}: script-src 'unsafe-inline'; script-src-attr 'none'"
        ),
    },
    fails={
        "no policy": Page.from_text(),
        "a nonce elsewhere does not help": Page.from_text(
            f"{CSP}: script-src 'nonce-r4nd0mAAAAAAAAAAAAAAAA'; script-src-attr 'unsafe-inline'"
        ),
        "only elements are governed": Page.from_text(f"{CSP}: script-src-elem 'self'"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_inline_handler(page: Page) -> Judgement:
    """A broken picture with `onerror` needs no script element, and is what most attacks write."""
    said = asked(page, capability.INLINE_HANDLER)
    if said is None:
        return not_applicable("The answer is not a page that runs scripts.")
    if said.is_allowed:
        return failed(
            "An event handler written into the page runs: {how}.",
            how=said.how,
            evidence=(*said.evidence, expected("script-src-attr 'none'")),
            cause=said.cause,
        )
    return passed("Event handlers written into the page are refused.", evidence=said.evidence)
