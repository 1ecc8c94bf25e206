"""security.txt (RFC 9116): its fields, and what is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from scanner.formats.proof import is_html

_FIELD = re.compile(r"([A-Za-z][A-Za-z-]*):[ \t]+(\S.*?)[ \t]*", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def fields(text: str) -> Mapping[str, tuple[str, ...]]:
    """Every field by its lower-case name; comments, armour and other lines are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if match := _FIELD.fullmatch(line.removeprefix("- ")):
            name = match[1].lower()
            found[name] = (*found.get(name, ()), match[2])
    return found


def is_page(text: str) -> bool:
    """Whether it is a web page that came in its place."""
    return is_html(text.encode())


def is_security_txt(text: str) -> bool:
    """Whether it was meant as one: a text with one of the two fields that are needed."""
    return not is_page(text) and bool(fields(text).keys() & {"contact", "expires"})


def is_uri(value: str) -> bool:
    """Whether a value is a URI (RFC 3986 3): a bare mail address is none."""
    return bool(_URI.fullmatch(value))


def timestamp(value: str) -> datetime | None:
    """A date and time of RFC 3339; ``None`` for what is none."""
    if not _TIMESTAMP.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except ValueError:
        return None
