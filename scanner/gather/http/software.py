"""What a service's answers name of its software: nothing is asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from scanner.formats.html import resolved
from scanner.formats.technology import Answer, once, recognised
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import Every, Observation, Observed, Place, Subject
from scanner.observation.exposure import PathProbes, ProbeResult
from scanner.observation.mark import Mark
from scanner.observation.technology import SiteSoftware, Technologies
from scanner.observation.web import (
    Elements,
    HttpAnswer,
    HttpExchange,
    HttpsAnswer,
    Page,
)
from scanner.observation.web_probes import ErrorPage

MOST_FIELDS = 400
# The fields that name several products with versions, and say which distribution made them.
TELLING = frozenset(
    {"server", "x-powered-by", "x-generator", "x-jenkins", "microsoftsharepointteamservices"}
)
# Whose versions the catalogue's entries read, from files of theirs.
FILES = frozenset({"wordpress", "joomla", "drupal"})


class _Parts:
    """All that a service said, by what kind of thing it is."""

    def __init__(self) -> None:
        self.exchanges: list[HttpExchange] = []
        self.pages: list[tuple[HttpExchange, Elements]] = []
        self.marks: list[Mark] = []


@gatherer(SiteSoftware)
async def site_software(
    on: Context,
    secure: Every[HttpsAnswer],
    plain: Every[HttpAnswer],
    pages: Every[Page],
    errors: Every[ErrorPage],
    probes: Every[PathProbes],
) -> Places:
    """One for each host: of its service on 443 where that answers, else of the one on 80."""
    places: dict[Place, Observation] = {}
    silent: dict[Place, Observation] = {}
    for host, service in _services(secure, plain).items():
        parts = _Parts()
        _answers(parts, host, secure, plain)
        _documents(parts, host, pages, errors)
        _probes(parts, host, probes)
        places[Place(service)] = on.observed(_seen(parts, on.lists.get(Technologies)))
    hosts = {place.subject.host for place in places}
    for place, seen in secure.seen:
        if place.subject.host not in hosts and not isinstance(seen, Observed):
            silent.setdefault(Place(place.subject), seen)
    return silent | places


def _services(secure: Every[HttpsAnswer], plain: Every[HttpAnswer]) -> dict[str, Subject]:
    found: dict[str, Subject] = {}
    for place, seen in (*secure.seen, *plain.seen):
        if isinstance(seen, Observed):
            found.setdefault(place.subject.host, place.subject)
    return found


def _answers(
    parts: _Parts, host: str, secure: Every[HttpsAnswer], plain: Every[HttpAnswer]
) -> None:
    for place, first in (*secure.seen, *plain.seen):
        if place.subject.host != host or not isinstance(first, Observed):
            continue
        parts.exchanges.append(first.value.exchange)
        if isinstance(first.value, HttpAnswer) and first.value.elements:
            parts.pages.append((first.value.exchange, first.value.elements))


def _documents(parts: _Parts, host: str, pages: Every[Page], errors: Every[ErrorPage]) -> None:
    for place, page in pages.seen:
        if place.subject.host != host or not isinstance(page, Observed):
            continue
        parts.exchanges.append(page.value.exchange)
        if page.value.elements:
            parts.pages.append((page.value.exchange, page.value.elements))
    for place, error in errors.seen:
        if place.subject.host == host and isinstance(error, Observed):
            parts.exchanges.append(error.value.exchange)
            parts.marks += error.value.marks


def _probes(parts: _Parts, host: str, probes: Every[PathProbes]) -> None:
    for place, seen in probes.seen:
        if place.subject.host != host or not isinstance(seen, Observed):
            continue
        parts.marks += seen.value.marks
        for one in seen.value.probes:
            if one.product in FILES and one.version and one.result is ProbeResult.PROVED:
                where = f"{one.path}: {one.version}"
                parts.marks.append(Mark(one.product, one.version, "file", where))


def _seen(parts: _Parts, known: Technologies | None) -> SiteSoftware:
    generators = tuple(dict.fromkeys(one.generator for _, one in parts.pages if one.generator))
    fields = tuple(dict.fromkeys(_fields(parts.exchanges)))[:MOST_FIELDS]
    marks = list(parts.marks)
    if known:
        answer = Answer(
            fields=fields,
            cookies=tuple(dict.fromkeys(_cookies(parts.exchanges))),
            generators=generators,
            titles=tuple(dict.fromkeys(one.title for _, one in parts.pages if one.title)),
            paths=tuple(dict.fromkeys(_paths(parts.pages))),
            scripts=tuple(dict.fromkeys(_scripts(parts.pages))),
        )
        marks += recognised(answer, known)
        marks += (one for _, elements in parts.pages for one in elements.marks)
    return SiteSoftware(
        marks=once(marks),
        fields=tuple(one for one in fields if one[0].lower() in TELLING),
        generators=generators,
        truncated=any(one.truncated for _, one in parts.pages),
    )


def _fields(exchanges: Iterable[HttpExchange]) -> Iterator[tuple[str, str]]:
    for one in exchanges:
        for line in one.lines:
            name, _, value = line.partition(":")
            yield name.strip(), value.strip()[:2000]


def _cookies(exchanges: Iterable[HttpExchange]) -> Iterator[str]:
    for one in exchanges:
        yield from (value.partition("=")[0].strip()[:200] for value in one.values("Set-Cookie"))


def _loaded(pages: Iterable[tuple[HttpExchange, Elements]]) -> Iterator[tuple[str, str, str, str]]:
    """What each page loads: the element, its URL, its host and path, and the page's host."""
    for exchange, elements in pages:
        host = urlsplit(exchange.url).netloc
        for one in elements.resources:
            url = resolved(one.url, elements, exchange.url)
            if url is None or url.scheme not in {"http", "https"}:
                continue
            query = f"?{url.query}" if url.query else ""
            own = f"{url.path}{query}"[:500] if url.netloc == host else ""
            yield one.element, url.geturl()[:500], own, host


def _paths(pages: Iterable[tuple[HttpExchange, Elements]]) -> Iterator[str]:
    yield from (own for _, _, own, _ in _loaded(pages) if own)


def _scripts(pages: Iterable[tuple[HttpExchange, Elements]]) -> Iterator[str]:
    yield from (url for element, url, _, _ in _loaded(pages) if element == "script")
