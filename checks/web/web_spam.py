"""The site links to no spam."""

import shlex
from datetime import UTC, datetime

from msgspec.structs import replace

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Outcome,
    Previous,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.party import is_foreign
from scanner.observation.web import (
    Elements,
    LinkedHost,
    Page,
)
from scanner.observation.web_probes import LinkedPage, LinkedPages, SiteMap
from scanner.page_drift import baseline

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _before(elements: Elements) -> Previous[Page]:
    return Previous(Observed(Page.from_text(elements=elements), NOW), "before")


def _now(elements: Elements) -> Page:
    return Page.from_text(elements=elements)


def _linked(*links: LinkedHost) -> LinkedPages:
    return LinkedPages(SiteMap(MAP, 404, detail="status 404"), (LinkedPage(NEWS, links),))


def _mapped(spam: int) -> LinkedPages:
    return LinkedPages(SiteMap(MAP, 200, urls=90, spam=spam, examples=(NEWS,) if spam else ()))


def _earlier(linked: LinkedPages) -> Previous[LinkedPages]:
    return Previous(Observed(linked, NOW), "before")


MANY = 5
GONE = {404, 410}
MAP, NEWS = "https://www.agency.example/sitemap.xml", "https://www.agency.example/news"
SPAM = tuple(LinkedHost(f"spam{n}.test", 1, 1, 1) for n in range(5))
SEEN = tuple(LinkedHost(f"spam{n}.test", 1, 1) for n in range(5))
CLEAN, FIRST = _now(Elements()), Previous[LinkedPages]()
NOTHING = LinkedPages()
UNSEEN = Unobserved(Reason.TIMEOUT, "no answer in time", NOW)


@check(
    id="web-spam",
    title="No link spam was put into the site",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Find where the links come from (database, theme, a file that was added), take them out, mend the way in, and change passwords.",
    snippets={
        "shell": "find /var/www -newermt 2026-11-01 -type f | head; diff -r /var/www /srv/backup/www",
        "nginx": "location / { return 503; } # while it is being restored",
        "apache": "Redirect 503 /",
        "iis": "Put app_offline.htm into the root of the site while it is being restored",
    },
    references=(Reference("CWE", "506"),),
    roles=(Role.WEB,),
    passes={
        "none": (CLEAN, _before(Elements()), NOTHING, FIRST),
        "links without words of spam": (
            _now(Elements(links=tuple(LinkedHost(f"n{n}.test") for n in range(9)))),
            _before(Elements()),
            _linked(LinkedHost("n.test")),
            FIRST,
        ),
        "they were there before": (
            _now(Elements(links=SEEN)),
            _before(Elements(links=SEEN)),
            _linked(*SEEN),
            _earlier(_linked(*SEEN)),
        ),
        "a few on a page that was not seen before": (
            CLEAN,
            _before(Elements()),
            _linked(*SEEN),
            _earlier(NOTHING),
        ),
        "four worded addresses": (CLEAN, _before(Elements()), _mapped(4), FIRST),
        "the start page alone was seen": (CLEAN, _before(Elements()), UNSEEN, FIRST),
    },
    fails={
        "hidden": (_now(Elements(links=SPAM)), _before(Elements()), NOTHING, FIRST),
        "hidden, in the first audit": (_now(Elements(links=SPAM)), Previous(), NOTHING, FIRST),
        "still hidden": (
            _now(Elements(links=SPAM)),
            _before(Elements(links=SPAM)),
            NOTHING,
            FIRST,
        ),
        "in sight": (_now(Elements(links=SEEN)), _before(Elements()), NOTHING, FIRST),
        "hidden in a linked page": (CLEAN, Previous(), _linked(*SPAM), FIRST),
        "newly hidden there": (CLEAN, Previous(), _linked(*SPAM), _earlier(_linked())),
        "in sight there": (CLEAN, _before(Elements()), _linked(*SEEN), _earlier(_linked())),
        "in the site map": (CLEAN, Previous(), _mapped(5), FIRST),
    },
    others={
        "the first audit": (_now(Elements(links=SEEN)), Previous(), NOTHING, FIRST),
        "not a page": (Page(Page.from_text().exchange), _before(Elements()), NOTHING, FIRST),
        "cut short": (_now(Elements(truncated=True)), _before(Elements()), NOTHING, FIRST),
        "nothing else looked at": (
            CLEAN,
            Previous(),
            LinkedPages(
                SiteMap(MAP, 200, is_index=True, is_cut=True),
                (
                    LinkedPage(NEWS, reason=Reason.TIMEOUT, detail="no answer in time"),
                    LinkedPage(NEWS, truncated=True),
                ),
            ),
            FIRST,
        ),
        "a site map that is not read": (
            CLEAN,
            Previous(),
            LinkedPages(SiteMap(MAP, reason=Reason.TIMEOUT, detail="no answer in time")),
            FIRST,
        ),
        "no site map": (CLEAN, Previous(), _linked(), FIRST),
    },
)
def web_spam(
    page: Page,
    before: Previous[Page],
    linked: LinkedPages | Unobserved,
    earlier: Previous[LinkedPages],
) -> tuple[Judgement, ...]:
    """Gambling and drugs in a government's name: somebody else writes into the site already.

    Most of it lies on pages that the site map or a link leads to: those are looked at as well.
    """
    start = _start_page(page, before)
    if isinstance(linked, Unobserved):
        line = f"not looked at: the site map and linked pages ({linked.reason})"
        return (replace(start, evidence=(*start.evidence, line)),)
    known = _known(earlier)
    pages = (_linked_page(one, known.get(one.url)) for one in linked.pages)
    found = [one for one in (*pages, _site_map(linked.site_map)) if one]
    said = (start, *found) if start.outcome is not Outcome.PASS or not found else tuple(found)
    first = replace(said[0], evidence=(*said[0].evidence, *_looked_at(linked)))
    return (first, *said[1:])


