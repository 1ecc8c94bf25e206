"""robots.txt: what a site asks robots not to visit, and which of it tells too much (RFC 9309)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import re2

MOST_LINES = 20_000
MOST_RULES, LONGEST_RULE = 2000, 1000
EVERYONE = "*"
_LINE = re.compile(r"[ \t]*([A-Za-z-]+)[ \t]*:[ \t]*([^#\r\n]*)")
_RULE = re.compile(r"[ \t]*disallow[ \t]*:[ \t]*([^#\r\n]*)", re.IGNORECASE)
_SECTION = re.compile(r"[ \t]*user-agent[ \t]*:", re.IGNORECASE)
# Words that name what is not meant for the public, as a whole part of a path.
_TELLING = re.compile(
    r"(?:^|[/_.\-])(?:admin\w*|backup\w*|bak|config\w*|conf|db|database|dump\w*|sql|secret\w*|"
    r"private|intern(?:al)?|intranet|staging|test|dev|old|tmp|temp|log|logs|password\w*|passwd|"
    r"credential\w*|export\w*|phpmyadmin|manager|console|debug|git|svn|env|vpn|confidential)"
    r"(?:[/_.\-?*$]|$)",
    re.IGNORECASE,
)
# What every installation of a content manager lists is no news.
_USUAL = frozenset(
    {"/wp-admin/", "/admin/", "/administrator/", "/user/password/", "/wp-admin", "/admin"}
)


def is_robots_txt(text: str) -> bool:
    """Whether it has a group of rules: a page that answers anything is none."""
    return any(_SECTION.match(line) for line in text.splitlines()[:MOST_LINES])


def disallowed(text: str) -> tuple[str, ...]:
    """The paths of Disallow lines, once each."""
    found = (_RULE.match(line) for line in text.splitlines()[:MOST_LINES])
    return tuple(dict.fromkeys(path for one in found if one and (path := one[1].strip())))


def telling(text: str) -> tuple[str, ...]:
    """Those paths that name what is not meant for the public."""
    return tuple(
        one for one in disallowed(text) if one.lower() not in _USUAL and _TELLING.search(one)
    )


class Rule(NamedTuple):
    """One line of a group that applies to us: as written, and as it is matched."""

    text: str
    pattern: Any
    length: int
    allows: bool


def rules(text: str, product: str) -> tuple[Rule, ...]:
    """The rules of the groups that name a robot, else of those for everyone (RFC 9309 2.2.1)."""
    groups = list(_groups(text.splitlines()[:MOST_LINES]))
    own = [one for names, one in groups if product.lower() in names]
    everyone = [one for names, one in groups if EVERYONE in names]
    found = [rule for one in (own or everyone) for rule in one]
    return tuple(_rule(*one) for one in found[:MOST_RULES])


def _groups(lines: Iterable[str]) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    names: set[str] = set()
    found: list[tuple[str, str]] = []
    for line in lines:
        read = _LINE.match(line)
        key, value = (read[1].lower(), read[2].strip()) if read else ("", "")
        if key == "user-agent":
            if found:
                yield names, found
                names, found = set(), []
            names.add(value.partition("/")[0].lower())
        elif key in {"allow", "disallow"} and names and value:
            found.append((key, value[:LONGEST_RULE]))
    yield names, found


def _rule(key: str, value: str) -> Rule:
    """``*`` is any text, ``$`` at the end the end; all else is what it is (RFC 9309 2.2.3)."""
    plain = unquote(value)
    ends = "$" if plain.endswith("$") else ""
    parts = plain.removesuffix("$").split("*")
    pattern = "(?s)^" + ".*".join(map(re2.escape, parts)) + ends
    return Rule(f"{key.capitalize()}: {value}", re2.compile(pattern), len(value), key == "allow")


def forbidding(found: Iterable[Rule], path: str) -> str:
    """The line that forbids a path, empty where none does: the longest wins, of two an Allow."""
    plain = unquote(path)
    if plain == "/robots.txt":
        return ""
    hits = [one for one in found if one.pattern.search(plain)]
    best = max(hits, key=lambda one: (one.length, one.allows), default=None)
    return "" if best is None or best.allows else best.text
