"""Strict-Transport-Security (RFC 6797 6.1): what a browser notes, or why it ignores the field."""

from __future__ import annotations

import re

from msgspec import Struct

from scanner.formats.error import FormatError

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_DIRECTIVE = re.compile(
    rf'[ \t]*({_WORD})(?:[ \t]*=[ \t]*(?:({_WORD})|"((?:[^"\\]|\\.)*)"))?[ \t]*', re.ASCII
)


class Hsts(Struct, frozen=True):
    """A conforming field. ``max_age`` in seconds; 0 tells the browser to forget."""

    max_age: int
    include_subdomains: bool = False
    preload: bool = False


def parse(field: str) -> Hsts:
    """Read one field line; raise ``FormatError`` where a browser ignores the whole of it."""
    seen: dict[str, str | None] = {}
    for name, value in _directives(field):
        if name in seen:
            raise FormatError("the directive {name} is given twice", name=name)
        seen[name] = value
    if seen.get("includesubdomains") is not None:
        raise FormatError("includeSubDomains takes no value")
    age = seen.get("max-age")
    if age is None:
        raise FormatError("max-age is missing")
    if not re.fullmatch(r"\d+", age, re.ASCII):
        raise FormatError("max-age is {age}, which is not a number of seconds", age=age[:60])
    return Hsts(int(age.lstrip("0")[:4000] or "0"), "includesubdomains" in seen, "preload" in seen)


def _directives(field: str) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    position = 0
    while position <= len(field):
        rest = field[position:]
        match = _DIRECTIVE.match(rest)
        size = match.end() if match else len(rest) - len(rest.lstrip(" \t"))
        if match:
            found.append((match[1].lower(), _value(match)))
        if rest[size : size + 1] not in {"", ";"}:
            raise FormatError("{text} is not what the grammar allows", text=rest[size:][:60])
        position += size + 1
    return found


def _value(match: re.Match[str]) -> str | None:
    return match[2] if match[3] is None else re.sub(r"\\(.)", r"\1", match[3])


def shown(max_age: int) -> int:
    """A number that every JSON reader takes: the grammar knows no upper limit (RFC 6797 6.1.1)."""
    return min(max_age, 1 << 53)


def effective(field: str | None) -> Hsts | None:
    """What a browser notes of the first field line, on a good connection; ``None`` for nothing."""
    if field is None:
        return None
    try:
        policy = parse(field)
    except FormatError:
        return None
    return policy if policy.max_age else None
