"""X-Frame-Options as browsers read it (HTML 7.7.1): a set of values, of which one must be valid."""

from __future__ import annotations

from enum import StrEnum

VALID = frozenset({"deny", "sameorigin"})
_KNOWN = VALID | {"allowall"}


class Framing(StrEnum):
    """What the header does."""

    ABSENT = "absent"
    DENY = "deny"
    SAMEORIGIN = "sameorigin"
    CONFUSED = "several values, so nobody may"
    IGNORED = "ignored"

    @property
    def protects(self) -> bool:
        """Whether another site is refused."""
        return self in {Framing.DENY, Framing.SAMEORIGIN, Framing.CONFUSED}


def values(joined: str | None) -> frozenset[str]:
    """The distinct values, in lower case."""
    return frozenset(one.strip().lower() for one in (joined or "").split(",")) - {""}


def effect(joined: str | None) -> Framing:
    """Several values deny everybody where any of them is a known word, else have no effect."""
    if joined is None:
        return Framing.ABSENT
    found = values(joined)
    if len(found) > 1:
        return Framing.CONFUSED if found & _KNOWN else Framing.IGNORED
    return Framing(next(iter(found))) if found and found <= VALID else Framing.IGNORED
