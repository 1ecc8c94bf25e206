"""Set-Cookie lines as a browser stores them (RFC 6265bis 5.6, 5.7), and what a cookie is for."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct

from scanner.observation.web import HttpExchange
from scanner.targets import is_public_suffix

LONGEST_PAIR, LONGEST_ATTRIBUTE = 4096, 1024
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NUMBER = re.compile(r"-?\d+", re.ASCII)
_DELIMITER = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?!\d)", re.ASCII)
_YEAR = re.compile(r"(\d{2,4})(?!\d)", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Where an answer carries no date of its own: before any cookie was set in earnest.
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


class Purpose(StrEnum):
    """What a cookie is for, by its name and value."""

    INFRASTRUCTURE = "infrastructure"
    CSRF = "csrf"
    ANALYTICS = "analytics"
    PREFERENCE = "preference"
    SESSION = "session"
    UNKNOWN = "unknown"


class Cookie(Struct, frozen=True):
    """A cookie that a browser stores; ``same_site`` is strict, lax, none or default.

    ``same_site_word`` is what was written; ``lifetime`` is in seconds, ``None`` for as long as the
    browser runs. A browser keeps none for more than 400 days.
    """

    name: str
    value: str
    secure: bool = False
    http_only: bool = False
    same_site: str = "default"
    domain: str = ""
    path: str = ""
    lasts: bool = False
    deletes: bool = False
    same_site_word: str = ""
    lifetime: int | None = None


class Rejected(Struct, frozen=True):
    """A line that a browser drops, and why (a short English word for the evidence)."""

    name: str
    why: str


def read(line: str, host: str, *, is_https: bool, at: datetime = LONG_AGO) -> Cookie | Rejected:
    """What a browser makes of one Set-Cookie value received from a host at a time."""
    if _CONTROL.search(line):
        return Rejected("", "it holds a control character")
    pair, _, rest = line.partition(";")
    name, equals, value = pair.partition("=")
    name, value = (name.strip(" \t"), value.strip(" \t")) if equals else ("", name.strip(" \t"))
    if len(name) + len(value) > LONGEST_PAIR or not (name or value):
        return Rejected(name[:100], "it is empty or longer than 4096 octets")
    attributes = _attributes(rest)
    domain = attributes.get("domain", "").removeprefix(".").lower()
    if why := _refused(name, value, attributes, domain, host, is_https=is_https):
        return Rejected(name, why)
    path = attributes.get("path", "")
    return Cookie(
        name=name,
        value=value,
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site=_same_site(attributes),
        domain="" if is_public_suffix(domain) else domain,
        path=path if path.startswith("/") else "",
        lasts="max-age" in attributes or "expires" in attributes,
        deletes=_deletes(attributes, at),
        same_site_word=attributes.get("samesite", "")[:40],
        lifetime=_lifetime(attributes, at),
    )


def stored(exchange: HttpExchange) -> tuple[Cookie, ...]:
    """The cookies that an answer leaves in a browser: a later line replaces or deletes its like."""
    url = urlsplit(exchange.url)
    host, is_https = (url.hostname or "").rstrip("."), url.scheme == "https"
    at = cookie_date(exchange.first("Date") or "") or LONG_AGO
    kept: dict[tuple[str, str, str], Cookie] = {}
    for line in exchange.values("Set-Cookie"):
        made = read(line, host, is_https=is_https, at=at)
        if isinstance(made, Cookie):
            kept[made.name, made.domain, made.path] = made
    return tuple(one for one in kept.values() if not one.deletes)


def sessions(exchange: HttpExchange) -> tuple[Cookie, ...]:
    """Those of them that stand for a login, or look so."""
    return tuple(one for one in stored(exchange) if purpose(one) is Purpose.SESSION)


def _attributes(rest: str) -> dict[str, str]:
    """By lower-case name, the last of a name; what is over-long or invalid is ignored (5.6)."""
    found: dict[str, str] = {}
    for part in rest.split(";"):
        name, _, value = part.partition("=")
        key, text = name.strip(" \t").lower(), value.strip(" \t")
        void = (key == "max-age" and not _NUMBER.fullmatch(text)) or (
            key == "expires" and cookie_date(text) is None
        )
        if len(text) <= LONGEST_ATTRIBUTE and not void:
            found[key] = text
    return found


def _same_site(attributes: Mapping[str, str]) -> str:
    word = attributes.get("samesite", "").lower()
    return word if word in {"strict", "lax", "none"} else "default"


def _refused(
    name: str,
    value: str,
    attributes: Mapping[str, str],
    domain: str,
    host: str,
    *,
    is_https: bool,
) -> str:
    secure, lower = "secure" in attributes, (name or value).lower()
    has_domain = bool(domain) and not is_public_suffix(domain)
    reasons = (
        (
            not name and lower.startswith(("__secure-", "__host-")),
            "it has no name and a value like a prefix",
        ),
        (
            domain not in {"", host} and not host.endswith("." + domain),
            "its Domain is not this host's",
        ),
        (domain not in {"", host} and is_public_suffix(domain), "its Domain is a public suffix"),
        (secure and not is_https, "it is Secure and came over http"),
        (_same_site(attributes) == "none" and not secure, "SameSite=None needs Secure"),
        (lower.startswith("__secure-") and not secure, "the prefix __Secure- needs Secure"),
        (
            lower.startswith("__host-")
            and (not secure or has_domain or attributes.get("path") != "/"),
            "the prefix __Host- needs Secure, Path=/ and no Domain",
        ),
    )
    return next((why for is_so, why in reasons if is_so), "")


def _lifetime(attributes: Mapping[str, str], at: datetime) -> int | None:
    """Seconds from the answer's own date; Max-Age beats Expires (5.7)."""
    age = attributes.get("max-age")
    if age is not None:
        return min(int(age[:1000]), 1 << 53)
    expires = cookie_date(attributes.get("expires", ""))
    return None if expires is None else int((expires - at).total_seconds())


