"""What of a page tells an intruder: hosts of scripts, where logins are sent, where it leads."""

from __future__ import annotations

import re

from scanner.formats.html import resolved
from scanner.formats.party import is_foreign
from scanner.observation.page import Elements

_REFRESH = re.compile(
    r"^[\s\d.]{0,20}[;,]?\s{0,20}(?:url\s{0,20}=\s{0,20})?[\"']?([^\"']{1,2000})",
    re.IGNORECASE | re.ASCII,
)


def foreign_hosts(elements: Elements, url: str, element: str) -> frozenset[str]:
    """The hosts of other parties that an element of the page loads from."""
    found = (
        resolved(one.url, elements, url) for one in elements.resources if one.element == element
    )
    return frozenset(
        one.hostname for one in found if one and one.hostname and is_foreign(one.geturl(), url)
    )


def login_hosts(elements: Elements, url: str) -> frozenset[str]:
    """The hosts of other parties that a password is sent to."""
    found = (resolved(one.action, elements, url) for one in elements.forms if one.has_password)
    return frozenset(
        one.hostname for one in found if one and one.hostname and is_foreign(one.geturl(), url)
    )


def refresh_url(elements: Elements) -> str:
    """The address of a meta refresh, as written; empty for a reload or none."""
    found = _REFRESH.match(elements.refresh)
    written = found[1].strip() if found else ""
    return written if written.strip(" \t.0123456789") else ""


def refresh_target(elements: Elements, url: str) -> str:
    """The host of another party that a meta refresh leads to; empty for none."""
    written = refresh_url(elements)
    found = resolved(written, elements, url) if written else None
    return found.hostname or "" if found and is_foreign(found.geturl(), url) else ""
