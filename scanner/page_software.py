"""The software that a site's own answers name: header fields, and the page's generator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from scanner.formats.software import Software, seen
from scanner.observation import Every
from scanner.observation.web import HttpsAnswer, Page


def named(answer: HttpsAnswer, pages: Every[Page]) -> tuple[Software, ...]:
    """What the first answer's header and the site's own page name."""
    host = urlsplit(answer.exchange.url).hostname
    ours = [one for one in pages.values if urlsplit(one.exchange.url).hostname == host]
    generators = [one.elements.generator for one in ours if one.elements]
    lines = [*answer.exchange.lines, *(line for one in ours for line in one.exchange.lines)]
    return seen(_fields(lines), next(iter(generators), ""))


def _fields(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(":")
        yield name.strip(), value.strip()
