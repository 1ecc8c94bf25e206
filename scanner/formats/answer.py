"""Reads of an HTTP answer that several gatherers and checks share: one sign, one reading."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from scanner.formats.guard import CLIENT_CERTIFICATE
from scanner.observation import Reason
from scanner.observation.web import HttpExchange

REDIRECTS = frozenset({301, 302, 303, 307, 308})
GUARDED = frozenset({406, 503})
SMALL = 1024
_MANY_SLASHES = re.compile(r"^(https?:)/{3,}", re.IGNORECASE | re.ASCII)  # as browsers read it
_SCHEME_ALONE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/*", re.ASCII)
_MARKS = ("cf-mitigated", "retry-after", "x-sucuri-id", "x-sucuri-block", "x-amzn-waf-action")


class Target(StrEnum):
    """Where a first answer sends a browser."""

    NOWHERE = "nowhere"
    INVALID = "invalid"
    HTTP = "http"
    HTTPS = "https"


def location(exchange: HttpExchange) -> str | None:
    """The absolute URL of a redirect; empty where its Location is void, ``None`` for no redirect.

    Two lines, an empty one, user-info or a scheme other than http(s) make it void
    (RFC 9110 10.2.2).
    """
    if exchange.status not in REDIRECTS:
        return None
    values = exchange.values("Location")
    return _joined(exchange.url, values[0]) if len(values) == 1 else ""


@lru_cache(maxsize=1024)  # every check of redirects asks of the same ones
def _joined(base: str, written: str) -> str:
    """Where one Location leads; empty where no browser follows it."""
    if not written or _SCHEME_ALONE.fullmatch(written):
        return ""
    try:
        url = urljoin(base, _MANY_SLASHES.sub(r"\1//", written))
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        return ""
    return url if usable and "@" not in parts.netloc else ""


def leads_to(exchange: HttpExchange) -> Target:
    """The scheme to which an answer redirects at once."""
    url = location(exchange)
    if url is None:
        return Target.NOWHERE
    if not url:
        return Target.INVALID
    return Target(urlsplit(url).scheme)


def located(exchange: HttpExchange, *names: str) -> tuple[str, ...]:
    """The lines of these fields as evidence: which hop, which line of its head, and the line.

    The value of a cookie is nobody's business: its name and attributes stand for it.
    """
    wanted = {name.lower() for name in names}
    return tuple(
        f"{exchange.url} line {number}: {_without_value(line)}"
        for number, line in enumerate(exchange.header_lines, 1)
        if line.partition(":")[0].strip().lower() in wanted
    )


def _without_value(line: str) -> str:
    if not line.lower().startswith("set-cookie"):
        return line
    field, _, cookie = line.partition(":")
    pair, semicolon, attributes = cookie.partition(";")
    name, equals, _ = pair.partition("=")
    return f"{field}: {name.strip() if equals else ''}=…{semicolon}{attributes}"


def host_of(url: str) -> str:
    """The host of a URL, lower case, without the last dot."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def blocked(exchange: HttpExchange) -> Reason | None:
    """Why an answer tells nothing of the site: a guard in front of it refused or challenged us.

    A 403 or 429 is always taken so: what it lacks is not missing from the site.
    """
    status = exchange.status
    if status == 429:  # noqa: PLR2004 - RFC 6585 4
        return Reason.RATE_LIMITED
    if status == 403 or is_guarded(exchange):  # noqa: PLR2004 - RFC 9110 15.5.4
        return Reason.BLOCKED
    if status not in GUARDED:
        return None
    marked = any(exchange.values(name) for name in _MARKS)
    small = int(exchange.body.volatile.get("size", 0)) < SMALL
    return Reason.BLOCKED if marked or small else None


def is_guarded(exchange: HttpExchange) -> bool:
    """Whether the answer itself proves a guard, whatever its status."""
    return bool(exchange.body.guard) and exchange.body.guard != CLIENT_CERTIFICATE


def wants_certificate(exchange: HttpExchange) -> bool:
    """Whether the answer is a demand for a client certificate, and no page of the site."""
    return exchange.body.guard == CLIENT_CERTIFICATE


MOST_TEXT = 512 << 10
_META = re.compile(
    rb"(?i)<meta[^>]{0,200}http-equiv\s*=\s*[\"']?refresh[^>]{0,500}?url\s*=\s*['\"]?([^'\"\s>]{1,500})"
)
_SCRIPT = re.compile(
    rb"(?i)\blocation(?:\.href)?\s*=\s*[\"'](https?:[^\"']{1,500})|\blocation\.(?:replace|assign)\(\s*[\"'](https?:[^\"']{1,500})"
    rb"|\blocation\.protocol\s*=\s*[\"'](https):?[\"']"
)
_API = re.compile(
    rb"""["'](/(?!/)[^"'<>\s\\{}$]{0,200}?(?:/?api/|\.json\b|wp-json|graphql|/rest/)[^"'<>\s\\{}$]{0,200})["']"""
)
_CHANGES = re.compile(
    r"(?i)log.?out|sign.?out|delete|remove|unsubscribe|cancel|destroy|reset|disable|revoke"
)


def api_addresses(body: bytes, most: int = 2) -> tuple[str, ...]:
    """Paths in a page's text that look like an interface for programs; none that changes things."""
    found = (one.decode("latin-1") for one in _API.findall(body[:MOST_TEXT]))
    fit = (one.partition("#")[0] for one in found if one.isascii() and not changes_things(one))
    return tuple(dict.fromkeys(fit))[:most]


def changes_things(path: str) -> bool:
    """Whether the words of an address say that asking for it may change something."""
    return bool(_CHANGES.search(path))


def markup_target(body: bytes) -> str:
    """Where the markup or a script of a page sends a browser, as written; empty for nowhere."""
    text = body[: 64 << 10]
    for pattern in (_META, _SCRIPT):
        if found := pattern.search(text):
            return next(one for one in found.groups() if one).decode("latin-1")
    return ""
