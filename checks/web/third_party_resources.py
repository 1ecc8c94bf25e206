"""Other parties are few and known."""

from collections.abc import Iterator
from urllib.parse import SplitResult

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    counted,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats import csp
from scanner.formats.html import resolved
from scanner.formats.party import is_address, is_foreign
from scanner.formats.shown import header_snippets
from scanner.formats.web_lists import kind_of, listed_as
from scanner.observation.web import Elements, Page, Resource
from scanner.observation.web_lists import CompromisedHosts, ThirdParties

KNOWN = ThirdParties(
    "2026-11-25",
    "a list",
    (("doubleclick.net", "advertising"), ("hotjar.com", "replay"), ("youtube.com", "video")),
)
HOSTS = CompromisedHosts("2026-11-25", "a list", shorteners=("bit.ly",))
WATCHING = frozenset({"advertising", "replay"})


def _given(
    *resources: Resource, truncated: bool = False
) -> tuple[Page, ThirdParties, CompromisedHosts]:
    return Page.from_text(elements=Elements(resources=resources, truncated=truncated)), KNOWN, HOSTS


@check(
    id="third-party-resources",
    title="The page brings no advertisers and no recorders of sessions along",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Copy fonts and scripts to your own server, count visitors yourself, and show films behind a click.",
    snippets={
        "html": '<link rel="stylesheet" href="/fonts/own.css"> <script src="/js/own.js"></script>',
        **header_snippets(csp.ENFORCED, "default-src 'self'"),
    },
    references=(Reference("ASVS 5.0", "3.6.1"), Reference("CWE", "829")),
    roles=(Role.WEB,),
    passes={
        "a film": _given(Resource("iframe", "https://www.youtube.com/embed/x", is_sandboxed=True)),
        "a frame without a sandbox": _given(Resource("iframe", "https://www.youtube.com/x")),
        "own files only": _given(Resource("script", "/a.js")),
    },
    fails={
        "advertising": _given(Resource("script", "https://ad.doubleclick.net/a.js")),
        "a recorder": _given(Resource("script", "https://static.hotjar.com/c/x.js")),
        "a script of an address": _given(Resource("script", "https://192.0.2.7/a.js")),
        "a script behind a short address": _given(Resource("script", "https://bit.ly/a")),
        "a script without encryption": _given(Resource("script", "http://x.test/a.js")),
    },
    others={
        "not a page": (Page(Page.from_text().exchange), KNOWN, HOSTS),
        "cut short": _given(truncated=True),
    },
)
def third_party_resources(
    page: Page, known: ThirdParties, hosts: CompromisedHosts
) -> tuple[Judgement, ...]:
    """Each of them learns who reads what at the agency, and can change what he reads."""
    elements = page.elements
    if elements is None:
        return (not_applicable("The answer is not a page."),)
    loads = [
        (one, url)
        for one in elements.resources
        if (url := resolved(one.url, elements, page.exchange.url))
        and url.hostname
        and is_foreign(url.geturl(), page.exchange.url)
    ]
    notes = tuple(_notes(loads, known))
    risky = [
        one.url
        for one, url in loads
        if one.element == "script"
        and (
            is_address(url.hostname or "")
            or url.scheme == "http"
            or listed_as(url.hostname or "", hosts.shorteners)
        )
    ]
    if risky:
        said = failed(
            "A script comes from a numeric or short address, or without encryption: {url}.",
            url=risky[0][:200],
            evidence=tuple(one[:200] for one in risky[:20]),
        )
        return (said, *notes)
    watching = sorted(
        {
            f"{url.hostname} ({kind})"
            for _, url in loads
            if (kind := kind_of(url.hostname or "", known)) in WATCHING
        }
    )
    if watching:
        said = failed(
            "It brings along {first}.",
            first=watching[0],
            severity=Severity.LOW,
            evidence=(*watching[:20], f"list of {known.dated}"),
        )
        return (said, *notes)
    if elements.truncated:
        return (inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read."),)
    return (passed("It brings along no advertiser and no recorder of sessions."), *notes)


def _notes(loads: list[tuple[Resource, SplitResult]], known: ThirdParties) -> Iterator[Judgement]:
    names = sorted({url.hostname or "" for _, url in loads})
    if names:
        yield informational(
            counted(
                "One other party serves parts of the page.",
                "{n} other parties serve parts of the page.",
                n=len(names),
            ),
            item="other parties",
            evidence=tuple(f"{one} ({kind_of(one, known)})" for one in names[:40]),
        )
    bare = [one.url for one, _ in loads if one.element == "iframe" and not one.is_sandboxed]
    if bare:
        yield informational(
            "A frame of another party has no sandbox: {url}.",
            url=bare[0][:200],
            item="frames without sandbox",
        )
