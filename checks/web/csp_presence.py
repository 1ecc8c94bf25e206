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
from scanner.fact import (
    CSP_BASE_URI,
    CSP_FRAME_ANCESTORS,
    CSP_OBJECT_SRC,
    CSP_PRESENT,
    CSP_REPORT_ENDPOINT,
    CSP_SCRIPT_RESTRICTED,
)
from scanner.formats import csp
from scanner.observation.web import Elements, Page

FIELD = "Content-Security-Policy"
NONCE = "script-src 'nonce-r4nd0mr4nd0mr4nd0m'; object-src 'none'; base-uri 'none'"
RECORDS = (
    CSP_PRESENT,
    CSP_SCRIPT_RESTRICTED,
    CSP_OBJECT_SRC,
    CSP_BASE_URI,
    CSP_FRAME_ANCESTORS,
    CSP_REPORT_ENDPOINT,
)


@check(
    id="csp-presence",
    title="A content security policy keeps injected scripts from running",
    severity=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Begin with `Content-Security-Policy-Report-Only: script-src 'self'`, see what it would
        stop, move inline scripts into files or give them nonces, and then enforce it.
    """,
    snippets={"nginx": "add_header Content-Security-Policy \"default-src 'self'\" always;"},
    references=(Reference("CSP Level 3", "6.1"), Reference("CSP Level 3", "6.7.3.2")),
    records=RECORDS,
    roles=(Role.WEB,),
    passes={
        "own files only": Page.from_text(f"{FIELD}: default-src 'self'"),
        "a nonce": Page.from_text(f"{FIELD}: {NONCE}; report-uri /csp"),
        "in the page": Page.from_text(elements=Elements(policies=("script-src 'none'",))),
        "two policies, one is strict": Page.from_text(f"{FIELD}: default-src *, script-src 'self'"),
    },
    fails={
        "none": Page.from_text(),
        "inline scripts are allowed": Page.from_text(f"{FIELD}: script-src 'self' 'unsafe-inline'"),
        "scripts from anywhere": Page.from_text(f"{FIELD}: script-src https:"),
        "scripts in data: URLs": Page.from_text(f"{FIELD}: script-src 'self' data:"),
        "images only": Page.from_text(f"{FIELD}: img-src 'self'"),
        "only reported": Page.from_text(f"{FIELD}-Report-Only: default-src 'self'"),
    },
    others={"not a page": Page(Page.from_text("Content-Type: application/json").exchange)},
)
def csp_presence(page: Page) -> Judgement:
    """When a flaw lets an attacker write into a page, this decides whether his script runs."""
    lines = page.exchange.values(FIELD)
    header = csp.policies(lines)
    found = header + csp.meta_policies(page.elements.policies if page.elements else ())
    evidence = page.exchange.sent(FIELD)
    if page.elements is None and not found:
        return not_applicable(
            "The answer is not a page that runs scripts.", facts=_facts(found, header)
        )
    facts = _facts(found, header)
    if not found:
        return failed(
            "No policy is enforced.",
            evidence=page.exchange.sent(f"{FIELD}-Report-Only"),
            facts=facts,
        )
    if ways := _open(found):
        return failed(
            "A policy is enforced, but it lets {ways} run.",
            ways=", ".join(ways),
            evidence=evidence,
            facts=facts,
        )
    return passed("It refuses scripts from outside.", evidence=evidence, facts=facts)


def _open(found: tuple[csp.Policy, ...]) -> list[str]:
    questions = (
        ("inline scripts", csp.allows_inline_script),
        ("scripts from any server", csp.allows_foreign_script),
        ("scripts in data: URLs", csp.allows_data_script),
    )
    return [words for words, question in questions if csp.allow(found, csp.SCRIPT, question)]


def _facts(found: tuple[csp.Policy, ...], header: tuple[csp.Policy, ...]) -> dict[Fact, FactValue]:
    return {
        CSP_PRESENT: bool(found),
        CSP_SCRIPT_RESTRICTED: bool(found) and not _open(found),
        CSP_OBJECT_SRC: csp.strictest(found, csp.OBJECT),
        CSP_BASE_URI: csp.strictest(found, csp.BASE),
        CSP_FRAME_ANCESTORS: csp.strictest(header, csp.FRAMES),
        CSP_REPORT_ENDPOINT: any(
            {"report-uri", "report-to"} & set(one.directives) for one in header
        ),
    }
