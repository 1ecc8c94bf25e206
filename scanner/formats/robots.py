"""robots.txt: what a site asks robots not to visit, and which of it tells too much (RFC 9309)."""

from __future__ import annotations

import re

MOST_LINES = 20_000
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
