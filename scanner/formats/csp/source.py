"""Source expressions of a policy (CSP Level 3, 2.3.1): what a token is, and what it matches.

Classified by full match of the grammar, never by a URL parser: odd tokens match nothing and
never raise.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from scanner.targets import icann_registrable, is_listed_suffix

RESTRICTED = frozenset({"gov", "gob", "gouv", "go", "mil", "edu", "ac"})
KEYWORDS = frozenset(
    {
        "'self'",
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'strict-dynamic'",
        "'unsafe-hashes'",
        "'report-sample'",
        "'wasm-unsafe-eval'",
        "'trusted-types-eval'",
        "'unsafe-allow-redirects'",
        "'unsafe-webtransport-hashes'",
        "'report-sha256'",
        "'report-sha384'",
        "'report-sha512'",
    }
)
DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}
_WEB = frozenset(DEFAULT_PORTS)
_GUARD = re.compile(
    r"'(nonce|sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE | re.ASCII
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_HOST = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?"
    r"(\*|(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?)"
    r"(?::([0-9]+|\*))?"
    r"(/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_ADDRESS = re.compile(r"[0-9.]+|\[.*\]", re.ASCII)


class Kind(StrEnum):
    """What a token is."""

    NONE = "none"
    KEYWORD = "keyword"
    NONCE = "nonce"
    HASH = "hash"
    SCHEME = "scheme"
    HOST = "host"
    JUNK = "junk"


class Source(NamedTuple):
    """One token: ``word`` is its keyword in lower case, or the value of a nonce or hash."""

    kind: Kind
    text: str
    word: str = ""
    scheme: str = ""
    host: str = ""
    port: str = ""
    path: str = ""

    @property
    def fetches(self) -> bool:
        """Whether it can match a URL at all."""
        return self.kind in {Kind.SCHEME, Kind.HOST} or self.word == "'self'"


class Width(StrEnum):
    """How sure it is that a stranger can serve what an expression matches."""

    CLOSED = "closed"
    RESTRICTED = "restricted"
    TENTATIVE = "tentative"
    FIRM = "firm"
    CERTAIN = "certain"

    @property
    def is_open(self) -> bool:
        """Whether a stranger can."""
        return self not in {Width.CLOSED, Width.RESTRICTED}


WIDTHS = tuple(Width)


@lru_cache(maxsize=4096)
def read(text: str) -> Source:
    """What a token is; whatever has no grammar is junk, which matches nothing."""
    lower = text.lower()
    if lower == "'none'":
        return Source(Kind.NONE, text, lower)
    if lower in KEYWORDS:
        return Source(Kind.KEYWORD, text, lower)
    if found := _GUARD.fullmatch(text):
        kind = Kind.NONCE if found[1].lower() == "nonce" else Kind.HASH
        return Source(kind, text, found[2], found[1].lower())
    if found := _SCHEME.fullmatch(text):
        return Source(Kind.SCHEME, text, scheme=found[1].lower())
    if found := _HOST.fullmatch(text):
        scheme, host, port, path = (found[1] or "", found[2], found[3] or "", found[4] or "")
        return Source(Kind.HOST, text, "", scheme.lower(), host.lower(), port, path)
    return Source(Kind.JUNK, text)


def width(source: Source) -> Width:
    """Whether a stranger can satisfy an expression: schemes, ``*``, and names anyone may have."""
    if source.kind is Kind.SCHEME:
        if source.scheme in {"http", "https"}:
            return Width.CERTAIN
        return Width.TENTATIVE if source.scheme in _WEB else Width.CLOSED
    if source.kind is not Kind.HOST or (source.scheme and source.scheme not in _WEB):
        return Width.CLOSED
    if source.host == "*":
        return Width.TENTATIVE if source.scheme in {"ws", "wss"} else Width.CERTAIN
    return _suffix_width(source.host)


def _suffix_width(host: str) -> Width:
    suffix = host[2:].rstrip(".")
    if not host.startswith("*.") or not is_listed_suffix(suffix):
        return Width.CLOSED
    if is_restricted(suffix):
        return Width.RESTRICTED
    return Width.CERTAIN if icann_registrable(suffix) is None else Width.FIRM


def is_open(text: str) -> bool:
    """Whether an outsider can satisfy a source expression (web.md 6.4)."""
    return width(read(text)).is_open


def is_restricted(suffix: str) -> bool:
    """Whether a registry gives names below a suffix to public bodies only, not to strangers."""
    return bool(RESTRICTED & set(suffix.split(".")))


class Address(NamedTuple):
    """The parts of a URL that a source is compared with; ``port`` is never empty for the web."""

    scheme: str
    host: str
    port: str
    path: str


@lru_cache(maxsize=2048)
def address(url: str) -> Address | None:
    """The parts of an absolute URL; ``None`` for what is none."""
    try:
        parts = urlsplit(url)
        port = str(parts.port) if parts.port is not None else DEFAULT_PORTS.get(parts.scheme, "")
        return Address(parts.scheme, parts.hostname or "", port, parts.path)
    except ValueError:
        return None


def matches(source: Source, url: Address, page: Address) -> bool:
    """Whether an expression matches a URL on a page, before any redirect (6.7.2.8)."""
    if source.word == "'self'":
        return _is_self(url, page)
    if source.kind is Kind.SCHEME:
        return _scheme(source.scheme, url.scheme)
    if source.kind is not Kind.HOST:
        return False
    if source.text == "*":
        return url.scheme in {"http", "https"} or _scheme(page.scheme, url.scheme)
    return (
        _scheme(source.scheme or page.scheme, url.scheme)
        and _host(source.host, url.host)
        and _port(source.port, url)
        and _path(source.path, url.path)
    )


def _scheme(pattern: str, scheme: str) -> bool:
    """6.7.2.9: an insecure scheme matches its secure form too."""
    return pattern == scheme or scheme in {
        "http": ("https",),
        "ws": ("wss", "http", "https"),
        "wss": ("https",),
    }.get(pattern, ())


def _host(pattern: str, host: str) -> bool:
    """6.7.2.10: addresses match no text; a wildcard matches names below, not the name itself."""
    if not host or _ADDRESS.fullmatch(host):
        return False
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _port(pattern: str, url: Address) -> bool:
    """6.7.2.11: none means the default one of the URL's scheme."""
    wanted = pattern.lstrip("0") or "0" if pattern else DEFAULT_PORTS.get(url.scheme, "")
    return pattern == "*" or wanted == url.port


def _path(pattern: str, path: str) -> bool:
    """6.7.2.12: exact, or everything below where the pattern ends in a slash."""
    if not pattern or (pattern == "/" and not path):
        return True
    wanted, given = pattern.split("/"), path.split("/")
    if pattern.endswith("/"):
        wanted = wanted[:-1]
        given = given[: len(wanted)] if len(given) > len(wanted) else []
    return [unquote(one) for one in wanted] == [unquote(one) for one in given]


def _is_self(url: Address, page: Address) -> bool:
    """The page's origin, or the same host with its default port, secured."""
    if (url.scheme, url.host, url.port) == (page.scheme, page.host, page.port):
        return True
    if url.host != page.host or not url.host:
        return False
    ports = url.port == page.port or all(
        one.port == DEFAULT_PORTS.get(one.scheme) for one in (url, page)
    )
    secured = url.scheme in {"https", "wss"} or (page.scheme, url.scheme) == ("http", "ws")
    return ports and secured
