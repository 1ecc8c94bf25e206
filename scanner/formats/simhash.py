"""A fingerprint of a text that moves little when the text does (Charikar 2002), 64 bits."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b

BITS = 64
MOST_WORDS = 20_000
_WORD = re.compile(r"\w+")
_MASKS = tuple(1 << bit for bit in range(8))


def simhash(text: str) -> str:
    """The fingerprint in sixteen hexadecimal digits; empty for a text without words."""
    words = _WORD.findall(text.lower())[:MOST_WORDS]
    if not words:
        return ""
    triples = zip(words, words[1:], words[2:], strict=False)
    shingles = list(map(" ".join, triples)) or [" ".join(words)]
    hashes = b"".join(blake2b(one.encode(), digest_size=8).digest() for one in shingles)
    return "".join(f"{_byte(hashes[at::8]):02x}" for at in range(8))


def _byte(column: bytes) -> int:
    """For each bit, what most of the hashes say."""
    counted = Counter(column)
    half = len(column) / 2
    ones = (sum(n for byte, n in counted.items() if byte & mask) for mask in _MASKS)
    return sum(mask for mask, n in zip(_MASKS, ones, strict=True) if n > half)


def distance(one: str, other: str) -> int:
    """How many of the 64 bits differ; all of them where one text has no words and one has."""
    if not one or not other:
        return 0 if one == other else BITS
    return (int(one, 16) ^ int(other, 16)).bit_count()
