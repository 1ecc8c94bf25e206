"""BIMI records (draft-brand-indicators-for-message-identification 4.2): syntax only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from scanner.formats.error import FormatError

_URL = re.compile(r"https://[!-~]+", re.IGNORECASE | re.ASCII)


class Bimi(Struct, frozen=True):
    """``location`` of the image and ``authority`` of the certificate; both empty declines."""

    location: str
    authority: str


def read(texts: Iterable[str]) -> Bimi | None:
    """The one record; ``None`` without one; ``FormatError`` where it is void."""
    found = [text for text in texts if re.match(r"[ \t]*v[ \t]*=[ \t]*BIMI1[ \t]*(?:;|\Z)", text)]
    if not found:
        return None
    if len(found) > 1:
        raise FormatError("there are {n} records", n=len(found))
    tags: dict[str, str] = {}
    for part in found[0].split(";"):
        name, equals, value = part.partition("=")
        if not name.strip() and not equals:
            continue
        if not equals or name.strip().lower() in tags:
            raise FormatError("{part} is no tag, or is given twice", part=part.strip()[:60])
        tags[name.strip().lower()] = value.strip()
    for name in ("l", "a"):
        if tags.get(name) and not _URL.fullmatch(tags[name]):
            raise FormatError("{name} is no https address", name=name)
    if "l" not in tags:
        raise FormatError("l is missing")
    return Bimi(tags["l"], tags.get("a", ""))
