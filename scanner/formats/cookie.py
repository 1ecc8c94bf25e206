"""Set-Cookie lines as a browser stores them (RFC 6265bis 5.6, 5.7), and what a cookie is for."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct

from scanner.observation.web import HttpExchange
from scanner.targets import registrable

LONGEST_PAIR, LONGEST_ATTRIBUTE = 4096, 1024
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NUMBER = re.compile(r"-?\d+", re.ASCII)
_YEAR = re.compile(r"\b(\d{4}|\d{2})\s+\d{2}:\d{2}:\d{2}")


class Purpose(StrEnum):
    """What a cookie is for, by its name and value."""

    INFRASTRUCTURE = "infrastructure"
    CSRF = "csrf"
    ANALYTICS = "analytics"
    PREFERENCE = "preference"
    SESSION = "session"
    UNKNOWN = "unknown"


class Cookie(Struct, frozen=True):
    """A cookie that a browser stores; ``same_site`` is strict, lax, none or default."""

    name: str
    value: str
    secure: bool = False
    http_only: bool = False
    same_site: str = "default"
    domain: str = ""
    path: str = ""
    lasts: bool = False
    deletes: bool = False


class Rejected(Struct, frozen=True):
    """A line that a browser drops, and why (a short English word for the evidence)."""

    name: str
    why: str


def read(line: str, host: str, *, is_https: bool) -> Cookie | Rejected:
    """What a browser makes of one Set-Cookie value received from a host."""
    if _CONTROL.search(line):
        return Rejected("", "it holds a control character")
    pair, _, rest = line.partition(";")
    name, equals, value = pair.partition("=")
    name, value = (name.strip(" \t"), value.strip(" \t")) if equals else ("", name.strip(" \t"))
    if len(name) + len(value) > LONGEST_PAIR or not (name or value):
        return Rejected(name[:100], "it is empty or longer than 4096 octets")
    attributes = _attributes(rest)
    if why := _refused(name, value, attributes, host, is_https=is_https):
        return Rejected(name, why)
    return Cookie(
        name=name,
        value=value,
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site=_same_site(attributes),
        domain=_domain(attributes),
        path=attributes.get("path", ""),
        lasts="max-age" in attributes or "expires" in attributes,
        deletes=_deletes(attributes),
    )


def stored(exchange: HttpExchange) -> tuple[Cookie, ...]:
    """The cookies that an answer leaves in a browser, the last of each name."""
    url = urlsplit(exchange.url)
    host, is_https = (url.hostname or "").rstrip("."), url.scheme == "https"
    lines = exchange.values("Set-Cookie")
    made = [one for line in lines if isinstance(one := read(line, host, is_https=is_https), Cookie)]
    return tuple({one.name: one for one in made if not one.deletes}.values())


def sessions(exchange: HttpExchange) -> tuple[Cookie, ...]:
    """Those of them that stand for a login, or look so."""
    return tuple(one for one in stored(exchange) if purpose(one) is Purpose.SESSION)


def _attributes(rest: str) -> dict[str, str]:
    """By lower-case name, the last of a name; over-long ones are ignored."""
    found: dict[str, str] = {}
    for part in rest.split(";"):
        name, _, value = part.partition("=")
        if len(value.strip(" \t")) <= LONGEST_ATTRIBUTE:
            found[name.strip(" \t").lower()] = value.strip(" \t")
    return found


def _same_site(attributes: Mapping[str, str]) -> str:
    word = attributes.get("samesite", "").lower()
    return word if word in {"strict", "lax", "none"} else "default"


def _domain(attributes: Mapping[str, str]) -> str:
    return attributes.get("domain", "").removeprefix(".").lower()


def _refused(  # noqa: PLR0911 - a table
    name: str, value: str, attributes: Mapping[str, str], host: str, *, is_https: bool
) -> str:
    secure, domain = "secure" in attributes, _domain(attributes)
    lower = (name or value).lower()
    if domain and domain != host and not host.endswith("." + domain):
        return "its Domain is not this host's"
    if domain and domain != host and domain == registrable(host).partition(".")[2]:
        return "its Domain is a public suffix"
    if secure and not is_https:
        return "it is Secure and came over http"
    if _same_site(attributes) == "none" and not secure:
        return "SameSite=None needs Secure"
    if not name and lower.startswith(("__secure-", "__host-")):
        return "it has no name and a value like a prefix"
    if lower.startswith("__secure-") and not secure:
        return "the prefix __Secure- needs Secure"
    if lower.startswith("__host-") and (not secure or domain or attributes.get("path") != "/"):
        return "the prefix __Host- needs Secure, Path=/ and no Domain"
    return ""


def _deletes(attributes: Mapping[str, str]) -> bool:
    age = attributes.get("max-age", "")
    if _NUMBER.fullmatch(age):
        return int(age[:12]) <= 0
    year = _YEAR.search(attributes.get("expires", "").replace("-", " "))
    if not year:
        return False
    number = int(year[1])
    full = number if number > 99 else number + (1900 if number >= 70 else 2000)  # noqa: PLR2004 - 5.1.1
    return full < 2015  # noqa: PLR2004 - the epochs that servers write to delete a cookie


_INFRASTRUCTURE = re.compile(
    r"(?i)(BIGipServer|AWSALB|TS[0-9a-f]{6,}$|NSC_|citrix_|ARRAffinity|SERVERID$|ROUTEID$|incap_ses_"
    r"|visid_incap_|nlbi_|__cf_bm$|cf_clearance$|_cfuvid$|ak_bmsc$|bm_)"
)
_CSRF = re.compile(r"(?i)csrf|xsrf|__RequestVerificationToken|antiforgery")
_ANALYTICS = re.compile(
    r"(?i)(_ga|_gid$|_gat|_gcl_|_fbp$|_pk_|_hj|_clck$|_clsk$|AMCV_|IDE$|fr$|personalization_id$)"
)
_PREFERENCE = re.compile(r"(?i)consent|cookie.*notice|^(lang|locale|theme|currency)$")
_KNOWN_SESSION = re.compile(
    r"(?i)(PHPSESSID|JSESSIONID|ASP\.NET_SessionId|\.ASPXAUTH|\.AspNetCore\..*|connect\.sid"
    r"|laravel_session|ci_session|S?SESS[0-9a-f]{32}|wordpress_logged_in_.*|_session_id|.*_session"
    r"|rack\.session|CFID|CFTOKEN|sessionid|sid|PLAY_SESSION|MoodleSession.*)$"
)
_SESSION_WORD = re.compile(
    r"(?i)(?:^|[^a-z])(sess|session|sid|auth|token|jwt|login|sso)(?:$|[^a-z])"
)
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
    if is_known_session(cookie) or _SESSION_WORD.search(name) or _looks_random(cookie):
        return Purpose.SESSION
    return Purpose.UNKNOWN


def is_known_session(cookie: Cookie) -> bool:
    """Whether name or value settle that it is a session's, not only suggest it."""
    name = re.sub(r"(?i)^__(host|secure)-", "", cookie.name)
    return bool(_KNOWN_SESSION.match(name) or _JWT.fullmatch(cookie.value))


def _looks_random(cookie: Cookie) -> bool:
    value = cookie.value
    if cookie.lasts or len(value) < LONG_VALUE:
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(one * math.log2(one) for one in shares) * len(value) >= RANDOM_BITS
