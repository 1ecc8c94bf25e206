"""What a reply claims, and whether the keys of a zone bear each claim out (RFC 4035 5.3, 5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from scanner.formats.dnssec import nsec, nsec3
from scanner.formats.dnssec.nsec import Denial, Nsec, types_of
from scanner.formats.dnssec.nsec3 import Nsec3
from scanner.formats.dnssec.signature import Verified, verify
from scanner.observation.dnssec import Code, RRsetSecurity, Security

IN = dns.rdataclass.IN
MOST_LINKS = 9
MOST_PROOFS = 12
NODATA, NXDOMAIN = "nodata", "nxdomain"


class Claim(NamedTuple):
    """One RRset of a reply with its signatures, or the absence of one with its proof."""

    name: dns.name.Name
    rdtype: int
    rrset: dns.rrset.RRset | None
    signatures: tuple[Any, ...]
    denies: str
    proof: tuple[dns.rrset.RRset, ...]

    @property
    def signers(self) -> tuple[dns.name.Name, ...]:
        """The zones that say they signed it, the deepest first."""
        given = list(self.signatures)
        if self.rrset is None:
            given = [one for rrset in self.proof for one in _rrsigs(rrset)]
        found = {one.signer for one in given if self.name.is_subdomain(one.signer)}
        return tuple(sorted(found, key=lambda one: -len(one.labels)))


class Trusted(NamedTuple):
    """A zone whose keys are authenticated, and the time that signatures are held against."""

    zone: dns.name.Name
    keys: Sequence[Any]
    now: float


class Proofs(NamedTuple):
    """The NSEC and NSEC3 records whose signatures held, and what was wrong with the others."""

    nsec: tuple[Nsec, ...] = ()
    nsec3: tuple[Nsec3, ...] = ()
    codes: tuple[Code, ...] = ()
    detail: str = ""
    nearest: Any = None
    exhausted: bool = False

    def types_at(self, name: dns.name.Name) -> frozenset[int] | None:
        """The bitmap of the record that matches a name, ``None`` where none does."""
        for one in self.nsec:
            if one.owner == name:
                return one.types
        for other in self.nsec3:
            if nsec3.is_hashable(other) and nsec3.hashed(name, other) == other.hash:
                return other.types
        return None


def claims(reply: dns.message.Message, name: dns.name.Name, rdtype: int) -> tuple[Claim, ...]:
    """Every link of the alias chain, each in its own zone, and what the chain ends in."""
    found: list[Claim] = []
    for _ in range(MOST_LINKS):
        if (data := _claim(reply, name, rdtype)) is not None:
            return (*found, data)
        link = _claim(reply, name, dns.rdatatype.CNAME)
        if link is None or link.rrset is None:
            break
        target = link.rrset[0].target
        dname = _dname(reply, name)
        if dname is not None:
            found.append(dname)
        if dname is None or _substituted(name, dname) != target:
            found.append(link)
        name = target
    denies = NXDOMAIN if reply.rcode() == dns.rcode.NXDOMAIN else NODATA
    proof = _proof(reply)
    return (*found, Claim(name, rdtype, None, (), denies, proof), *_authority(reply, name))


def _authority(reply: dns.message.Message, name: dns.name.Name) -> Iterator[Claim]:
    """The SOA record that comes with a denial is a record like any other."""
    for one in reply.authority:
        if one.rdtype == dns.rdatatype.SOA and name.is_subdomain(one.name):
            signed = reply.get_rrset(
                reply.authority, one.name, IN, dns.rdatatype.RRSIG, dns.rdatatype.SOA
            )
            yield Claim(one.name, dns.rdatatype.SOA, one, tuple(signed or ()), "", ())


def _claim(reply: dns.message.Message, name: dns.name.Name, rdtype: int) -> Claim | None:
    rrset = reply.get_rrset(reply.answer, name, IN, dns.rdatatype.RdataType.make(rdtype))
    if rrset is None:
        return None
    signed = reply.get_rrset(
        reply.answer, name, IN, dns.rdatatype.RRSIG, dns.rdatatype.RdataType.make(rdtype)
    )
    return Claim(name, rdtype, rrset, tuple(signed or ()), "", _proof(reply))


def _proof(reply: dns.message.Message) -> tuple[dns.rrset.RRset, ...]:
    """The denial records of the authority section, each followed by its signatures."""
    wanted = {dns.rdatatype.NSEC, dns.rdatatype.NSEC3}
    return tuple(
        one
        for one in reply.authority
        if one.rdtype in wanted or (one.rdtype == dns.rdatatype.RRSIG and one.covers in wanted)
    )[: 2 * MOST_PROOFS]


def _rrsigs(rrset: dns.rrset.RRset) -> Iterator[Any]:
    if rrset.rdtype == dns.rdatatype.RRSIG:
        yield from rrset


def _dname(reply: dns.message.Message, name: dns.name.Name) -> Claim | None:
    above = name
    while above != dns.name.root:
        above = above.parent()
        if (found := _claim(reply, above, dns.rdatatype.DNAME)) is not None:
            return found
    return None


def _substituted(name: dns.name.Name, dname: Claim) -> dns.name.Name | None:
    """What a DNAME makes of a name (RFC 6672 2.2): that CNAME needs no signature (5.3.1)."""
    assert dname.rrset is not None  # noqa: S101 - made so above
    try:
        return name.relativize(dname.name).concatenate(dname.rrset[0].target)
    except dns.name.NameTooLong:
        return None


def examine(claim: Claim, trusted: Trusted) -> RRsetSecurity:
    """The state of one claim under the keys of its zone."""
    if claim.rrset is None:
        return _denial(claim, trusted)
    found = verify(claim.rrset, claim.signatures, trusted.zone, trusted.keys, trusted.now)
    if found.signature is None:
        security = Security.INDETERMINATE if found.exhausted else Security.BOGUS
        return _said(claim, trusted, security, found)
    labels = len(claim.name.labels) - 1 - int(claim.name.is_wild())
    if found.signature.labels == labels:
        return _said(claim, trusted, Security.SECURE, found)
    known = proofs(claim, trusted)
    denial = _try(known, claim, kind="wildcard", labels=found.signature.labels)
    return _said(claim, trusted, denial.security, _with(found, denial, known))


def _denial(claim: Claim, trusted: Trusted) -> RRsetSecurity:
    known = proofs(claim, trusted)
    denial = _try(known, claim, kind=claim.denies)
    return _said(claim, trusted, denial.security, _with(Verified(), denial, known))


def _try(known: Proofs, claim: Claim, *, kind: str, labels: int = 0) -> Denial:
    """NSEC if it proves it, else NSEC3; without any record the proof is missing."""
    if known.exhausted:
        return Denial(Security.INDETERMINATE, detail="too many signatures", exhausted=True)
    tried = []
    if known.nsec:
        tried.append(_by_nsec(known.nsec, claim, kind, labels))
    if known.nsec3:
        tried.append(nsec3.deny(known.nsec3, claim.name, claim.rdtype, kind=kind, labels=labels))
    good = next((one for one in tried if one.security is not Security.BOGUS), None)
    return good or next(iter(tried), None) or nsec.failed(_MISSING[kind])


_MISSING = {
    NODATA: Code.MISSING_NSEC_FOR_NODATA,
    NXDOMAIN: Code.MISSING_NSEC_FOR_NXDOMAIN,
    "wildcard": Code.MISSING_NSEC_FOR_WILDCARD,
}


def _by_nsec(records: Sequence[Nsec], claim: Claim, kind: str, labels: int) -> Denial:
    match kind:
        case "nodata":
            return nsec.nodata(records, claim.name, claim.rdtype)
        case "nxdomain":
            return nsec.nxdomain(records, claim.name)
        case _:
            return nsec.wildcard_answer(records, claim.name, labels)


def _with(found: Verified, denial: Denial, known: Proofs) -> Verified:
    codes = denial.codes
    if denial.security is Security.BOGUS:
        codes = tuple(dict.fromkeys((*denial.codes, *known.codes)))
    detail = denial.detail or (known.detail if denial.security is Security.BOGUS else "")
    return found._replace(
        codes=codes,
        detail=detail,
        nearest=found.nearest or known.nearest,
        exhausted=denial.exhausted,
    )


def proofs(claim: Claim, trusted: Trusted) -> Proofs:
    """The denial records of a claim that the zone signed; none that a wildcard made."""
    by_owner: dict[tuple[dns.name.Name, int], list[Any]] = {}
    for one in claim.proof:
        if one.rdtype == dns.rdatatype.RRSIG:
            by_owner.setdefault((one.name, int(one.covers)), []).extend(one)
    good: list[dns.rrset.RRset] = []
    codes: list[Code] = []
    details: list[str] = []
    nearest, exhausted = None, False
    for one in claim.proof:
        if one.rdtype == dns.rdatatype.RRSIG:
            continue
        signatures = by_owner.get((one.name, int(one.rdtype)), [])
        found = verify(one, signatures, trusted.zone, trusted.keys, trusted.now)
        labels = len(one.name.labels) - 1 - int(one.name.is_wild())
        if found.signature is not None and found.signature.labels == labels:
            good.append(one)
            nearest = nearest or found.signature
            continue
        codes += found.codes
        details.append(f"{one.name}: {found.detail}")
        nearest = nearest or found.nearest
        exhausted = exhausted or found.exhausted
    return Proofs(
        tuple(_nsec(one) for one in good if one.rdtype == dns.rdatatype.NSEC),
        tuple(
            made
            for one in good
            if one.rdtype == dns.rdatatype.NSEC3
            for made in _nsec3(one, trusted.zone)
        ),
        tuple(dict.fromkeys(codes)),
        "; ".join(details[:2]),
        nearest,
        exhausted,
    )


def _nsec(rrset: dns.rrset.RRset) -> Nsec:
    return Nsec(rrset.name, rrset[0].next, types_of(rrset[0].windows))


def _nsec3(rrset: dns.rrset.RRset, zone: dns.name.Name) -> Iterator[Nsec3]:
    """An NSEC3 record stands directly below its zone's apex (RFC 5155 3)."""
    if rrset.name == zone or rrset.name.parent() != zone:
        return
    for one in rrset:
        yield Nsec3(
            zone=zone,
            hash=rrset.name.labels[0].decode("ascii", "replace").upper(),
            next=one.next_name().labels[0].decode("ascii", "replace").upper(),
            algorithm=int(one.algorithm),
            flags=int(one.flags),
            iterations=int(one.iterations),
            salt=one.salt or b"",
            types=types_of(one.windows),
        )


def _said(claim: Claim, trusted: Trusted, security: Security, found: Verified) -> RRsetSecurity:
    shown = found.signature or found.nearest
    return RRsetSecurity(
        name=plain(claim.name),
        rdtype=dns.rdatatype.to_text(dns.rdatatype.RdataType.make(claim.rdtype)),
        security=security,
        codes=() if security is Security.SECURE else found.codes,
        detail="" if security is Security.SECURE else found.detail,
        zone=plain(trusted.zone),
        denies=claim.denies,
        key_tag=int(shown.key_tag) if shown else None,
        algorithm=int(shown.algorithm) if shown else None,
        inception=int(shown.inception) if shown else None,
        expiration=int(shown.expiration) if shown else None,
    )


def plain(name: dns.name.Name) -> str:
    """Lower case, no last dot; the root is empty."""
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
