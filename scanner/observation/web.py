"""What web servers sent, in the words of RFC 9110."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import curl
from scanner.observation.page import (
    Elements,
    Form,
    InlineScript,
    Library,
    LinkedHost,
    Resource,
)

# Why a host has no page for us: the words are compared where it counts as live (web.md 3.1).
CERTIFICATE_WANTED = "The host asks every visitor for a client certificate."
# Fields whose value changes by itself from one answer to the next (Decisions 15).
VOLATILE_FIELDS = frozenset({"age", "date", "expires", "last-modified", "set-cookie"})


class Body(Struct, frozen=True):
    """What is kept of a body: never the text. Sizes in bytes, before and after decoding.

    ``sha256`` and ``size`` of a body that differs each time are ``volatile``. ``guard`` names who
    answered in the place of the site, where the text or a header proves it.
    """

    truncated: bool = False
    error: Reason | None = None
    encoding: str = ""
    guard: str = ""
    volatile: dict[str, str | int] = {}


class HttpExchange(Struct, frozen=True):
    """One request and its answer: the raw header lines in order, duplicates kept, as latin-1 text.

    ``volatile`` maps the index of a line to its whole text; in ``lines`` only its name stands.
    ``defects`` says what was wrong with the framing where a lenient reader had to be used, and
    ``is_cut`` that the head was longer than the 256 KiB or 2,000 lines that are read of it.
    """

    method: str
    url: str
    status: int
    lines: tuple[str, ...] = ()
    phrase: str = ""
    version: str = "1.1"
    body: Body = Body()
    defects: tuple[str, ...] = ()
    volatile: dict[str, str] = {}
    is_cut: bool = False

    @property
    def header_lines(self) -> tuple[str, ...]:
        """Every header line as it was sent."""
        return tuple(self.volatile.get(str(index), line) for index, line in enumerate(self.lines))

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a field, trimmed, in the order they were sent."""
        wanted, found = name.lower(), []
        for index, line in enumerate(self.lines):
            key, _, value = line.partition(":")
            if key.strip().lower() == wanted:
                if wanted in VOLATILE_FIELDS:
                    value = self.volatile.get(str(index), line).partition(":")[2]
                found.append(value.strip(" \t"))
        return tuple(found)

    def first(self, name: str) -> str | None:
        """The first line's value; RFC 6797 8.1 knows no other."""
        return next(iter(self.values(name)), None)

    def joined(self, name: str) -> str | None:
        """The lines of a field joined by ``", "`` (RFC 9110 5.3), ``None`` without one."""
        values = self.values(name)
        return ", ".join(values) if values else None

    def sent(self, name: str) -> tuple[str, ...]:
        """The whole lines of a field, as evidence."""
        return tuple(
            line
            for line in self.header_lines
            if line.partition(":")[0].strip().lower() == name.lower()
        )

    @classmethod
    def from_text(
        cls, text: str, url: str = "https://www.agency.example/", method: str = "GET"
    ) -> HttpExchange:
        """Read an answer as it would be typed: a status line, then header lines (for examples)."""
        start, *lines = text.strip().splitlines()
        version, status, *phrase = start.split(maxsplit=2)
        return exchange(
            method=method,
            url=url,
            status=int(status),
            phrase="".join(phrase),
            version=version.removeprefix("HTTP/"),
            lines=tuple(lines),
        )


def exchange(  # noqa: PLR0913 - keyword-only, the parts of an answer
    *,
    method: str,
    url: str,
    status: int,
    lines: tuple[str, ...],
    phrase: str = "",
    version: str = "1.1",
    body: Body | None = None,
    defects: tuple[str, ...] = (),
    is_cut: bool = False,
) -> HttpExchange:
    """An exchange whose volatile lines stand apart."""
    names = [line.partition(":")[0].strip().lower() for line in lines]
    volatile = {
        str(index): line
        for index, (name, line) in enumerate(zip(names, lines, strict=True))
        if name in VOLATILE_FIELDS
    }
    kept = tuple(
        f"{line.partition(':')[0]}:" if str(index) in volatile else line
        for index, line in enumerate(lines)
    )
    return HttpExchange(
        method, url, status, kept, phrase, version, body or Body(), defects, volatile, is_cut
    )


def _curl(place: Place) -> str:
    return curl(place)


@kind(Level.ENDPOINT, command=_curl)
class HttpAnswer(Struct, frozen=True, omit_defaults=True):
    """The first answer of ``http://host/`` at one address (subject ``web:host:80``).

    ``elements`` where a page is served there instead of a redirect; ``markup`` is where that page
    sends browsers by a meta element or a script, as written.
    """

    exchange: HttpExchange
    elements: Elements | None = None
    markup: str = ""

    @classmethod
    def from_text(
        cls, text: str, host: str = "www.agency.example", *, markup: str = ""
    ) -> HttpAnswer:
        """For examples: an answer as it would be typed."""
        return cls(HttpExchange.from_text(text, f"http://{host}/"), markup=markup)


@kind(Level.ENDPOINT, command=_curl)
class HttpsAnswer(Struct, frozen=True):
    """The first answer of ``https://host/`` at one address (subject ``web:host:443``).

    Received without verifying the certificate: that is judged from ``CertificateChain``.
    """

    exchange: HttpExchange

    @classmethod
    def from_text(cls, text: str, host: str = "www.agency.example") -> HttpsAnswer:
        """For examples: an answer as it would be typed."""
        return cls(HttpExchange.from_text(text, f"https://{host}/"))


class ChainEnd(StrEnum):
    """How a chain of redirects ends."""

    ANSWERED = "answered"
    LOOP = "loop"
    TOO_LONG = "too-long"
    INVALID_TARGET = "invalid-target"
    OUT_OF_SCOPE = "out-of-scope"
    FAILED = "failed"


def _follow(place: Place) -> str:
    return curl(place, flags="-sIL")


@kind(Level.SERVICE, command=_follow)
class RedirectChain(Struct, frozen=True, omit_defaults=True):
    """Every hop from the service's start page, raw; a hop out of scope is named, not visited.

    ``with_cookies`` is how a chain without an end went on when it was walked once more with the
    cookies that it sets; ``None`` where that was not tried.
    """

    hops: tuple[HttpExchange, ...]
    end: ChainEnd
    target: str = ""
    reason: Reason | None = None
    detail: str = ""
    with_cookies: ChainEnd | None = None


def _whole(place: Place) -> str:
    return curl(place, flags="-si")


@kind(Level.ENDPOINT, command=_whole)
class Page(Struct, frozen=True):
    """The document of ``https://host/`` at one address, after redirects within the host.

    An answer that is a block page, or that leads to another host, is no document of this one.
    ``elements`` is ``None`` where it is not HTML.
    """

    exchange: HttpExchange
    elements: Elements | None = None

    @property
    def is_error_document(self) -> bool:
        """Whether the site answered with an error, whose head may not be that of its pages."""
        return self.exchange.status >= 400  # noqa: PLR2004 - RFC 9110 15.5

    @classmethod
    def from_text(cls, *lines: str, elements: Elements | None = None) -> Page:
        """For examples: a page with these header lines."""
        head = "\n".join(("HTTP/1.1 200 OK", *lines))
        return cls(HttpExchange.from_text(head), elements or Elements())


__all__ = [
    "Body",
    "ChainEnd",
    "Elements",
    "Form",
    "HttpAnswer",
    "HttpExchange",
    "HttpsAnswer",
    "InlineScript",
    "Library",
    "LinkedHost",
    "Page",
    "RedirectChain",
    "Resource",
    "exchange",
]
