"""What DNS answered, in the words of RFC 9499."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, kind
from scanner.observation.command import dig


class Presence(StrEnum):
    """What an answer means; everything else is no answer at all (dns-and-mail 1.2)."""

    PRESENT = "present"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"


class DnsAnswer(Struct, frozen=True):
    """One question and its definite answer.

    ``records`` is the RDATA in presentation format, in canonical order; character strings of TXT
    are joined without blank and kept apart in ``strings``. ``aliases`` are the CNAME targets
    followed, in order. ``authenticated`` is the resolver's AD bit. TTL in seconds is ``volatile``.
    """

    name: str
    rdtype: str
    presence: Presence
    records: tuple[str, ...] = ()
    strings: tuple[tuple[str, ...], ...] = ()
    aliases: tuple[str, ...] = ()
    authenticated: bool = False
    volatile: dict[str, int] = {}

    @property
    def texts(self) -> tuple[str, ...]:
        """Each TXT record's character strings joined without blank (RFC 7208 3.3)."""
        return tuple("".join(parts) for parts in self.strings)


def _dig_host(place: Place) -> str:
    return dig(place.subject.host, "A") + "; " + dig(place.subject.host, "AAAA")


@kind(Level.HOST, command=_dig_host)
class HostAddresses(Struct, frozen=True):
    """The addresses of one web host of the target: apex, ``www``, or a sub-domain.

    From DNS, or from the operator's hosts file (``from_hosts_file``). A name that does not exist
    has neither; what could not be asked is ``Unobserved``.
    """

    name: str
    presence: Presence
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    from_hosts_file: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """IPv4 first, each family in numerical order."""
        return (*self.ipv4, *self.ipv6)