def _start_page(page: Page, before: Previous[Page]) -> Judgement:
    now, old = page.elements, baseline(before)
    if now is None:
        return not_applicable("The answer is not a page.")
    known = {one.host for one in old.links} if old else set()
    every, fresh = (_spam(now.links, page.exchange.url, names) for names in (set(), known))
    if (hidden := sum(one.hidden_spam for one in every)) >= MANY:
        is_fresh = old is not None and sum(one.hidden_spam for one in fresh) >= MANY
        return failed(
            "{n} hidden links to {host} and others carry words of spam.",
            n=hidden,
            host=next(one.host for one in every if one.hidden_spam),
            confidence=Confidence.FIRM if is_fresh else Confidence.TENTATIVE,
            evidence=_hosts(every),
        )
    if old is None:
        return not_applicable(
            "No hidden ones were read; for others there is no earlier page to compare with."
        )
    evidence = _hosts(fresh)
    if (count := sum(one.spam for one in fresh)) >= MANY:
        return failed(
            "{n} links to {host} and others are new; they carry words of spam.",
            n=count,
            host=fresh[0].host,
            severity=Severity.MEDIUM,
            confidence=Confidence.TENTATIVE,
            evidence=evidence,
        )
    if now.truncated:
        return inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read.")
    return passed("No link spam is new.")


def _spam(links: tuple[LinkedHost, ...], url: str, known: set[str]) -> list[LinkedHost]:
    """The other parties that are linked to with words of spam, and were not before."""
    return [
        one
        for one in links
        if one.spam and one.host not in known and is_foreign(f"https://{one.host}/", url)
    ]


def _hosts(found: list[LinkedHost]) -> tuple[str, ...]:
    """The names of hosts, never the words."""
    return tuple(one.host for one in found[:20])


def _known(earlier: Previous[LinkedPages]) -> dict[str, set[str]]:
    """The hosts that each page linked to at the last audit, where it was looked at."""
    seen = earlier.observation
    pages = seen.value.pages if isinstance(seen, Observed) else ()
    return {one.url: {host.host for host in one.links} for one in pages if not one.detail}


def _linked_page(page: LinkedPage, known: set[str] | None) -> Judgement | None:
    """Links out of sight need no earlier look; those in sight may be a register of licences."""
    every = _spam(page.links, page.url, set())
    fresh = _spam(page.links, page.url, known or set())
    is_fresh = known is not None and sum(one.hidden_spam for one in fresh) >= MANY
    if (hidden := sum(one.hidden_spam for one in every)) >= MANY:
        return failed(
            "The page {url} has {n} hidden links to {host} and others; they carry words of spam.",
            url=page.url,
            n=hidden,
            host=next(one.host for one in every if one.hidden_spam),
            confidence=Confidence.FIRM if is_fresh else Confidence.TENTATIVE,
            item=page.url[:300],
            evidence=_hosts(every),
            command=_command(page.url),
        )
    if known is None or sum(one.spam for one in fresh) < MANY:
        return None
    return failed(
        "The page {url} has {n} new links to {host} and others; they carry words of spam.",
        url=page.url,
        n=sum(one.spam for one in fresh),
        host=fresh[0].host,
        severity=Severity.MEDIUM,
        confidence=Confidence.TENTATIVE,
        item=page.url[:300],
        evidence=_hosts(fresh),
        command=_command(page.url),
    )


def _site_map(site_map: SiteMap | None) -> Judgement | None:
    if site_map is None or site_map.spam < MANY:
        return None
    return failed(
        "The site map lists {n} addresses of the site itself that carry words of spam.",
        n=site_map.spam,
        severity=Severity.MEDIUM,
        confidence=Confidence.TENTATIVE,
        item="site map",
        evidence=(f"{site_map.url} lists {site_map.urls} addresses", *site_map.examples),
        command=_command(site_map.url),
    )


def _command(url: str) -> str:
    return f"curl -sk {shlex.quote(url)}"


def _looked_at(linked: LinkedPages) -> tuple[str, ...]:
    """What was looked at beside the start page, and what was not: that decides nothing."""
    lines = [_of_map(linked.site_map)] if linked.site_map else []
    for one in linked.pages:
        cut = " (its beginning)" if one.truncated else ""
        why = f"not looked at: {one.url} ({one.detail})"
        lines.append(why if one.detail else f"also looked at: {one.url}{cut}")
    return tuple(lines)


def _of_map(site_map: SiteMap) -> str:
    if site_map.status in GONE:
        return f"there is no {site_map.url}"
    if site_map.detail:
        return f"not looked at: {site_map.url} ({site_map.detail})"
    if site_map.is_index:
        return f"not looked at: what {site_map.url} leads to (it lists other site maps)"
    cut = " (its beginning)" if site_map.is_cut else ""
    return f"also looked at: {site_map.url}{cut}, {site_map.urls} addresses"
