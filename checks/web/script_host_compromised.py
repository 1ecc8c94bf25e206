"""No script comes from a host that was turned against its users."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.html import resolved
from scanner.formats.shown import header_snippets
from scanner.formats.web_lists import listed_as
from scanner.observation.web import Elements, InlineScript, Page, Resource
from scanner.observation.web_lists import CompromisedHosts

KNOWN = CompromisedHosts("2026-11-25", "a list", ("polyfill.io",), ("coinhive.com",))


def _given(
    *resources: Resource, scripts: tuple[InlineScript, ...] = (), truncated: bool = False
) -> tuple[Page, CompromisedHosts]:
    return Page.from_text(
        elements=Elements(resources=resources, scripts=scripts, truncated=truncated)
    ), KNOWN


@check(
    id="script-host-compromised",
    title="No script comes from a host that is known to have been turned against its users",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="Take the element out now. Then see in the logs since when it was there, and tell who visited.",
    snippets={
        "shell": "grep -rn 'polyfill.io' /var/www",
        **header_snippets(csp.ENFORCED, "script-src 'self'"),
    },
    references=(Reference("CWE", "829"), Reference("CWE", "506")),
    roles=(Role.WEB,),
    passes={"others": _given(Resource("script", "https://cdn.test/a.js"))},
    fails={
        "a known host": _given(Resource("script", "https://cdn.polyfill.io/v3/polyfill.js")),
        "a miner": _given(Resource("script", "//coinhive.com/lib.js")),
        "a miner in the page": _given(scripts=(InlineScript("x", 9, signs=("coin-miner",)),)),
    },
    others={
        "not a page": (Page(Page.from_text().exchange), KNOWN),
        "cut short": _given(truncated=True),
    },
)
def script_host_compromised(page: Page, known: CompromisedHosts) -> Judgement:
    """Whoever owns that host runs what he likes in the browser of every citizen who comes."""
    elements = page.elements
    if elements is None:
        return not_applicable("The answer is not a page.")
    found = [
        (one.url, listed)
        for one in elements.resources
        if one.element in {"script", "iframe", "link"}
        and (url := resolved(one.url, elements, page.exchange.url))
        and (listed := listed_as(url.hostname or "", known.compromised + known.miners))
    ]
    if found:
        return failed(
            "It loads {url}; {host} is on the list of hosts turned against their users.",
            url=found[0][0][:200],
            host=found[0][1],
            confidence=Confidence.FIRM,
            evidence=(*(url[:200] for url, _ in found[:20]), f"list of {known.dated}"),
        )
    if any("coin-miner" in one.signs for one in elements.scripts):
        return failed(
            "A script in the page mines coins on the visitors' machines.",
            confidence=Confidence.FIRM,
        )
    if elements.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("No script comes from a host of the list of {date}.", date=known.dated)
