"""The web of a target: first answers at each address, documents, and chains of redirects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from scanner.formats.answer import (
    api_addresses,
    blocked,
    location,
    markup_target,
    wants_certificate,
)
from scanner.formats.html import is_html, read
from scanner.formats.library import in_text
from scanner.formats.site_map import own_links
from scanner.formats.technology import in_page
from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.chain import follow
from scanner.gather.http.purse import Purpose
from scanner.gather.http.site import Fetched, Site, visit
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
from scanner.observation.technology import Technologies
from scanner.observation.web import (
    CERTIFICATE_WANTED,
    Elements,
    HttpAnswer,
    HttpExchange,
    HttpsAnswer,
    Page,
    RedirectChain,
)
from scanner.observation.web_lists import VulnerableLibraries
from scanner.observation.web_probes import Late, LateTries

HTTP, HTTPS = 80, 443
MOST_OWN_HOPS = 5
MOST_OF_A_HOP = 64 << 10  # is kept of the text of a redirect
MOST_READ = (2 << 20) + 1  # of a page no more is parsed (web.md 1.2)
# Browsers come by https then; links with http:// break, and nobody is served without encryption.
NO_CONNECTION = frozenset({Reason.REFUSED, Reason.TIMEOUT})
ONCE_MORE = frozenset({Reason.RESET, Reason.TIMEOUT})
SOON = 0.1  # of a connection's seconds (20): a second try after two
LATER = 61.0  # seconds to the last try of a silent 443 (web.md 1.5: a minute or more)
LONGEST_WAIT = 30  # seconds of a Retry-After that are waited
UNAVAILABLE = frozenset({429, 503})


class Visit(NamedTuple):
    """What one address told in one visit: each answer, and what the last one's text holds."""

    hops: tuple[HttpExchange, ...]
    elements: Elements | None
    addresses_in_text: tuple[str, ...]
    markup: str = ""
    links: tuple[str, ...] = ()

    @property
    def first(self) -> HttpExchange:
        """The answer of the start page itself."""
        return self.hops[0]

    @property
    def last(self) -> HttpExchange:
        """The answer where the site's own redirects ended."""
        return self.hops[-1]


class Visits(NamedTuple):
    """Every place of a port, and the late tries of those that were silent."""

    places: dict[Place, Visit | Observation]
    tries: tuple[Late, ...] = ()


