"""Denial of existence by NSEC3 (RFC 5155 8, RFC 6840 4.1, RFC 9276 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import dns.dnssec
import dns.name

from scanner.formats.dnssec.nsec import PROVED, STAR, Denial, failed, lacks, speaks_for
from scanner.observation.dnssec import Code, Security

SHA1 = 1
OPT_OUT = 1
MOST_ITERATIONS = 150
MOST_HASHES = 8
HASH_LENGTH = 32


class Nsec3(NamedTuple):
    """One NSEC3 record whose signature held; hashes in base32hex, upper case."""

    zone: dns.name.Name
    hash: str
    next: str
    algorithm: int
    flags: int
    iterations: int
    salt: bytes
    types: frozenset[int]

    @property
    def opts_out(self) -> bool:
        """Whether unsigned delegations may lie in its span (RFC 5155 6)."""
        return bool(self.flags & OPT_OUT)


class ExhaustedError(Exception):
    """A denial that needs more hashes than we spend on a stranger."""


class _Hashes:
    def __init__(self) -> None:
        self._known: dict[tuple[dns.name.Name, bytes, int], str] = {}

    def of(self, name: dns.name.Name, record: Nsec3) -> str:
        key = name, record.salt, record.iterations
        if key not in self._known:
            if len(self._known) >= MOST_HASHES:
                raise ExhaustedError
            self._known[key] = hashed(name, record)
        return self._known[key]


class _Encloser(NamedTuple):
    """The closest encloser, and the record that covers the next closer name."""

    name: dns.name.Name
    next_closer: Nsec3


def is_hashable(record: Nsec3) -> bool:
    """Whether we hash for it: a known algorithm and bearable iterations."""
    return record.algorithm == SHA1 and record.iterations <= MOST_ITERATIONS


def hashed(name: dns.name.Name, record: Nsec3) -> str:
    """The hash of a name under a record's parameters (RFC 5155 5)."""
    return dns.dnssec.nsec3_hash(name, record.salt, record.iterations, SHA1)


def hash_covers(owner: str, following: str, hashed: str) -> bool:
    """Whether a hash lies between two others on the circle (RFC 5155 1.3)."""
    if owner < following:
        return owner < hashed < following
    return (hashed > owner or hashed < following) and hashed != owner


def deny(
    records: Sequence[Nsec3], name: dns.name.Name, rdtype: int, *, kind: str, labels: int = 0
) -> Denial:
    """What the records prove; ``kind`` is nodata, nxdomain, or wildcard with the RRSIG's labels.

    Over the limits nothing is hashed: too many iterations mean insecure, and only here, where the
    signatures over the records already held (RFC 9276 3.2).
    """
    known = [one for one in records if one.algorithm == SHA1 and one.flags | OPT_OUT == OPT_OUT]
    if not known:
        return failed(Code.UNSUPPORTED_NSEC3_ALGORITHM)
    if any(one.iterations > MOST_ITERATIONS for one in known):
        return Denial(Security.INSECURE, (Code.ITERATIONS_TOO_HIGH,))
    sound = [one for one in known if len(one.hash) == len(one.next) == HASH_LENGTH]
    if not sound:
        return failed(Code.INVALID_NSEC3_HASH)
    try:
        return _prove(sound, name, rdtype, kind, labels)
    except ExhaustedError:
        return Denial(Security.INDETERMINATE, detail="too many hashes", exhausted=True)


def _prove(
    records: Sequence[Nsec3], name: dns.name.Name, rdtype: int, kind: str, labels: int
) -> Denial:
    hashes = _Hashes()
    match kind:
        case "nodata":
            return _nodata(records, name, rdtype, hashes)
        case "nxdomain":
            return _nxdomain(records, name, hashes)
        case _:
            return _wildcard_answer(records, name, labels, hashes)


def _matching(records: Sequence[Nsec3], name: dns.name.Name, hashes: _Hashes) -> Nsec3 | None:
    return next((one for one in records if hashes.of(name, one) == one.hash), None)


def _covering(records: Sequence[Nsec3], name: dns.name.Name, hashes: _Hashes) -> Nsec3 | None:
    return next(
        (one for one in records if hash_covers(one.hash, one.next, hashes.of(name, one))), None
    )


def _encloser(records: Sequence[Nsec3], name: dns.name.Name, hashes: _Hashes) -> _Encloser | None:
    """The closest encloser proof (RFC 5155 8.3): an ancestor matched, the name below covered."""
    zone = records[0].zone
    below = name
    while below != zone and below.is_subdomain(zone):
        above = below.parent()
        match = _matching(records, above, hashes)
        if match is not None:
            cover = _covering(records, below, hashes)
            if cover is None or not speaks_for(match.types, above, name):
                return None
            return _Encloser(above, cover)
        below = above
    return None


def _nodata(records: Sequence[Nsec3], name: dns.name.Name, rdtype: int, hashes: _Hashes) -> Denial:
    match = _matching(records, name, hashes)
    if match is not None:
        return PROVED if lacks(match.types, rdtype, name) else failed(Code.STYPE_IN_BITMAP)
    encloser = _encloser(records, name, hashes)
    if encloser is None:
        return failed(Code.MISSING_NSEC_FOR_NODATA, Code.NO_CLOSEST_ENCLOSER)
    wildcard = _matching(records, STAR.concatenate(encloser.name), hashes)
    if wildcard is not None:
        good = lacks(wildcard.types, rdtype, name)
        return _unless_opt_out(encloser) if good else failed(Code.STYPE_IN_BITMAP)
    if encloser.next_closer.opts_out:  # RFC 5155 8.6: no signed delegation, nothing more
        return Denial(Security.INSECURE, (Code.OPT_OUT,))
    return failed(Code.MISSING_NSEC_FOR_NODATA)


def _nxdomain(records: Sequence[Nsec3], name: dns.name.Name, hashes: _Hashes) -> Denial:
    encloser = _encloser(records, name, hashes)
    if encloser is None:
        return failed(Code.MISSING_NSEC_FOR_NXDOMAIN, Code.NO_CLOSEST_ENCLOSER)
    if _covering(records, STAR.concatenate(encloser.name), hashes) is None:
        return failed(Code.WILDCARD_NOT_COVERED)
    return _unless_opt_out(encloser)


def _wildcard_answer(
    records: Sequence[Nsec3], name: dns.name.Name, labels: int, hashes: _Hashes
) -> Denial:
    next_closer = dns.name.Name(name.labels[-(labels + 2) :])
    cover = _covering(records, next_closer, hashes)
    if cover is None:
        return failed(Code.MISSING_NSEC_FOR_WILDCARD)
    return _unless_opt_out(_Encloser(next_closer, cover))


def _unless_opt_out(encloser: _Encloser) -> Denial:
    """A name that is denied only through opt-out is not secure (RFC 5155 9.2)."""
    if encloser.next_closer.opts_out:
        return Denial(Security.INSECURE, (Code.OPT_OUT,))
    return PROVED
