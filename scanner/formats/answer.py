"""Reads of an HTTP answer that several gatherers and checks share: one sign, one reading."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from scanner.observation import Reason
from scanner.observation.web import HttpExchange

REDIRECTS = frozenset({301, 302, 303, 307, 308})
GUARDED = frozenset({403, 406, 429, 503})
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
    if len(values) != 1 or not values[0] or _SCHEME_ALONE.fullmatch(values[0]):
        return ""
    try:
        url = urljoin(exchange.url, _MANY_SLASHES.sub(r"\1//", values[0]))
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


def host_of(url: str) -> str:
    """The host of a URL, lower case, without the last dot."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def blocked(exchange: HttpExchange) -> Reason | None:
    """Why an answer looks like that of a guard in front of the site, which tells nothing of it."""
    if exchange.status not in GUARDED:
        return None
    marked = any(exchange.values(name) for name in _MARKS)
    small = int(exchange.body.volatile.get("size", 0)) < SMALL
    if not marked and not small:
        return None
    return Reason.RATE_LIMITED if exchange.status == 429 else Reason.BLOCKED  # noqa: PLR2004
