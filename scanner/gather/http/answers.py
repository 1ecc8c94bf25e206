"""The web of a target: first answers at each address, documents, and chains of redirects."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from scanner.formats.answer import blocked, location
from scanner.formats.html import is_html, read
from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.chain import follow
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
from scanner.observation.web import (
    HttpAnswer,
    HttpExchange,
    HttpsAnswer,
    Page,
    RedirectChain,
)

HTTP, HTTPS = 80, 443
MOST_OWN_HOPS = 5
# Browsers come by https then; links with http:// break, and nobody is served without encryption.
NO_CONNECTION = frozenset({Reason.REFUSED, Reason.TIMEOUT})


class Visit(NamedTuple):
    """What one address told in one visit."""

    first: HttpExchange
    last: Fetched


@gatherer(HttpAnswer)
async def http_answers(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The first answer of ``http://host/`` at each address."""
    places = await _visits(on, hosts, HTTP)
    return {place: _first(on, place, seen, HttpAnswer) for place, seen in places.items()}


@gatherer(HttpsAnswer)
async def https_answers(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The first answer of ``https://host/`` at each address."""
    places = await _visits(on, hosts, HTTPS)
    return {place: _first(on, place, seen, HttpsAnswer) for place, seen in places.items()}


@gatherer(Page)
async def pages(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The document at each address, from the same visits."""
    places = await _visits(on, hosts, HTTPS)
    return {place: _page(on, place, seen) for place, seen in places.items()}


@gatherer(RedirectChain)
async def chains(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The chain of each service, from the first address that answered."""
    plain, secure = await _visits(on, hosts, HTTP), await _visits(on, hosts, HTTPS)
    services: dict[Place, Visit | Observation] = {}
    for place, seen in (*plain.items(), *secure.items()):
        service = Place(place.subject)
        if not isinstance(services.get(service), Visit):
            services[service] = seen
    visits = [one for one in services.values() if isinstance(one, Visit)]
    known = {one.first.url: one.first for one in visits}
    return {service: await _chain(on, seen, known) for service, seen in services.items()}


async def _chain(
    on: Context, seen: Visit | Observation, known: Mapping[str, HttpExchange]
) -> Observation:
    if isinstance(seen, Visit):
        return on.observed(await follow(on, seen.first, known))
    return seen


async def _visits(
    on: Context, hosts: Every[HostAddresses], port: int
) -> dict[Place, Visit | Observation]:
    """Each address is visited once per target, whatever kinds are asked for."""

    async def see() -> dict[Place, Visit | Observation]:
        places: dict[Place, Visit | Observation] = dict(web_endpoints(on, hosts, port))

        async def look(place: Place) -> None:
            places[place] = await _look(on, place)

        async with asyncio.TaskGroup() as group:
            for place in [place for place in places if place.address]:
                group.create_task(look(place))
        return places

    return await on.own.once(("web", port), see)


async def _look(on: Context, place: Place) -> Visit | Observation:
    try:
        async with visit(on, place.subject, place.address or "") as site:
            return await _tour(site)
    except TimeoutError:
        text = "the visit took too long"
        return Unobserved(Reason.TIMEOUT, text, on.clock.now(), reached=True)
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        if place.subject.port == HTTP and known.reason in NO_CONNECTION and not known.reached:
            why = Message("Port 80 gives no connection ({why}).", {"why": known.reason})
            return Inapplicable(why, on.clock.now())
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)


async def _tour(site: Site) -> Visit:
    """The start page, and where it leads within the same host and scheme, on one connection."""
    first = last = await site.fetch("/")
    if not site.is_tls:
        return Visit(first.exchange, last)
    paths = {"/"}
    while (path := _own_path(site, last.exchange)) and path not in paths:
        if len(paths) > MOST_OWN_HOPS:
            break
        paths.add(path)
        last = await site.fetch(path)
    return Visit(first.exchange, last)


def _own_path(site: Site, exchange: HttpExchange) -> str:
    url = location(exchange)
    if not url or not url.isascii() or " " in url or not f"{url}/".startswith(f"{site.base}/"):
        return ""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _first(
    on: Context,
    place: Place,
    seen: Visit | Observation,
    kind: type[HttpAnswer | HttpsAnswer],
) -> Observation:
    if not isinstance(seen, Visit):
        return seen
    return on.observed(kind(seen.first), on.dialer.peer(place.subject, place.address or ""))


def _page(on: Context, place: Place, seen: Visit | Observation) -> Observation:
    if not isinstance(seen, Visit):
        return seen
    exchange, body = seen.last
    now = on.clock.now()
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
    elements = read(body) if is_html(exchange.first("Content-Type")) else None
    page = Page(exchange, elements)
    return Observed(page, now, on.dialer.peer(place.subject, place.address or ""))
