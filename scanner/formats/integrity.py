"""Subresource integrity: what an element's metadata asks for, and what browsers make of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from scanner.observation.page import Resource

ALGORITHMS = ("sha256", "sha384", "sha512")  # the strongest last (SRI 3.3.4)
_DIGEST = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
SIZES = {"sha256": 44, "sha384": 64, "sha512": 88}
_JUDGED_LINKS = frozenset({"stylesheet", "preload", "modulepreload"})


class Metadata(NamedTuple):
    """The digests that count: all of the strongest algorithm named; none for no check at all."""

    algorithm: str = ""
    digests: tuple[str, ...] = ()

    @property
    def can_match(self) -> bool:
        """Whether any digest is one that a file can have."""
        return any(
            len(one) == SIZES[self.algorithm] and _DIGEST.fullmatch(one) for one in self.digests
        )


def metadata(integrity: str) -> Metadata:
    """Read the attribute as browsers do: options dropped, unknown algorithms ignored (3.3.2)."""
    found: dict[str, list[str]] = {}
    for algorithm, digest in written(integrity):
        found.setdefault(algorithm, []).append(digest)
    strongest = next((one for one in reversed(ALGORITHMS) if one in found), "")
    return Metadata(strongest, tuple(found.get(strongest, ())))


def written(integrity: str) -> tuple[tuple[str, str], ...]:
    """Every digest of a known algorithm, options dropped (3.3.2)."""
    parts = (item.partition("?")[0].partition("-") for item in integrity.split()[:50])
    return tuple(
        (algorithm.lower(), digest)
        for algorithm, dash, digest in parts
        if dash and algorithm.lower() in ALGORITHMS
    )


def executes(one: Resource) -> bool:
    """Whether absence of integrity is judged: scripts and styles; a preload executes nothing."""
    return one.element == "script" or (one.element == "link" and "stylesheet" in one.rel.split())


def is_checked(one: Resource) -> bool:
    """Whether browsers look at its integrity at all."""
    words = set(one.rel.split())
    return one.element == "script" or (one.element == "link" and bool(words & _JUDGED_LINKS))


def holds(asked: Metadata, digests: Mapping[str, str]) -> bool:
    """Whether a file with these digests (standard base64) may be used; any one match suffices."""
    return digests.get(asked.algorithm, "") in asked.digests
