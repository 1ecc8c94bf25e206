"""No stranger can serve a script to the page."""

from collections.abc import Iterator

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.csp import capability
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import Page
from scanner.page_policy import asked, is_restricting, policies

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-script-source",
    title="Scripts from a stranger's server do not run",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Name the hosts that scripts come from in full, or use nonces with `'strict-dynamic'`; take
        out `https:`, `*` and names under which anyone can have a site (`*.github.io`, `*.com`).
    """,
    snippets=header_snippets(CSP, "script-src 'self' https://static.agency.example"),
    references=(Reference("CSP Level 3", "6.7.1.1"), Reference("CSP Level 3", "6.7.2.8")),
    roles=(Role.WEB,),
    passes={
        "workers of a script's own making": Page.from_text(
            f"{CSP}: script-src 'self'; worker-src blob:"
        ),
        "named hosts": Page.from_text(f"{CSP}: script-src 'self' https://cdn.agency.example"),
        "strict-dynamic": Page.from_text(
            f"{CSP}: script-src 'unsafe-inline' https: 'nonce-r4nd0mAAAAAAAAAAAAAAAA' 'strict-dynamic'"
        ),
        "none beside a host is void": Page.from_text(
            f"{CSP}: script-src 'none' https://cdn.agency.example"
        ),
        "the second of a name is ignored": Page.from_text(
            f"{CSP}: SCRIPT-SRC 'self'; script-src *"
        ),
    },
    fails={
        "no policy": Page.from_text(),
        "everybody": Page.from_text(f"{CSP}: script-src *"),
        "a scheme": Page.from_text(f"{CSP}: default-src 'none'; script-src-elem https:"),
        "a public suffix": Page.from_text(f"{CSP}: script-src https://*.co.uk"),
        "a suffix of a provider": Page.from_text(f"{CSP}: script-src *.github.io"),
        "a scheme that engines read differently": Page.from_text(f"{CSP}: script-src wss:"),
        "any agency's": Page.from_text(f"{CSP}: script-src *.gov.pk"),
    },
    others={"not a page": NOT_A_PAGE},
)
def csp_script_source(page: Page) -> tuple[Judgement, ...]:
    """An attacker rents a server for an hour; a policy that lets it serve scripts stops nothing."""
    said = asked(page, capability.FOREIGN_SCRIPT)
    if said is None:
        return (not_applicable("The answer is not a page that runs scripts."),)
    notes = tuple(_workers(page))
    if said.is_allowed:
        return (
            failed(
                "A script from a stranger's server runs: {how}.",
                how=said.how,
                evidence=(*said.evidence, expected("script-src with the names of your own hosts")),
                confidence=said.confidence,
                cause=said.cause,
            ),
            *notes,
        )
    if token := _any_agency(page):
        return (
            failed(
                "A script from any agency's server runs: {token} covers all names of a registry.",
                token=token,
                evidence=said.evidence,
                severity=Severity.LOW,
                confidence=Confidence.TENTATIVE,
            ),
            *notes,
        )
    return (passed("Scripts from strangers are refused.", evidence=said.evidence), *notes)


def _any_agency(page: Page) -> str:
    """A source of the governing lists that covers every name of a registry for public bodies."""
    found = [
        [one.text for one in csp.sources(words) if csp.width(one) is csp.Width.RESTRICTED]
        for policy in policies(page).enforced
        if (words := policy.governing(csp.SCRIPT)) is not None and "'strict-dynamic'" not in words
    ]
    return found[0][0] if found and all(found) else ""


def _workers(page: Page) -> Iterator[Judgement]:
    found = policies(page).enforced
    answer = csp.ask(found, capability.WORKER)
    if is_restricting(found) and answer.is_allowed:
        yield informational(
            "A script that runs can start a worker from {token}.",
            token=answer.hole.token or "anywhere",
            item="worker",
        )
