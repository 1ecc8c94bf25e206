"""What was found at paths that should not be public, and files that are published to be read."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import curl
from scanner.observation.web import HttpExchange


class ProbeResult(StrEnum):
    """What one path told: proved, absent, or not settled."""

    PROVED = "proved"
    ABSENT = "absent"
    CATCH_ALL = "catch-all"
    UNKNOWN = "unknown"


class PathProbe(Struct, frozen=True, omit_defaults=True):
    """One path of one catalogue entry. ``excerpt`` is redacted; the body is never kept."""

    entry: str
    check: str
    path: str
    result: ProbeResult
    severity: str = ""
    status: int | None = None
    proof: str = ""
    excerpt: str = ""
    size: int = 0
    sha256: str = ""
    reason: Reason | None = None
    detail: str = ""


@kind(Level.SERVICE, command=curl)
class PathProbes(Struct, frozen=True):
    """Every path that was asked of one web service, with its controls."""

    probes: tuple[PathProbe, ...]
    requests: int = 0

    def of(self, check: str) -> tuple[PathProbe, ...]:
        """The probes of one check, in the order they were asked."""
        return tuple(one for one in self.probes if one.check == check)


def _security_txt(place: Place) -> str:
    return f"curl -s https://{place.subject.host}/.well-known/security.txt"


@kind(Level.TARGET, command=_security_txt)
class SecurityTxt(Struct, frozen=True, omit_defaults=True):
    """The answer at the well-known place, else at the old one, and the text where there is one.

    ``first`` is the URL that was asked and ``hops`` those of the redirects that were followed from
    it; ``reason`` says why the last of them could not be. ``is_utf8`` is of the text's bytes.
    """

    exchange: HttpExchange
    text: str = ""
    first: str = ""
    hops: tuple[str, ...] = ()
    is_utf8: bool = True
    reason: Reason | None = None
    detail: str = ""