def _deletes(attributes: Mapping[str, str], at: datetime) -> bool:
    """Max-Age beats Expires (5.7)."""
    age = attributes.get("max-age")
    if age is not None:
        return int(age[:1000]) <= 0
    expires = cookie_date(attributes.get("expires", ""))
    return expires is not None and expires <= at


def cookie_date(text: str) -> datetime | None:
    """The tolerant reading of dates by browsers (RFC 6265bis 5.1.1); ``None`` where it fails."""
    clock, day, month, year = _parts(_DELIMITER.split(text))
    if clock is None or day is None or month is None or year is None:
        return None
    try:
        return datetime(year, month, day, *clock, tzinfo=UTC)
    except ValueError:
        return None


def _parts(
    tokens: list[str],
) -> tuple[tuple[int, int, int] | None, int | None, int | None, int | None]:
    """The first token of each sort, in the order in which a browser tries them."""
    clock: tuple[int, int, int] | None = None
    day = month = year = None
    for token in tokens:
        if clock is None and (found := _TIME.match(token)):
            clock = int(found[1]), int(found[2]), int(found[3])
        elif day is None and (found := _DAY.match(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.match(token)):
            year = _full(int(found[1]))
    return clock, day, month, year


def _full(year: int) -> int:
    """Two digits mean 1970 to 2069."""
    if year >= 100:  # noqa: PLR2004 - written out
        return year
    return year + (1900 if year >= 70 else 2000)  # noqa: PLR2004 - RFC 6265bis 5.1.1


_INFRASTRUCTURE = re.compile(
    r"(?i)(BIGipServer|AWSALB|TS[0-9a-f]{6,}$|NSC_|citrix_|ARRAffinity|SERVERID$|ROUTEID$|incap_ses_"
    r"|visid_incap_|nlbi_|__cf_bm$|cf_clearance$|_cfuvid$|ak_bmsc$|bm_)"
)
_CSRF = re.compile(r"(?i)csrf|xsrf|__RequestVerificationToken|antiforgery")
_ANALYTICS = re.compile(
    r"(?i)(_ga|_gid$|_gat|_gcl_|_fbp$|_pk_|_hj|_clck$|_clsk$|AMCVS?_|IDE$|fr$|personalization_id$"
    r"|s_(?:cc|sq|vi|fid|nr|ppv|ecid)$)"
)
_PREFERENCE = re.compile(r"(?i)consent|cookie.*notice|^(lang|locale|theme|currency)$")
_KNOWN_SESSION = re.compile(
    r"(?i)(PHPSESSID|JSESSIONID|ASP\.NET_SessionId|\.ASPXAUTH|\.AspNetCore\..*|connect\.sid"
    r"|laravel_session|ci_session|S?SESS[0-9a-f]{32}|wordpress_logged_in_.*|_session_id|.*_session"
    r"|rack\.session|CFID|CFTOKEN|sessionid|sid|PLAY_SESSION|MoodleSession.*)$"
)
# A word of the name: between signs, or a hump of camelCase.
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SESSION_WORDS = frozenset({"sess", "session", "sid", "auth", "token", "jwt", "login", "sso"})
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
LONG_VALUE, SHORT_VALUE, RANDOM_BITS = 16, 32, 64


def purpose(cookie: Cookie) -> Purpose:
    """What a cookie is for, in the order of web.md 5.2."""
    name = re.sub(r"(?i)^__(host|secure)-", "", cookie.name)
    if _INFRASTRUCTURE.match(name):
        return Purpose.INFRASTRUCTURE
    if _CSRF.search(name):
        return Purpose.CSRF
    if _ANALYTICS.match(name):
        return Purpose.ANALYTICS
    if _PREFERENCE.search(name) and len(cookie.value) < SHORT_VALUE:
        return Purpose.PREFERENCE
    if is_known_session(cookie) or _has_session_word(name) or _looks_random(cookie):
        return Purpose.SESSION
    return Purpose.UNKNOWN


def is_known_session(cookie: Cookie) -> bool:
    """Whether name or value settle that it is a session's, not only suggest it."""
    name = re.sub(r"(?i)^__(host|secure)-", "", cookie.name)
    return bool(_KNOWN_SESSION.match(name) or _JWT.fullmatch(cookie.value))


def _has_session_word(name: str) -> bool:
    return any(word.lower() in _SESSION_WORDS for word in _WORDS.findall(name))


def _looks_random(cookie: Cookie) -> bool:
    value = cookie.value
    if cookie.lasts or len(value) < LONG_VALUE:
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(one * math.log2(one) for one in shares) * len(value) >= RANDOM_BITS
