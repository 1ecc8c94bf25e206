"""The base of relative addresses cannot be moved."""

import re

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
from scanner.observation.web import Elements, Page, Resource
from scanner.page_policy import asked, policies

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)

WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//", re.ASCII)
NONCE = "'nonce-r4nd0mAAAAAAAAAAAAAAAA'"


@check(
    id="csp-base-uri",
    title="An attacker cannot move the base of the page's relative addresses",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `base-uri 'none'`, or `'self'` where the page has a `<base>`; default-src does not cover it.",
    snippets=header_snippets(CSP, "base-uri 'none'"),
    references=(Reference("CSP Level 3", "6.3.1"),),
    roles=(Role.WEB,),
    passes={"none": Page.from_text(f"{CSP}: script-src 'self'; base-uri 'none'")},
    fails={
        "no policy": Page.from_text(),
        "default-src does not cover it": Page.from_text(f"{CSP}: default-src 'self'"),
        "beside a nonce": Page.from_text(f"{CSP}: script-src {NONCE}"),
        "with relative scripts": Page.from_text(
            f"{CSP}: script-src 'self'",
            elements=Elements(resources=(Resource("script", "js/a.js"),)),
        ),
        "with a script by its path": Page.from_text(
            f"{CSP}: script-src 'self'", elements=Elements(resources=(Resource("script", "/a.js"),))
        ),
        "everybody": Page.from_text(f"{CSP}: base-uri https:"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_base_uri(page: Page) -> Judgement:
    """With `<base href>` an attacker has the page's own scripts, nonce and all, fetched from him."""
    said = asked(page, capability.BASE)
    if said is None:
        return not_applicable("The answer is not a page.")
    if said.is_allowed:
        return failed(
            "A base element written into the page moves its relative addresses: {how}.",
            how=said.how,
            severity=Severity.MEDIUM if _is_grave(page) else Severity.LOW,
            evidence=(*said.evidence, expected("base-uri 'none' or 'self'")),
            confidence=said.confidence,
            cause=said.cause,
        )
    return passed("The base of the page's addresses cannot be moved.", evidence=said.evidence)


def _is_grave(page: Page) -> bool:
    """Whether scripts would come from the attacker: trusted by nonce, or by a relative address."""
    found = policies(page).enforced
    lists = [csp.sources(words) for one in found if (words := one.governing(csp.SCRIPT))]
    trusted = any(
        capability.is_guarded(one) or capability.keyword(one, "'strict-dynamic'") for one in lists
    )
    resources = page.elements.resources if page.elements else ()
    relative = any(one.element == "script" and not WHOLE.match(one.url) for one in resources)
    return bool(found) and (trusted or relative)
