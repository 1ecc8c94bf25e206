"""What DNSSEC validation found, in the words of RFC 4033 and of DNSViz's reason codes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import dig


class Security(StrEnum):
    """The state of one RRset, never of a domain (RFC 4033 5, RFC 4035 4.3)."""

    SECURE = "secure"
    INSECURE = "insecure"
    BOGUS = "bogus"
    INDETERMINATE = "indeterminate"


_WORST_FIRST = (Security.BOGUS, Security.INDETERMINATE, Security.INSECURE, Security.SECURE)


def worst(states: Iterable[Security]) -> Security:
    """A chain of aliases is as good as its weakest link; of nothing, nothing is known."""
    return min(states, key=_WORST_FIRST.index, default=Security.INDETERMINATE)


class Code(StrEnum):
    """Why; DNSViz's name where it has one."""

    EXPIRATION_IN_PAST = "EXPIRATION_IN_PAST"
    INCEPTION_IN_FUTURE = "INCEPTION_IN_FUTURE"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    SIGNER_NOT_ZONE = "SIGNER_NOT_ZONE"
    MISSING_RRSIG = "MISSING_RRSIG"
    RRSIG_LABELS_EXCEED = "RRSIG_LABELS_EXCEED_RRSET_OWNER_LABELS"
    DIGEST_INVALID = "DIGEST_INVALID"
    NO_SEP = "NO_SEP"
    NO_TRUST_ANCHOR_SIGNING = "NO_TRUST_ANCHOR_SIGNING"
    DNSKEY_REVOKED_DS = "DNSKEY_REVOKED_DS"
    MISSING_NSEC_FOR_NXDOMAIN = "MISSING_NSEC_FOR_NXDOMAIN"
    MISSING_NSEC_FOR_NODATA = "MISSING_NSEC_FOR_NODATA"
    MISSING_NSEC_FOR_WILDCARD = "MISSING_NSEC_FOR_WILDCARD"
    SNAME_NOT_COVERED = "SNAME_NOT_COVERED"
    WILDCARD_NOT_COVERED = "WILDCARD_NOT_COVERED"
    NO_CLOSEST_ENCLOSER = "NO_CLOSEST_ENCLOSER"
    STYPE_IN_BITMAP = "STYPE_IN_BITMAP"
    UNSUPPORTED_NSEC3_ALGORITHM = "UNSUPPORTED_NSEC3_ALGORITHM"
    INVALID_NSEC3_HASH = "INVALID_NSEC3_HASH"
    ALGORITHM_NOT_SUPPORTED = "ALGORITHM_NOT_SUPPORTED"
    DIGEST_ALGORITHM_NOT_SUPPORTED = "DIGEST_ALGORITHM_NOT_SUPPORTED"
    NO_DS = "NO_DS"
    DS_ABSENT_CHILD_SIGNED = "DS_ABSENT_CHILD_SIGNED"
    ITERATIONS_TOO_HIGH = "ITERATIONS_TOO_HIGH"
    OPT_OUT = "OPT_OUT"


class RRsetSecurity(Struct, frozen=True, omit_defaults=True):
    """One RRset or one denial, in which state it is and why.

    ``denies`` is what a denial says (``nodata``, ``nxdomain``), empty for data. ``zone`` is the
    zone whose keys were asked for; ``inception`` and ``expiration`` (seconds since 1970) are those
    of the signature that held, else of the one that came nearest. ``reason`` says why a state is
    indeterminate; ``inherited`` that it is that of its zone.
    """

    name: str
    rdtype: str
    security: Security
    codes: tuple[Code, ...] = ()
    detail: str = ""
    zone: str = ""
    denies: str = ""
    key_tag: int | None = None
    algorithm: int | None = None
    inception: int | None = None
    expiration: int | None = None
    reason: Reason | None = None
    inherited: bool = False

    @property
    def text(self) -> str:
        """As it stands in evidence: ``agency.example MX: bogus, EXPIRATION_IN_PAST (…)``."""
        what = f"{self.name or '.'} {self.rdtype}{f' ({self.denies})' if self.denies else ''}"
        why = "".join(f", {code}" for code in self.codes)
        return f"{what}: {self.security}{why}{f' ({self.detail})' if self.detail else ''}"


class DelegationSigner(Struct, frozen=True):
    """A DS record (RFC 4034 5)."""

    key_tag: int
    algorithm: int
    digest_type: int
    digest: str


class ZoneKey(Struct, frozen=True):
    """A DNSKEY record (RFC 4034 2); ``bits`` of an RSA modulus, 0 for other algorithms."""

    key_tag: int
    algorithm: int
    flags: int
    bits: int = 0


class ZoneLink(Struct, frozen=True, omit_defaults=True):
    """One zone on the way from the trust anchor down, as its parent and its own keys show it."""

    zone: str
    security: Security
    codes: tuple[Code, ...] = ()
    detail: str = ""
    ds: tuple[DelegationSigner, ...] = ()
    keys: tuple[ZoneKey, ...] = ()
    sep: tuple[int, ...] = ()
    reason: Reason | None = None


def _delv(place: Place) -> str:
    return f"delv {place.subject.host} SOA; {dig(place.subject.host, 'DNSKEY')} +dnssec +cd"


@kind(Level.TARGET, command=_delv)
class DnssecChain(Struct, frozen=True, omit_defaults=True):
    """The chain from the anchor to the zone of the target.

    ``apex`` is the zone the name lies in. ``links`` are the zones from the anchor down to where
    the chain ends; ``keys`` are the apex's own DNSKEY records whether a chain leads to them or
    not. ``suffixes`` are the zones on the way that are public suffixes, ``inventory`` those that
    are other targets of this run. ``cds`` and ``cdnskey`` are those of the apex.
    """

    name: str
    apex: str
    links: tuple[ZoneLink, ...]
    keys: tuple[ZoneKey, ...] = ()
    suffixes: tuple[str, ...] = ()
    inventory: tuple[str, ...] = ()
    cds: tuple[DelegationSigner, ...] = ()
    cdnskey: tuple[ZoneKey, ...] = ()

    @property
    def last(self) -> ZoneLink:
        """The zone where the chain ends: the target's own, if it is whole."""
        return self.links[-1]

    @property
    def above(self) -> str:
        """The zone above the last, which delegates it."""
        return self.links[-2].zone if len(self.links) > 1 else ""


@kind(Level.TARGET, command=_delv)
class DnssecRecords(Struct, frozen=True):
    """The state of every RRset of the target that a verdict rests on, data and denials."""

    rrsets: tuple[RRsetSecurity, ...]


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "SOA") + " +adflag")
class ResolverVerdict(Struct, frozen=True, omit_defaults=True):
    """What the resolver itself said with CD=0: its AD bit, RCODE and Extended DNS Errors.

    ``validates`` tells whether it sets AD for the root at all; ``ours`` is our own state of the
    same RRset. Evidence beside our validation, never the verdict.
    """

    name: str
    rdtype: str
    ours: Security
    rcode: str
    authenticated: bool
    validates: bool | None
    errors: tuple[str, ...] = ()


@kind(Level.RUN)
class TrustAnchors(Struct, frozen=True):
    """Where validation begins: DNSKEY or DS records in presentation format, and their source."""

    text: str
    source: str
