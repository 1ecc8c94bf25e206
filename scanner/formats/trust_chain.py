"""What a DNSSEC chain means: where it is cut, who owns the cut, how good its keys are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from scanner.observation.dnssec import (
    Code,
    DelegationSigner,
    DnssecChain,
    RRsetSecurity,
    Security,
    ZoneKey,
    ZoneLink,
)

SUPPORTED = frozenset({5, 7, 8, 10, 13, 14, 15, 16})
SHA1_ALGORITHMS = frozenset({5, 7})
RSA = frozenset({1, 5, 7, 8, 10})
NAMES = {
    1: "RSAMD5",
    3: "DSA",
    5: "RSASHA1",
    6: "DSA-NSEC3-SHA1",
    7: "RSASHA1-NSEC3-SHA1",
    8: "RSASHA256",
    10: "RSASHA512",
    12: "ECC-GOST",
    13: "ECDSAP256SHA256",
    14: "ECDSAP384SHA384",
    15: "ED25519",
    16: "ED448",
}
DIGESTS = {1: "SHA-1", 2: "SHA-256", 3: "GOST", 4: "SHA-384"}
SEP = 0x0001


class Owner(StrEnum):
    """Who can mend the cut (dns-and-mail 2.5)."""

    REGISTRY = "registry"
    PARENT_AGENCY = "parent agency"
    PARENT = "parent zone"
    SELF = "agency"


class Cut(NamedTuple):
    """The first zone on the way down that is not secure."""

    parent: str
    child: str
    security: Security
    codes: tuple[Code, ...]
    owner: Owner
    detail: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether the agency itself cannot mend it."""
        return self.owner is not Owner.SELF

    @property
    def text(self) -> str:
        """``child below parent: insecure, NO_DS``."""
        codes = "".join(f", {code}" for code in self.codes)
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.child} below {self.parent or '.'}: {self.security}{codes}{detail}"


def cut(chain: DnssecChain) -> Cut | None:
    """Where the chain ends before the target's zone, ``None`` where it is whole."""
    last = chain.last
    if last.security in {Security.SECURE, Security.INDETERMINATE}:
        return None
    codes = last.codes
    if is_island(chain) and last.zone == chain.apex:
        codes = (Code.DS_ABSENT_CHILD_SIGNED, *(one for one in codes if one is not Code.NO_DS))
    return Cut(chain.above, last.zone, last.security, codes, _owner(chain, last), last.detail)


def is_island(chain: DnssecChain) -> bool:
    """Whether the zone is signed and no DS leads to it (RFC 4033 2)."""
    return bool(chain.keys) and chain.last.security is Security.INSECURE and not chain.last.ds


def _owner(chain: DnssecChain, last: ZoneLink) -> Owner:
    """The agency owns its own zone's cut; of a zone above, whoever holds that zone."""
    if last.zone == chain.apex:
        return Owner.SELF
    if last.zone in chain.suffixes:
        return Owner.REGISTRY
    return Owner.PARENT_AGENCY if last.zone in chain.inventory else Owner.PARENT


def status(chain: DnssecChain, rrsets: Iterable[RRsetSecurity]) -> str | None:
    """The value of ``dnssec.status`` (compliance 17), ``None`` where it is unknown."""
    states = {one.security for one in rrsets}
    last = chain.last.security
    if last is Security.BOGUS or Security.BOGUS in states:
        return "bogus"
    if last is Security.INSECURE:
        return "insecure" if chain.keys else "unsigned"
    return "secure" if last is Security.SECURE else None


def algorithm(number: int) -> str:
    """An algorithm as it is spoken of: ``13 (ECDSAP256SHA256)``."""
    return f"{number} ({NAMES[number]})" if number in NAMES else str(number)


def digest(number: int) -> str:
    """A digest type as it is spoken of: ``2 (SHA-256)``."""
    return f"{number} ({DIGESTS[number]})" if number in DIGESTS else str(number)


def key_text(key: ZoneKey) -> str:
    """A key as evidence."""
    role = "KSK" if key.flags & SEP else "ZSK"
    size = f", {key.bits} bits" if key.bits else ""
    return f"DNSKEY {key.key_tag} {role}, algorithm {algorithm(key.algorithm)}{size}"


def ds_text(record: DelegationSigner) -> str:
    """A DS as evidence."""
    return (
        f"DS {record.key_tag}, algorithm {algorithm(record.algorithm)}, "
        f"digest {digest(record.digest_type)}"
    )


def standby(link: ZoneLink) -> tuple[DelegationSigner, ...]:
    """DS records for keys that are not published: legal beside one that works."""
    known = {(one.key_tag, one.algorithm) for one in link.keys}
    return tuple(one for one in link.ds if (one.key_tag, one.algorithm) not in known)


def differing(chain: DnssecChain) -> Iterator[str]:
    """How CDS and CDNSKEY differ from the DS records of the parent (RFC 7344 4)."""
    asked = [one.algorithm for one in chain.cds] + [one.algorithm for one in chain.cdnskey]
    if 0 in asked:
        yield "it asks the parent to delete the DS records (RFC 8078 4)"
        return
    if chain.cds and set(chain.cds) != set(chain.last.ds):
        wanted = ", ".join(str(one.key_tag) for one in chain.cds)
        present = ", ".join(str(one.key_tag) for one in chain.last.ds) or "none"
        yield f"CDS names the keys {wanted}, the parent's DS {present}"
    if chain.cds and chain.cdnskey:
        by_cds = {one.key_tag for one in chain.cds}
        by_key = {one.key_tag for one in chain.cdnskey}
        if by_cds != by_key:
            yield "CDS and CDNSKEY name different keys"
