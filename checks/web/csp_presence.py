"""A content security policy restricts scripts."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.fact import CSP_BASE_URI, CSP_OBJECT_SRC, CSP_PRESENT, CSP_SCRIPT_RESTRICTED
from scanner.formats import csp
from scanner.formats.csp import capability
from scanner.formats.shown import expected, header_snippets, seen
from scanner.observation.web import Elements, Page
from scanner.page_policy import is_restricting, policies, sent

FIELD = csp.ENFORCED
NONCE = "script-src 'nonce-r4nd0mr4nd0mr4nd0m'; object-src 'none'; base-uri 'none'"
RECORDS = (CSP_PRESENT, CSP_SCRIPT_RESTRICTED, CSP_OBJECT_SRC, CSP_BASE_URI)


@check(
    id="csp-presence",
    title="A content security policy restricts which scripts run",
    severity=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Begin with a policy of nonces in `Content-Security-Policy-Report-Only`, see what it would
        stop, then enforce it. `govscan csp "POLICY"` tells what an attacker could still do.
    """,
    snippets=header_snippets(FIELD, "default-src 'self'; object-src 'none'; base-uri 'none'"),
    references=(Reference("CSP Level 3", "3.1"), Reference("CSP Level 3", "6.7.1.1")),
    records=RECORDS,
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{FIELD}: default-src 'self'"),
        "a nonce": Page.from_text(f"{FIELD}: {NONCE}"),
        "in the page": Page.from_text(elements=Elements(policies=("script-src 'none'",))),
        "two policies, one is strict": Page.from_text(f"{FIELD}: default-src *, script-src 'self'"),
        "foreign scripts at least": Page.from_text(f"{FIELD}: script-src 'self' 'unsafe-inline'"),
        "a sandbox": Page.from_text(f"{FIELD}: sandbox"),
    },
    fails={
        "none": Page.from_text(),
        "images only": Page.from_text(f"{FIELD}: img-src 'self'"),
        "only reported": Page.from_text(f"{FIELD}-Report-Only: default-src 'self'"),
        "framing only": Page.from_text(f"{FIELD}: frame-ancestors 'none'"),
        "everything is let in": Page.from_text(f"{FIELD}: default-src * 'unsafe-inline'"),
    },
    others={"not a page": Page(Page.from_text("Content-Type: application/json").exchange)},
)
def csp_presence(page: Page) -> Judgement:
    """When a flaw lets an attacker write into a page, this decides whether his script runs."""
    found = policies(page)
    facts = _facts(found.enforced)
    if page.elements is None and not found.enforced:
        return not_applicable("The answer is not a page that runs scripts.", facts=facts)
    wanted = expected("a Content-Security-Policy with script-src or default-src")
    if not found.enforced:
        trial = seen(page.exchange, csp.REPORTED)
        if trial:
            return failed(
                "A policy is only reported on; none is enforced.",
                evidence=(*trial, wanted),
                facts=facts,
            )
        return failed("No policy is enforced.", evidence=(wanted,), facts=facts)
    if not is_restricting(found.enforced):
        return failed(
            "A policy is enforced, but no directive of it restricts scripts.",
            evidence=(*sent(page), wanted),
            facts=facts,
        )
    ways = [
        one.name
        for one in (capability.INLINE_SCRIPT, capability.FOREIGN_SCRIPT)
        if csp.ask(found.enforced, one).is_allowed
    ]
    if len(ways) > 1:
        return failed(
            "A policy is enforced, but it lets in every script, inline and from anywhere.",
            evidence=(*sent(page), wanted),
            facts=facts,
        )
    return passed("A policy restricts scripts.", evidence=sent(page), facts=facts)


def _facts(found: tuple[csp.Policy, ...]) -> dict[Fact, FactValue]:
    return {
        CSP_PRESENT: bool(found),
        CSP_SCRIPT_RESTRICTED: bool(found) and csp.restricts_scripts(found),
        CSP_OBJECT_SRC: csp.strictest(found, csp.OBJECT),
        CSP_BASE_URI: csp.strictest(found, csp.BASE),
    }