@gatherer(HttpAnswer)
async def http_answers(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The first answer of ``http://host/`` at each address."""
    places = (await visits(on, hosts, HTTP)).places
    return {place: _first(on, place, seen, _plain) for place, seen in places.items()}


@gatherer(HttpsAnswer)
async def https_answers(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The first answer of ``https://host/`` at each address."""
    places = (await visits(on, hosts, HTTPS)).places
    return {
        place: _first(on, place, seen, lambda visit: HttpsAnswer(visit.first))
        for place, seen in places.items()
    }


@gatherer(Page)
async def pages(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The document at each address, from the same visits."""
    places = (await visits(on, hosts, HTTPS)).places
    return {place: _page(on, place, seen) for place, seen in places.items()}


@gatherer(LateTries)
async def late_tries(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The services that were silent at every address, asked once more a minute later."""
    return {on.domain: on.observed(LateTries((await visits(on, hosts, HTTPS)).tries))}


@gatherer(RedirectChain)
async def chains(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The chain of each service, from the first address that answered."""
    plain, secure = await visits(on, hosts, HTTP), await visits(on, hosts, HTTPS)
    services: dict[Place, Visit | Observation] = {}
    for place, seen in (*plain.places.items(), *secure.places.items()):
        service = Place(place.subject)
        if not isinstance(services.get(service), Visit):
            services[service] = seen
    known = {
        hop.url: hop
        for one in services.values()
        if isinstance(one, Visit)
        for hop in reversed(one.hops)
    }
    return {service: await _chain(on, seen, known) for service, seen in services.items()}


async def _chain(
    on: Context, seen: Visit | Observation, known: dict[str, HttpExchange]
) -> Observation:
    if isinstance(seen, Visit):
        return on.observed(await follow(on, seen.first, known))
    return seen


async def visits(on: Context, hosts: Every[HostAddresses], port: int) -> Visits:
    """Each address is visited once per target, whatever kinds are asked for."""

    async def see() -> Visits:
        places: dict[Place, Visit | Observation] = dict(web_endpoints(on, hosts, port))
        await _look_at(on, places, [place for place in places if place.address])
        has_time = on.dialer.budget.limits.seconds_per_target > 3 * LATER
        silent = await _silent(on, hosts, places) if port == HTTPS and has_time else []
        if not silent:
            return Visits(places)
        first_at = on.clock.now()
        await asyncio.sleep(LATER)
        await _look_at(on, places, silent)
        return Visits(places, tuple(_late(on, places, silent, first_at)))

    return await on.own.once(("web", port), see)


async def _look_at(
    on: Context, places: dict[Place, Visit | Observation], wanted: Iterable[Place]
) -> None:
    async def look(place: Place) -> None:
        places[place] = await _look(on, place)

    async with asyncio.TaskGroup() as group:
        for place in wanted:
            group.create_task(look(place))


async def _silent(
    on: Context, hosts: Every[HostAddresses], places: Mapping[Place, Visit | Observation]
) -> list[Place]:
    """The places of the hosts that gave no connection on 443 at any address, while 80 answered."""
    by_host: dict[str, list[Place]] = {}
    for place in places:
        by_host.setdefault(place.subject.host, []).append(place)
    mute = {
        host: mine for host, mine in by_host.items() if all(_is_silent(places[one]) for one in mine)
    }
    if not mute:
        return []
    plain = (await visits(on, hosts, HTTP)).places
    alive = {place.subject.host for place, seen in plain.items() if isinstance(seen, Visit)}
    return [place for host, mine in mute.items() if host in alive for place in mine]


def _is_silent(seen: Visit | Observation) -> bool:
    return isinstance(seen, Unobserved) and seen.reason is Reason.TIMEOUT and not seen.reached


def _late(
    on: Context,
    places: Mapping[Place, Visit | Observation],
    silent: Iterable[Place],
    first_at: datetime,
) -> Iterator[Late]:
    for host in dict.fromkeys(place.subject.host for place in silent):
        mine = [places[place] for place in silent if place.subject.host == host]
        still = all(_is_silent(one) for one in mine)
        yield Late(host, first_at, on.clock.now(), Reason.TIMEOUT if still else None)


async def _look(on: Context, place: Place) -> Visit | Observation:
    """A visit, and a second one where a connection or its first byte did not come."""
    seen = await _visit(on, place, Purpose.FIRST_HOP)
    again = ONCE_MORE if place.subject.port == HTTP else {*ONCE_MORE, Reason.REFUSED}
    if isinstance(seen, Unobserved) and seen.reason in again:
        await asyncio.sleep(on.dialer.budget.limits.seconds * SOON)
        second = await _visit(on, place, Purpose.REPEAT)
        if not isinstance(second, Unobserved) or second.reason is not Reason.BUDGET_EXHAUSTED:
            seen = second
    if not isinstance(seen, Unobserved):
        return seen
    if place.subject.port == HTTP and seen.reason in NO_CONNECTION and not seen.reached:
        why = Message("Port 80 gives no connection ({why}).", {"why": seen.reason})
        return Inapplicable(why, seen.at)
    if "CERTIFICATE_REQUIRED" in seen.detail.upper().replace(" ", "_"):
        return Inapplicable(Message(CERTIFICATE_WANTED), seen.at)
    return seen


async def _visit(on: Context, place: Place, purpose: Purpose) -> Visit | Observation:
    hops: list[Fetched] = []
    try:
        async with visit(on, place.subject, place.address or "") as site:
            await _tour(site, hops, purpose)
    except (NotObservedError, OSError) as error:  # a visit that takes too long is among them
        if not hops:
            known = unobserved(error)
            return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)
    last = hops[-1]
    elements = await elements_of(on, last)
    urls = api_addresses(last.body) if elements else ()
    links = own_links(last.body, elements, last.exchange.url) if elements else ()
    markup = markup_target(hops[0].body)
    return Visit(tuple(one.exchange for one in hops), elements, urls, markup, links)


async def elements_of(on: Context, page: Fetched) -> Elements | None:
    """What a page holds, where it is one; of one that did not come whole nothing is absent.

    The same text at several addresses is read once.
    """
    exchange, body = page.exchange, page.exchange.body
    kind = exchange.first("Content-Type")
    if not is_html(kind):
        return None

    async def see() -> Elements:
        known = on.lists.get(VulnerableLibraries)
        names = partial(in_text, known=known) if known else None
        products = on.lists.get(Technologies)
        marks = in_page(page.body, products) if products else ()
        return replace(read(page.body, kind, exchange.url, names), marks=marks)

    key = "elements", exchange.url, kind, body.volatile.get("sha256", ""), len(page.body)
    elements = await on.own.once(key, see)
    is_whole = not body.truncated and body.error is None
    return elements if is_whole else replace(elements, truncated=True)


async def _tour(site: Site, hops: list[Fetched], purpose: Purpose) -> None:
    """The start page, and where it leads within the same host and scheme, on one connection."""
    hops.append(await site.fetch("/", most_bytes=MOST_READ, purpose=purpose))
    if wait := _asked_to_wait(hops[0].exchange):
        await asyncio.sleep(wait)
        hops[0] = await site.fetch("/", most_bytes=MOST_READ, purpose=Purpose.REPEAT)
    paths = {"/"}
    while (path := own_path(site, hops[-1].exchange)) and path not in paths:
        if not site.is_tls or len(paths) > MOST_OWN_HOPS:
            break
        paths.add(path)
        hops[-1] = Fetched(hops[-1].exchange, hops[-1].body[:MOST_OF_A_HOP])
        hops.append(await site.fetch(path, most_bytes=MOST_READ, purpose=Purpose.CHAIN))


def _asked_to_wait(exchange: HttpExchange) -> int:
    """The seconds of a Retry-After that is honoured, once."""
    text = exchange.first("Retry-After") or ""
    is_number = exchange.status in UNAVAILABLE and text.isascii() and text.isdigit()
    seconds = int(text[:9]) if is_number else 0
    return seconds if seconds <= LONGEST_WAIT else 0


def own_path(site: Site, exchange: HttpExchange) -> str:
    """The path of a redirect within the same service; empty for any other answer."""
    url = location(exchange)
    if not url or not url.isascii() or " " in url or not f"{url}/".startswith(f"{site.base}/"):
        return ""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _plain(seen: Visit) -> HttpAnswer:
    """With what its page holds, where one is served there in the place of a redirect."""
    served = seen.elements if location(seen.first) is None else None
    return HttpAnswer(seen.first, served, seen.markup)


def _first(
    on: Context,
    place: Place,
    seen: Visit | Observation,
    made: Callable[[Visit], HttpAnswer | HttpsAnswer],
) -> Observation:
    if not isinstance(seen, Visit):
        return seen
    return on.observed(made(seen), on.dialer.peer(place.subject, place.address or ""))


def _page(on: Context, place: Place, seen: Visit | Observation) -> Observation:
    if not isinstance(seen, Visit):
        return seen
    exchange, now = seen.last, on.clock.now()
    if wants_certificate(exchange):
        return Inapplicable(Message(CERTIFICATE_WANTED), now)
    if reason := blocked(exchange):
        text = f"the answer is that of a guard before the site (status {exchange.status})"
        return Unobserved(reason, text, now, reached=True)
    url = location(exchange)
    if url is not None:
        why = Message(
            "The site has no page of its own: it redirects to {url}.",
            {"url": url[:200] or "a place that no browser can go to"},
        )
        return Inapplicable(why, now)
    page = Page(exchange, seen.elements)
    return Observed(page, now, on.dialer.peer(place.subject, place.address or ""))
