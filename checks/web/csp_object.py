"""Plugins are refused."""

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
    id="csp-object",
    title="Plugin content that an attacker writes into the page is refused",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Add `object-src 'none'`: browsers have no plugins left to show.",
    snippets=header_snippets(CSP, "object-src 'none'"),
    references=(Reference("CSP Level 3", "6.1.9"),),
    roles=(Role.WEB,),
    passes={
        "none": Page.from_text(f"{CSP}: object-src 'none'"),
        "by default-src": Page.from_text(f"{CSP}: default-src 'self'"),
    },
    fails={
        "no policy": Page.from_text(),
        "scripts only": Page.from_text(f"{CSP}: script-src 'self'"),
        "everybody": Page.from_text(f"{CSP}: default-src 'self'; object-src *"),
        "data:": Page.from_text(f"{CSP}: object-src data:"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_object(page: Page) -> Judgement:
    """`<object>` and `<embed>` load documents and old plugins past a list of scripts."""
    said = asked(page, capability.OBJECT)
    if said is None:
        return not_applicable("The answer is not a page.")
    if said.is_allowed:
        return failed(
            "An object or embed from anywhere is loaded: {how}.",
            how=said.how,
            evidence=(*said.evidence, expected("object-src 'none'")),
            confidence=said.confidence,
            cause=said.cause,
        )
    return passed("Objects from strangers are refused.", evidence=said.evidence)
