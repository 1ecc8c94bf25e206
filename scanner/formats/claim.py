"""Whether a stranger could register the domain that a dead name lies in (dns-and-mail 6)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from scanner.formats.suffix import is_icann_suffix
from scanner.observation.mail import DeadName

RESTRICTED = frozenset({"gov", "mil", "edu", "int", "arpa"})
# RFC 6761, 6762, 7686, 8375, 9476, 9718: nobody registers below these.
SPECIAL = frozenset(
    {"alt", "example", "home.arpa", "internal", "invalid", "local", "localhost", "onion", "test"}
)


def is_claimable(dead: DeadName, *, restricted: Iterable[str] = ()) -> bool:
    """Whether the domain is free, below an ending that is open to strangers."""
    if dead.is_registered is not False or not dead.registrable:
        return False
    suffix = dead.registrable.partition(".")[2]
    return is_open(suffix) and suffix not in set(restricted)


@lru_cache(maxsize=1024)
def is_open(suffix: str) -> bool:
    """Whether strangers register below it: not ``gov``, ``mil.pk``, ``test``, a typing error."""
    labels = suffix.split(".")
    if labels[0] in RESTRICTED or labels[-1] in RESTRICTED or labels[-1] in SPECIAL:
        return False
    return is_icann_suffix(labels[-1])
