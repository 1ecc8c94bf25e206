"""What DNS pins of a service's certificates, in the words of RFC 6698."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import dig
from scanner.observation.dnssec import Security


def _tlsa(place: Place) -> str:
    return dig(f"_{place.subject.port}._tcp.{place.subject.host}", "TLSA") + " +dnssec"


@kind(Level.SERVICE, command=_tlsa)
class TlsaRecords(Struct, frozen=True, omit_defaults=True):
    """The TLSA records of a web or mail service, and how far DNSSEC protects the way to them.

    ``base`` is the name below which they were found or looked for (RFC 7672 2.2.1), ``names`` those
    that a certificate may bear. ``mx`` is the state of the MX records, ``address`` that of the
    host's addresses; where ``address`` is not secure nobody asks (``is_asked`` false).
    """

    host: str
    base: str
    names: tuple[str, ...]
    address: Security
    mx: Security | None = None
    is_asked: bool = True
    records: tuple[str, ...] = ()
    security: Security = Security.INDETERMINATE
    reason: Reason | None = None
    detail: str = ""
