"""The web family's further requests: second look, scripts, error page, deep path, CORS, links."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from scanner.formats.answer import Target, blocked, leads_to
from scanner.formats.disclosure import traces
from scanner.formats.html import resolved
from scanner.formats.library import in_file
from scanner.formats.technology import in_error_page
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.answers import HTTPS, MOST_READ, Visit, elements_of, visits
from scanner.gather.http.chain import encoded
from scanner.gather.http.linked import Looker
from scanner.gather.http.published import robots_seen
from scanner.gather.http.purse import Purpose
from scanner.gather.http.site import Site, visit
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Unobserved,
)
from scanner.observation.dns import HostAddresses
from scanner.observation.published import RobotsTxt
from scanner.observation.technology import Technologies
from scanner.observation.web import Elements, HttpAnswer, Page
from scanner.observation.web_lists import VulnerableLibraries
from scanner.observation.web_probes import (
    CorsProbe,
    CorsProbes,
    DeepPath,
    ErrorPage,
    LinkedPages,
    Origin,
    Script,
    Scripts,
    SecondPage,
)
from scanner.targets import registrable

APART = 1.0  # seconds between two looks at a nonce (web.md 6.6)
PROBE_SECONDS = 75.0  # of the 120 of a host; the rest is the start page's (web.md 1.2)
MOST_SCRIPTS = 6
OK = 200
LARGEST_SCRIPT = 2 << 20
LARGEST_ANSWER = 1 << 18
PROBE_HOST = "origin-probe.invalid"
NO_PAGE = Message("The host shows no page of its own.")
NO_REDIRECT = Message("Port 80 does not redirect to HTTPS.")


class Home(NamedTuple):
    """A service's start page at the first address that showed it."""

    place: Place
    seen: Observed[Page]

    @property
    def page(self) -> Page:
        """The page."""
        return self.seen.value

    @property
    def path(self) -> str:
        """Its path and query, as they are asked for."""
        parts = urlsplit(self.page.exchange.url)
        return encoded((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


class Hints(NamedTuple):
    """What the start page and robots.txt tell of further addresses."""

    apis: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    robots: RobotsTxt | None = None


class Part(Protocol):
    """One of the kinds that are asked for on one connection."""

    async def __call__(
        self, on: Context, home: Home, site: Site, hints: Hints, /
    ) -> ErrorPage | CorsProbes | Scripts | LinkedPages:
        """Ask; raises ``NotObservedError`` and ``OSError``."""


@gatherer(SecondPage)
async def second_pages(on: Context, pages: Every[Page]) -> Places:
    """Each service's start page once more, on a new connection, at least a second later."""

    async def look(home: Home, site: Site) -> Observation:
        await asyncio.sleep(max(0.0, APART - (on.clock.now() - home.seen.at).total_seconds()))
        began = on.clock.now()
        got = await site.fetch(home.path, most_bytes=MOST_READ, purpose=Purpose.SECOND_PAGE)
        if reason := blocked(got.exchange):
            raise NotObservedError(reason, "the second look met a guard", reached=True)
        address = home.place.address or ""
        return on.observed(
            SecondPage(address, got.exchange, await elements_of(on, got), home.seen.at, began),
            site.address,
        )

    return await _each(on, pages, look)


@gatherer(Scripts)
async def scripts(on: Context, pages: Every[Page], hosts: Every[HostAddresses]) -> Places:
    """At most six scripts of each start page that lie on the page's own host."""
    return await _on_one_connection(on, pages, hosts, Scripts)


async def _scripts(on: Context, home: Home, site: Site, hints: Hints) -> Scripts:
    del hints
    urls = list(_own_scripts(home.page))
    known = on.lists.get(VulnerableLibraries)
    rows = [await _script(site, url, known) for url in urls[:MOST_SCRIPTS]]
    return Scripts(tuple(rows), tuple(urls[MOST_SCRIPTS:]))


async def _script(site: Site, url: str, known: VulnerableLibraries | None) -> Script:
    path = url.removeprefix(site.base)
    try:
        got = await site.fetch(path, most_bytes=LARGEST_SCRIPT, purpose=Purpose.SCRIPT)
    except (NotObservedError, OSError) as error:
        missing = unobserved(error)
        return Script(url, reason=missing.reason, detail=missing.detail)
    is_whole = not got.exchange.body.truncated and got.exchange.body.error is None
    return Script(
        url,
        got.exchange,
        digests=_digests(got.body) if is_whole else {},
        libraries=in_file(got.body, known, url) if known and got.exchange.status == OK else (),
    )


def _digests(body: bytes) -> dict[str, str]:
    return {
        name: base64.b64encode(hashlib.new(name, body).digest()).decode("ascii")
        for name in ("sha256", "sha384", "sha512")
    }


def _own_scripts(page: Page) -> Iterator[str]:
    """The URLs of scripts on the page's own host and scheme, each once, as they are asked for."""
    elements = page.elements or Elements()
    base = "https://" + urlsplit(page.exchange.url).netloc + "/"
    known: set[str] = set()
    for one in elements.resources:
        parts = resolved(one.url, elements, page.exchange.url) if one.element == "script" else None
        if parts is None:
            continue
        path = encoded((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        url = f"{parts.scheme}://{parts.netloc}{path}"
        if url.startswith(base) and url not in known:
            known.add(url)
            yield url


@gatherer(ErrorPage)
async def error_pages(on: Context, pages: Every[Page], hosts: Every[HostAddresses]) -> Places:
    """What each service answers for a name that nobody gave."""
    return await _on_one_connection(on, pages, hosts, ErrorPage)


async def _error_page(on: Context, home: Home, site: Site, hints: Hints) -> ErrorPage:
    del home, hints
    path = f"/{secrets.token_hex(8)}"
    got = await site.fetch(path, most_bytes=LARGEST_ANSWER, purpose=Purpose.ERROR_PAGE)
    if reason := blocked(got.exchange):
        raise NotObservedError(reason, "the error page is a guard's", reached=True)
    known = on.lists.get(Technologies)
    marks = in_error_page(got.body, known) if known else ()
    return ErrorPage(path, got.exchange, traces(got.body), marks=marks)


@gatherer(DeepPath)
async def deep_paths(on: Context, answers: Every[HttpAnswer]) -> Places:
    """Where port 80 sends a visitor of a page deep in the site, if it redirects at all."""
    places: dict[Place, Observation] = {}
    for place, seen in answers.seen:
        service = Place(place.subject)
        if not isinstance(seen, Observed):
            places.setdefault(service, seen)
        elif leads_to(seen.value.exchange) is not Target.HTTPS:
            places[service] = Inapplicable(NO_REDIRECT, on.clock.now())
        elif not isinstance(places.get(service), Observed):
            places[service] = await _deep(on, place)
    return places


async def _deep(on: Context, place: Place) -> Observation:
    path = f"/{secrets.token_hex(8)}?x=1"

    async def look(site: Site) -> Observation:
        got = await site.fetch(path, most_bytes=LARGEST_ANSWER, purpose=Purpose.DEEP_PATH)
        return on.observed(DeepPath(path, got.exchange), site.address)

    return await _asked(on, place, look)


@gatherer(CorsProbes)
async def cors_probes(on: Context, pages: Every[Page], hosts: Every[HostAddresses]) -> Places:
    """Each start page, and at most two addresses for programs in it, asked by foreign origins."""
    return await _on_one_connection(on, pages, hosts, CorsProbes)


async def _cors_probes(on: Context, home: Home, site: Site, hints: Hints) -> CorsProbes:
    del on
    return CorsProbes(tuple(await _asked_by_strangers(site, home.path, hints.apis)))


async def _asked_by_strangers(site: Site, home: str, apis: Iterable[str]) -> Iterable[CorsProbe]:
    host = site.subject.host
    foreign = f"https://{PROBE_HOST}"
    first = await _cors(site, Origin.FOREIGN, foreign, home)
    rows = [first, await _cors(site, Origin.NULL, "null", home)]
    if not _is_echoed(first):  # who takes any origin takes these: they are not asked
        prefix, suffix = f"https://{host}.{PROBE_HOST}", f"https://origin-probe{registrable(host)}"
        rows.append(await _cors(site, Origin.PREFIX, prefix, home))
        rows.append(await _cors(site, Origin.SUFFIX, suffix, home))
    rows.append(await _cors(site, Origin.PLAIN, f"http://{host}", home))
    for path in apis:
        rows.append(await _cors(site, Origin.FOREIGN, foreign, path, Purpose.CORS_API))
        rows.append(await _cors(site, Origin.NULL, "null", path, Purpose.CORS_API))
    return rows


def _is_echoed(probe: CorsProbe) -> bool:
    return bool(
        probe.exchange and probe.exchange.joined("Access-Control-Allow-Origin") == probe.sent
    )


async def _cors(
    site: Site, origin: Origin, sent: str, path: str, purpose: Purpose = Purpose.CORS
) -> CorsProbe:
    """The body is read, within reason, so that the connection can be kept."""
    headers = {"Origin": sent}
    try:
        got = await site.fetch(path, headers=headers, most_bytes=LARGEST_ANSWER, purpose=purpose)
    except (NotObservedError, OSError) as error:
        return CorsProbe(origin, sent, path, reason=unobserved(error).reason)
    return CorsProbe(origin, sent, path, got.exchange, blocked(got.exchange))


@gatherer(LinkedPages)
async def linked_pages(on: Context, pages: Every[Page], hosts: Every[HostAddresses]) -> Places:
    """The site map of each service, and at most two pages that it or the start page leads to."""
    return await _on_one_connection(on, pages, hosts, LinkedPages)


async def _linked_pages(on: Context, home: Home, site: Site, hints: Hints) -> LinkedPages:
    obeys = bool(on.settings.get("respect_robots"))
    robots = hints.robots.text if hints.robots and _is_own(site, hints.robots) else ""
    return await Looker(site, obeys=obeys).look(home.path, hints.links, robots)


def _is_own(site: Site, robots: RobotsTxt) -> bool:
    return robots.exchange.url.startswith(f"{site.base}/")


async def _each(
    on: Context, pages: Every[Page], look: Callable[[Home, Site], Awaitable[Observation]]
) -> Places:
    """Ask once at each service that shows a page of its own; the others keep what they had."""
    places: dict[Place, Observation] = {}
    homes: dict[Place, Home] = {}
    for place, seen in pages.seen:
        service = Place(place.subject)
        if isinstance(seen, Observed):
            homes.setdefault(service, Home(place, seen))
        else:
            places.setdefault(service, seen)

    async def ask(service: Place, home: Home) -> None:
        places[service] = await _asked(on, home.place, lambda site: look(home, site))

    async with asyncio.TaskGroup() as group:
        for service, home in homes.items():
            group.create_task(ask(service, home))
    return places


async def _asked(
    on: Context, place: Place, look: Callable[[Site], Awaitable[Observation]]
) -> Observation:
    try:
        async with visit(on, place.subject, place.address or "", seconds=PROBE_SECONDS) as site:
            return await look(site)
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)


# In the order in which requests are spent (web.md 1.2): what is last is dropped first.
PARTS: Mapping[type, Part] = {
    ErrorPage: _error_page,
    CorsProbes: _cors_probes,
    Scripts: _scripts,
    LinkedPages: _linked_pages,
}


async def _on_one_connection(
    on: Context, pages: Every[Page], hosts: Every[HostAddresses], kind: type
) -> Places:
    """What of these is wanted is asked on one kept connection to each service."""
    kinds = [one for one in PARTS if one in on.wanted or one is kind]

    async def see() -> dict[type, dict[Place, Observation]]:
        known = (await visits(on, hosts, HTTPS)).places
        robots = await _robots(on, hosts) if LinkedPages in kinds else None
        found: dict[type, dict[Place, Observation]] = {one: {} for one in kinds}

        async def look(home: Home, site: Site) -> Observation:
            visited = known.get(home.place)
            hints = Hints(robots=robots)
            if isinstance(visited, Visit):
                hints = Hints(visited.addresses_in_text, visited.links, robots)
            for one in kinds:
                found[one][Place(home.place.subject)] = await _part(on, home, site, hints, one)
            return _WAITING

        for service, seen in (await _each(on, pages, look)).items():
            for one in kinds:
                found[one].setdefault(service, seen)
        return found

    return (await on.own.once(("probes", *kinds), see))[kind]


_WAITING = Unobserved(Reason.BUDGET_EXHAUSTED, "it was not asked any more")


async def _robots(on: Context, hosts: Every[HostAddresses]) -> RobotsTxt | None:
    """robots.txt, where it is asked for anyway; before the connection, for it needs one itself."""
    seen = await robots_seen(on, hosts) if RobotsTxt in on.wanted else None
    return seen.value if isinstance(seen, Observed) else None


async def _part(on: Context, home: Home, site: Site, hints: Hints, kind: type) -> Observation:
    """One kind; that it fails does not keep the others from being asked."""
    try:
        return on.observed(await PARTS[kind](on, home, site, hints), site.address)
    except (NotObservedError, OSError) as error:
        if isinstance(error, TimeoutError):  # the visit's own clock
            raise
        missing = unobserved(error)
        return Unobserved(missing.reason, missing.detail, on.clock.now(), missing.reached)
