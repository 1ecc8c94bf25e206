"""Denial of existence by NSEC (RFC 4035 5.4, RFC 6840 4.1, RFC 9824)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import dns.name
import dns.rdatatype

from scanner.observation.dnssec import Code, Security

NXNAME = 128
STAR = dns.name.from_text("*", None)
NS, SOA, DS, CNAME, DNAME = (
    int(one)
    for one in (
        dns.rdatatype.NS,
        dns.rdatatype.SOA,
        dns.rdatatype.DS,
        dns.rdatatype.CNAME,
        dns.rdatatype.DNAME,
    )
)


class Nsec(NamedTuple):
    """One NSEC record whose signature held."""

    owner: dns.name.Name
    next: dns.name.Name
    types: frozenset[int]


class Denial(NamedTuple):
    """What a proof of absence is worth; ``exhausted`` where our own limit ended it."""

    security: Security
    codes: tuple[Code, ...] = ()
    detail: str = ""
    exhausted: bool = False


PROVED = Denial(Security.SECURE)


def failed(*codes: Code) -> Denial:
    """A denial that proves nothing."""
    return Denial(Security.BOGUS, codes)


def types_of(windows: Iterable[tuple[int, bytes]]) -> frozenset[int]:
    """The types of a bitmap (RFC 4034 4.1.2)."""
    return frozenset(
        window * 256 + index * 8 + bit
        for window, bitmap in windows
        for index, byte in enumerate(bitmap)
        for bit in range(8)
        if byte & (0x80 >> bit)
    )


def is_above(owner: dns.name.Name, name: dns.name.Name) -> bool:
    """Whether ``owner`` is a proper ancestor of ``name``."""
    return name != owner and name.is_subdomain(owner)


def speaks_for(types: frozenset[int], owner: dns.name.Name, name: dns.name.Name) -> bool:
    """Whether a record says anything of names below its owner (RFC 6840 4.1).

    The parent's record at a cut, and one with DNAME, do not.
    """
    cut = NS in types and SOA not in types
    return not (is_above(owner, name) and (cut or DNAME in types))


def covers(record: Nsec, name: dns.name.Name) -> bool:
    """Whether the record proves that the name itself does not exist.

    The last one of a zone leads back to the apex. Canonical order: RFC 4034 6.1.
    """
    if record.owner < record.next:
        between = record.owner < name < record.next
    else:
        between = name > record.owner and name.is_subdomain(record.next)
    return between and speaks_for(record.types, record.owner, name)


def is_empty_non_terminal(record: Nsec, name: dns.name.Name) -> bool:
    """Whether the record shows that names lie below this one, which has no record of its own."""
    return covers(record, name) and is_above(name, record.next)


def closest_encloser(record: Nsec, name: dns.name.Name) -> dns.name.Name:
    """The longest ancestor that exists, by the record that covers the name."""
    common = (name.fullcompare(one)[2] for one in (record.owner, record.next))
    return dns.name.Name(name.labels[-max(common) :])


def lacks(types: frozenset[int], rdtype: int, name: dns.name.Name) -> bool:
    """Whether a matching record proves that the name has no data of the type.

    For DS the parent's record is needed, for every other type the child's (RFC 6840 4.1).
    """
    if rdtype == DS:
        wrong_side = SOA in types and name != dns.name.root
    else:
        wrong_side = NS in types and SOA not in types
    return not wrong_side and rdtype not in types and CNAME not in types


def nodata(records: Sequence[Nsec], name: dns.name.Name, rdtype: int) -> Denial:
    """No data of the type at a name that exists, or at a wildcard that answers for it."""
    matching = [one for one in records if one.owner == name]
    if matching:
        good = any(lacks(one.types, rdtype, name) for one in matching)
        return PROVED if good else failed(Code.STYPE_IN_BITMAP)
    if any(is_empty_non_terminal(one, name) for one in records):
        return PROVED
    for one in records:
        if not covers(one, name):
            continue
        wildcard = STAR.concatenate(closest_encloser(one, name))
        if any(other.owner == wildcard and lacks(other.types, rdtype, name) for other in records):
            return PROVED
    return failed(Code.MISSING_NSEC_FOR_NODATA)


def nxdomain(records: Sequence[Nsec], name: dns.name.Name) -> Denial:
    """Neither the name nor a wildcard that could answer for it exists."""
    if any(one.owner == name and NXNAME in one.types for one in records):
        return PROVED
    covering = [
        one for one in records if covers(one, name) and not is_empty_non_terminal(one, name)
    ]
    if not covering:
        return failed(Code.MISSING_NSEC_FOR_NXDOMAIN, Code.SNAME_NOT_COVERED)
    for one in covering:
        wildcard = STAR.concatenate(closest_encloser(one, name))
        if any(covers(other, wildcard) for other in records):
            return PROVED
    return failed(Code.WILDCARD_NOT_COVERED)


def wildcard_answer(records: Sequence[Nsec], name: dns.name.Name, labels: int) -> Denial:
    """The exact name does not exist, so that a wildcard may answer (RFC 4035 5.3.4)."""
    for one in records:
        if covers(one, name) and len(closest_encloser(one, name).labels) - 1 == labels:
            return PROVED
    return failed(Code.MISSING_NSEC_FOR_WILDCARD)
