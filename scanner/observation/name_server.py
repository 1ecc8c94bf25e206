"""What authoritative servers say when they are asked directly, in the words of RFC 9499."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import dig


class DirectAnswer(Struct, frozen=True, omit_defaults=True):
    """What one server said to one question: an RCODE, or why nothing was heard.

    ``answers`` are the records at the very name of the zone, where that was asked for.

    ``is_referral`` is set where it answered with NS records of a zone not below the one that was
    asked for (``upward``) instead of data.
    """

    rcode: str = ""
    is_authoritative: bool = False
    offers_recursion: bool = False
    answers: int = 0
    reason: Reason | None = None
    detail: str = ""
    referral: str = ""

    @property
    def speaks(self) -> bool:
        """Whether it is an answer with authority, and no empty one: at an apex there is a SOA."""
        return self.is_authoritative and self.rcode == "NOERROR" and self.answers > 0

    @property
    def text(self) -> str:
        """As it stands in evidence."""
        if self.reason:
            return str(self.reason)
        flags = "".join(
            f" {flag}"
            for flag, is_set in (("AA", self.is_authoritative), ("RA", self.offers_recursion))
            if is_set
        )
        upward = f", a referral to {self.referral}" if self.referral else ""
        return f"{self.rcode}{flags}, {self.answers} answers{upward}"


class Timers(Struct, frozen=True):
    """The numbers of a SOA record, in seconds but for the serial (RFC 1035 3.3.13)."""

    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int
    primary: str = ""


class SeenSignature(Struct, frozen=True):
    """A signature as one server gives it; times in seconds since 1970."""

    rdtype: str
    key_tag: int
    algorithm: int
    inception: int
    expiration: int


class Transfer(Struct, frozen=True, omit_defaults=True):
    """What came of asking for the whole zone: ``given`` as soon as one record followed the SOA."""

    given: bool
    detail: str = ""
    reason: Reason | None = None


@kind(Level.ENDPOINT)
class AuthoritativeServer(Struct, frozen=True, omit_defaults=True):
    """What one name server says of the zone (RD=0), and when asked as a resolver (RD=1).

    ``timers``, ``ns``, ``keys`` (tags) and ``signatures`` are ``None`` where they were not heard;
    ``later`` are the timers of a second round at least a minute later, where serials differed.
    ``edns`` tells whether it answers with EDNS; ``resigned`` that a second answer bore a later
    inception: the signer works on the fly. ``rest`` are questions about the address alone.
    """

    zone: str
    by_udp: DirectAnswer
    by_tcp: DirectAnswer
    foreign: DirectAnswer
    serial: int | None = None
    address: str = ""
    timers: Timers | None = None
    later: Timers | None = None
    ns: tuple[str, ...] | None = None
    keys: tuple[int, ...] | None = None
    signatures: tuple[SeenSignature, ...] | None = None
    edns: bool | None = None
    resigned: bool = False
    version: str = ""
    transfer: Transfer | None = None
    questions: int = 0
    odd: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it answered for the zone, over UDP or TCP: with AA, and with its SOA."""
        return self.by_udp.speaks or self.by_tcp.speaks

    def command(self, *flags: str, rdtype: str = "SOA") -> str:
        """What shows it: the zone's SOA, asked of this address without recursion."""
        return " ".join((dig(self.zone, rdtype, server=self.address), "+norecurse", *flags))


class NamedAddresses(Struct, frozen=True):
    """A name and the addresses that are given for it."""

    name: str
    addresses: tuple[str, ...] = ()


def _trace(place: Place) -> str:
    return dig(place.subject.host, "NS") + " +trace"


@kind(Level.TARGET, command=_trace)
class Delegation(Struct, frozen=True, omit_defaults=True):
    """What the parent says of the zone: NS names and glue of its referral (RFC 1034 4.2.2).

    ``same_server`` where they answer for the zone too, so that no referral can be seen. ``missing``
    where they say there is no such delegation.
    """

    zone: str
    parent: str
    asked: tuple[str, ...]
    ns: tuple[str, ...] = ()
    glue: tuple[NamedAddresses, ...] = ()
    same_server: bool = False
    missing: bool = False
