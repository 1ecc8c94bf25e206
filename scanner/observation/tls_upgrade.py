"""What plain HTTP says to the wish to go on in TLS (RFC 2817)."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, Place, kind
from scanner.observation.command import curl


def _ask(place: Place) -> str:
    flags = "-sI -X OPTIONS -H 'Upgrade: TLS/1.0' -H 'Connection: Upgrade'"
    return curl(place, flags=flags)


@kind(Level.ENDPOINT, command=_ask)
class TlsUpgrade(Struct, frozen=True, omit_defaults=True):
    """The status of the answer to one OPTIONS with ``Upgrade: TLS/1.0``; 101 takes it up."""

    status: int
    upgrade: str = ""
