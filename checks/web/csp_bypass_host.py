"""The policy trusts no host that anybody can use."""

from scanner import (
    Confidence,
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
from scanner.formats.shown import header_snippets
from scanner.observation.web import (
    Page,
)
from scanner.observation.web_lists import ScriptHost, ScriptHosts
from scanner.page_policy import policies, sent

CSP = csp.ENFORCED
KINDS = {"package": 0, "jsonp": 1, "angular": 2}  # what shows best first
# Below these any package of anybody lies.
ROOTS = frozenset({"", "/", "/npm/", "/gh/", "/wp/", "/combine/", "/ajax/", "/ajax/libs/", "/pin/"})
KNOWN = ScriptHosts(
    "2026-11-25",
    "a list",
    (
        ScriptHost("cdn.jsdelivr.net", "package", "/"),
        ScriptHost("accounts.google.com", "jsonp", "/o/oauth2/revoke"),
    ),
)


def _given(policy: str) -> tuple[Page, ScriptHosts]:
    return Page.from_text(f"{CSP}: {policy}"), KNOWN


@check(
    id="csp-bypass-host",
    title="The policy trusts no host that serves what anybody put there",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Copy the files to your own server, name the exact path, or use nonces with `'strict-dynamic'`.",
    snippets=header_snippets(CSP, "script-src 'nonce-{RANDOM}' 'strict-dynamic'"),
    references=(Reference("CSP Level 3", "8.3"), Reference("CSP Level 3", "6.7.2.8")),
    roles=(Role.WEB,),
    passes={
        "own hosts": _given("script-src 'self' https://static.agency.example"),
        "a path of a package": _given("script-src https://cdn.jsdelivr.net/npm/jquery@3.7.1/"),
        "strict-dynamic": _given(
            "script-src https://cdn.jsdelivr.net 'nonce-r4nd0mAAAAAAAAAAAAAAAA' 'strict-dynamic'"
        ),
    },
    fails={
        "a host of packages": _given("script-src 'self' https://cdn.jsdelivr.net"),
        "all packages of a host": _given("script-src https://cdn.jsdelivr.net/npm/"),
        "a host with JSONP": _given("script-src accounts.google.com"),
        "a wildcard above it": _given("script-src *.google.com"),
    },
    others={
        "no policy": _given("img-src 'self'"),
        "open to everybody anyhow": _given("script-src https:"),
    },
)
def csp_bypass_host(page: Page, known: ScriptHosts) -> Judgement:
    """An attacker needs no server of his own where the policy trusts one that serves his file."""
    found = policies(page).enforced
    lists = [
        csp.sources(words) for one in found if (words := one.governing(csp.SCRIPT)) is not None
    ]
    if not lists:
        return not_applicable("No enforced policy governs scripts.")
    if csp.ask(found, capability.FOREIGN_SCRIPT).is_allowed:
        return not_applicable("The policy lets scripts from anywhere run: see csp-script-source.")
    here = csp.address(page.exchange.url)
    loose = [one for one in lists if not capability.keyword(one, "'strict-dynamic'")]
    hits = [
        (host, source.text)
        for host in known.hosts
        if here and len(loose) == len(lists) and all(_lets(host, one, here) for one in loose)
        for source in _lets(host, loose[0], here)[:1]
    ]
    if hits:
        host, token = min(hits, key=lambda one: KINDS.get(one[0].kind, len(KINDS)))
        return failed(
            "The source {token} lets in {host}, which serves what anybody put there or runs what a caller names ({kind}).",
            token=token[:200],
            host=f"{host.host}{host.path}",
            kind=host.kind,
            confidence=Confidence.TENTATIVE,
            evidence=(
                *sent(page),
                *sorted({f"{text} lets in {one.host} ({one.kind})" for one, text in hits})[:20],
                f"list of {known.dated}",
            ),
        )
    return passed(
        "No source of the policy is a host of the list of {date}.",
        date=known.dated,
        evidence=sent(page),
    )


def _lets(host: ScriptHost, sources: tuple[csp.Source, ...], here: csp.Address) -> list[csp.Source]:
    """The sources of a list that let a host's address in; any file of a host of packages is one."""
    target = csp.Address("https", host.host, "443", host.path)
    return [
        one
        for one in sources
        if one.kind is csp.Kind.HOST
        and csp.matches(
            one._replace(path="") if host.kind == "package" and one.path in ROOTS else one,
            target,
            here,
        )
    ]
