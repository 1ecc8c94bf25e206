"""Versions of libraries, compared part by part: 3.0.0 is more than 3.0.0-rc1."""

from __future__ import annotations

import re
from itertools import zip_longest

_PARTS = re.compile(r"[.-]")
LONGEST = 60
MOST_DIGITS = 18


def _parts(version: str) -> list[tuple[int, int, str]]:
    """Numbers rank above text, a missing part is 0."""
    return [
        (1, int(part), "")
        if part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS
        else (0, 0, part)
        for part in _PARTS.split(version[:LONGEST].lower())
    ]


def is_below(version: str, other: str) -> bool:
    """Whether a version is older than another."""
    zero = (1, 0, "")
    pairs = zip_longest(_parts(version), _parts(other), fillvalue=zero)
    return next((one < two for one, two in pairs if one != two), False)
