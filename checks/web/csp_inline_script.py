"""Scripts written into the page do not run."""

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
    id="csp-inline-script",
    title="Scripts that an attacker writes into the page do not run",
    severity=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Move inline scripts into files or give each a nonce made anew for every answer, then take
        `'unsafe-inline'` out of `script-src`. `javascript:` links go the same way.
    """,
    snippets=header_snippets(CSP, "script-src 'self'"),
    references=(Reference("CSP Level 3", "6.7.3.2"), Reference("CSP Level 3", "6.8.1")),
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{CSP}: default-src 'self'"),
        "a nonce switches unsafe-inline off": Page.from_text(
            f"{CSP}: script-src 'unsafe-inline' 'nonce-r4nd0mAAAAAAAAAAAAAAAA'"
        ),
        "one of two policies refuses": Page.from_text(
            f"{CSP}: script-src 'self'", f"{CSP}: script-src 'unsafe-inline' *"
        ),
        "a sandbox runs no script": Page.from_text(f"{CSP}: sandbox"),
    },
    fails={
        "no policy": Page.from_text(),
        "unsafe-inline": Page.from_text(f"{CSP}: script-src 'self' 'unsafe-inline'"),
        "a hash that is none": Page.from_text(f"{CSP}: script-src 'unsafe-inline' 'sha256-***'"),
        "images only": Page.from_text(f"{CSP}: img-src 'self'"),
        "both policies allow it": Page.from_text(
            f"{CSP}: script-src 'unsafe-inline', default-src 'unsafe-inline'"
        ),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_inline_script(page: Page) -> Judgement:
    """A flaw that lets markup in lets a script in: it reads what the visitor types and sees."""
    said = asked(page, capability.INLINE_SCRIPT)
    if said is None:
        return not_applicable("The answer is not a page that runs scripts.")
    if said.is_allowed:
        return failed(
            "A script or a javascript: link written into the page runs: {how}.",
            how=said.how,
            evidence=(
                *said.evidence,
                expected("script-src without 'unsafe-inline', or with a nonce"),
            ),
            cause=said.cause,
        )
    return passed("Scripts written into the page are refused.", evidence=said.evidence)
