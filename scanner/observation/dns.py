"""What DNS answered, in the words of RFC 9499."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import dig
from scanner.observation.dnssec import RRsetSecurity, Security
from scanner.observation.takeover import RecordTarget


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
    ``security`` is the worst state of the ``rrsets`` it rests on, by our own validation.
    With a denial came ``soa`` (the zone and its SOA) and ``nsec3`` (parameters of its records).
    """

    name: str
    rdtype: str
    presence: Presence
    records: tuple[str, ...] = ()
    strings: tuple[tuple[str, ...], ...] = ()
    aliases: tuple[str, ...] = ()
    authenticated: bool = False
    volatile: dict[str, int] = {}
    security: Security = Security.INDETERMINATE
    rrsets: tuple[RRsetSecurity, ...] = ()
    soa: str = ""
    nsec3: tuple[str, ...] = ()

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
    has neither; what could not be asked is ``Unobserved``. ``unseen`` is why one family is unknown,
    where the other has an address.
    """

    name: str
    presence: Presence
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    from_hosts_file: bool = False
    security: Security = Security.INDETERMINATE
    unseen: Reason | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """IPv4 first, each family in numerical order."""
        return (*self.ipv4, *self.ipv6)


class NameServer(Struct, frozen=True, omit_defaults=True):
    """One NS record of a zone and what its name resolves to.

    ``is_allowed`` tells that the operator allowed all of its addresses, private ones too;
    ``unseen`` why one family of its addresses is unknown.
    """

    name: str
    presence: Presence | None = None
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    is_allowed: bool = False
    unseen: Reason | None = None


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "NS"))
class NameServers(Struct, frozen=True):
    """The zone a target's name lies in, and its name servers as the resolver gives them."""

    zone: str
    servers: tuple[NameServer, ...]
    security: Security = Security.INDETERMINATE


@kind(Level.HOST, command=lambda place: dig(place.subject.host, "CAA"))
class CaaRecords(Struct, frozen=True, omit_defaults=True):
    """The relevant CAA set of a host: the first non-empty one on the way up (RFC 8659 3)."""

    found_at: str = ""
    records: tuple[str, ...] = ()


@kind(Level.HOST, command=lambda place: dig(place.subject.host, "HTTPS"))
class ServiceBinding(Struct, frozen=True, omit_defaults=True):
    """The HTTPS records of a web host (RFC 9460): presentation format, ALPN and ECH told apart."""

    records: tuple[str, ...] = ()
    alpn: tuple[str, ...] = ()
    has_ech: bool = False
    alias: str = ""
    hints: tuple[str, ...] = ()
    security: Security = Security.INDETERMINATE


@kind(Level.TARGET, command=lambda place: dig(f"no-such-name.{place.subject.host}", "A"))
class WildcardProbe(Struct, frozen=True, omit_defaults=True):
    """What a name that nobody made gets below the target's name: a wildcard, or NXDOMAIN.

    ``records`` maps the types that answered to their records. ``soa`` and ``nsec3`` came with the
    denial. The label itself is random and kept out of the hashed part.
    """

    exists: bool
    records: dict[str, tuple[str, ...]] = {}
    soa: str = ""
    nsec3: tuple[str, ...] = ()
    rrsets: tuple[RRsetSecurity, ...] = ()


@kind(Level.HOST, command=lambda place: dig(place.subject.host, "CNAME"))
class HostAlias(Struct, frozen=True):
    """Where a host's CNAME chain leads, and what became of the name at its end."""

    targets: tuple[str, ...]
    target: RecordTarget
