"""What the web family asks beyond the start page: each request has a purpose and a place here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import curl
from scanner.observation.mark import Mark
from scanner.observation.page import LinkedHost
from scanner.observation.web import Elements, HttpExchange, Library


@kind(Level.SERVICE, command=curl)
class SecondPage(Struct, frozen=True, omit_defaults=True):
    """The start page asked for once more, on a new connection, a second or more later.

    ``address`` is the one of the ``Page`` to compare with; ``first_at`` and ``again_at`` are when
    each was asked for. What differs (a nonce) was made for one answer.
    """

    address: str
    exchange: HttpExchange
    elements: Elements | None
    first_at: datetime
    again_at: datetime


class Script(Struct, frozen=True, omit_defaults=True):
    """A script of the site's own, as it was served; never its text.

    ``digests`` are base64, by algorithm (sha256, sha384, sha512), of the body after its content
    coding; none where it did not come whole. ``libraries`` is what was recognised in it.
    """

    url: str
    exchange: HttpExchange | None = None
    digests: dict[str, str] = {}
    libraries: tuple[Library, ...] = ()
    reason: Reason | None = None
    detail: str = ""


@kind(Level.SERVICE)
class Scripts(Struct, frozen=True, omit_defaults=True):
    """At most six scripts of the start page that lie on the site's own host.

    ``not_asked`` names those for which there was no request left.
    """

    scripts: tuple[Script, ...] = ()
    not_asked: tuple[str, ...] = ()


@kind(Level.SERVICE, command=curl)
class ErrorPage(Struct, frozen=True, omit_defaults=True):
    """What is answered for a path that cannot exist, and what its text gives away.

    ``traces`` names what was recognised (a stack trace, a debug page, a version), never the text;
    ``marks`` the software that it names.
    """

    path: str
    exchange: HttpExchange
    traces: tuple[str, ...] = ()
    elements: Elements | None = None
    marks: tuple[Mark, ...] = ()


@kind(Level.SERVICE, command=curl)
class DeepPath(Struct, frozen=True):
    """The answer of port 80 for a path with a query that nobody has: where deep links lead."""

    path: str
    exchange: HttpExchange


class Origin(StrEnum):
    """Who asks across origins: the five senders of web.md 7.4."""

    FOREIGN = "foreign"
    NULL = "null"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    PLAIN = "plain"


class CorsProbe(Struct, frozen=True, omit_defaults=True):
    """One GET with an Origin of ours, and the answer or why there is none."""

    origin: Origin
    sent: str
    path: str
    exchange: HttpExchange | None = None
    reason: Reason | None = None


@kind(Level.SERVICE, command=curl)
class CorsProbes(Struct, frozen=True):
    """The start page asked by foreign origins, and at most two JSON addresses of the page."""

    probes: tuple[CorsProbe, ...]


class Late(Struct, frozen=True, omit_defaults=True):
    """One service that was silent at every address, and was asked again much later."""

    host: str
    first_at: datetime
    again_at: datetime
    reason: Reason | None = None


@kind(Level.TARGET)
class LateTries(Struct, frozen=True):
    """The HTTPS services that gave no connection, while port 80 answered, and a second try.

    ``reason`` of a row is ``None`` where the second try was answered.
    """

    tries: tuple[Late, ...] = ()


class SiteMap(Struct, frozen=True, omit_defaults=True):
    """The site map, never its text: how many own URLs it lists, how many with words of spam.

    ``examples`` are at most five of those. ``status`` is 0 where it was not answered; ``is_cut``
    where only its beginning was read; ``detail`` says what kept it from being read.
    """

    url: str
    status: int = 0
    urls: int = 0
    spam: int = 0
    examples: tuple[str, ...] = ()
    is_index: bool = False
    is_cut: bool = False
    reason: Reason | None = None
    detail: str = ""


class LinkedPage(Struct, frozen=True, omit_defaults=True):
    """A further page of the site: the hosts it links to, or why it was not looked at."""

    url: str
    links: tuple[LinkedHost, ...] = ()
    truncated: bool = False
    reason: Reason | None = None
    detail: str = ""


def _site_map(place: Place) -> str:
    return curl(place, path="/sitemap.xml", flags="-s")


@kind(Level.SERVICE, command=_site_map)
class LinkedPages(Struct, frozen=True, omit_defaults=True):
    """Where link spam lies beside the start page: the site map, and at most two further pages.

    ``site_map`` is ``None`` where it was not asked for.
    """

    site_map: SiteMap | None = None
    pages: tuple[LinkedPage, ...] = ()
