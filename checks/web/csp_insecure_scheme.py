"""No source is named by http."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    counted,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.csp import capability
from scanner.formats.csp.problems import LISTS
from scanner.formats.shown import expected, header_snippets
from scanner.observation.web import Page
from scanner.page_policy import policies, sent

CSP = csp.ENFORCED
NOT_A_PAGE = Page(Page.from_text("Content-Type: application/json").exchange)


@check(
    id="csp-insecure-scheme",
    title="The policy names no source that is reached without encryption",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Write `https:` and `https://`, `wss://` for sockets, in place of `http:`, `http://` and `ws://`.",
    snippets=header_snippets(CSP, "img-src 'self' https://pictures.agency.example"),
    references=(Reference("CSP Level 3", "6.7.2.9"),),
    roles=(Role.WEB,),
    passes={
        "where reports go is no source": Page.from_text(
            f"{CSP}: img-src https:; report-uri http://reports.agency.example/"
        ),
        "https only": Page.from_text(f"{CSP}: img-src https:"),
        "a fallback for old browsers": Page.from_text(
            f"{CSP}: script-src 'nonce-r4nd0mAAAAAAAAAAAAAAAA' 'strict-dynamic' https: http:"
        ),
    },
    fails={
        "a scheme": Page.from_text(f"{CSP}: img-src http:"),
        "a host": Page.from_text(f"{CSP}: script-src http://cdn.agency.example"),
        "a socket": Page.from_text(f"{CSP}: connect-src ws://live.agency.example"),
    },
    others={"no policy": Page.from_text()},
)
def csp_insecure_scheme(page: Page) -> Judgement:
    """Whoever holds the line between can answer in the place of a source named by http."""
    found = policies(page).enforced
    if not found:
        return not_applicable("No policy is enforced.")
    bad = tuple(f"{name} {text}" for one in found for name, text in _insecure(one))
    if bad:
        return failed(
            counted(
                "The policy names {first} without encryption.",
                "The policy names {n} sources without encryption, such as {first}.",
                n=len(bad),
                first=bad[0][:200],
            ),
            evidence=(*sent(page), expected("https: and https://")),
        )
    return passed("Every source of the policy is encrypted.", evidence=sent(page))


def _insecure(policy: csp.Policy) -> Iterator[tuple[str, str]]:
    for name, words in policy.directives.items():
        if name not in LISTS:
            continue
        tokens = csp.sources(words)
        if name.startswith(("script-src", "default-src")) and capability.keyword(
            tokens, "'strict-dynamic'"
        ):
            continue  # hosts and schemes are for browsers that do not know it
        for one in tokens:
            if one.scheme in {"http", "ws"}:
                yield name, one.text
