"""Styles written into the page have no effect."""

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
    id="csp-inline-style",
    title="Styles that an attacker writes into the page have no effect",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="Move styles into files or classes, or give `<style>` a nonce, then take `'unsafe-inline'` out of `style-src`.",
    snippets=header_snippets(CSP, "style-src 'self'"),
    references=(Reference("CSP Level 3", "6.1.13"), Reference("CSP Level 3", "6.7.3.2")),
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{CSP}: default-src 'self'"),
        "a nonce": Page.from_text(
            f"{CSP}: style-src 'unsafe-inline' 'nonce-r4nd0mAAAAAAAAAAAAAAAA'"
        ),
    },
    fails={
        "no policy": Page.from_text(),
        "unsafe-inline": Page.from_text(f"{CSP}: style-src 'self' 'unsafe-inline'"),
        "strict-dynamic is nothing to styles": Page.from_text(
            f"{CSP}: style-src 'unsafe-inline' 'strict-dynamic'"
        ),
        "attributes only": Page.from_text(
            f"{CSP}: style-src 'self'; style-src-attr 'unsafe-inline'"
        ),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_inline_style(page: Page) -> Judgement:
    """Styles alone can read a page letter by letter, cover it, or show what is not there."""
    said, attribute = asked(page, capability.INLINE_STYLE), asked(page, capability.STYLE_ATTRIBUTE)
    if said is None or attribute is None:
        return not_applicable("The answer is not a page.")
    worst = said if said.is_allowed else attribute
    if worst.is_allowed:
        return failed(
            "A style written into the page has its effect: {how}.",
            how=worst.how,
            evidence=(*worst.evidence, expected("style-src without 'unsafe-inline'")),
            cause=worst.cause,
        )
    return passed("Styles written into the page have no effect.", evidence=said.evidence)
