"""Which keys a parent's DS records vouch for (RFC 4035 5.2, RFC 4509 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import dns.dnssec
import dns.exception
import dns.name

from scanner.formats.dnssec.signature import ALGORITHMS, REVOKE_FLAG, is_zone_key, tag
from scanner.observation.dnssec import Code

SHA1, SHA256, SHA384 = 1, 2, 4
DIGESTS = frozenset({SHA1, SHA256, SHA384})


class Vouched(NamedTuple):
    """The DNSKEYs that a usable DS matches, or why none is."""

    keys: tuple[Any, ...] = ()
    codes: tuple[Code, ...] = ()
    detail: str = ""


def usable(records: Sequence[Any]) -> tuple[Any, ...]:
    """The DS records that count: supported, and no SHA-1 beside SHA-256 (RFC 4509 3)."""
    known = [one for one in records if one.algorithm in ALGORITHMS and one.digest_type in DIGESTS]
    if any(one.digest_type == SHA256 for one in known):
        known = [one for one in known if one.digest_type != SHA1]
    return tuple(known)


def unsupported(records: Sequence[Any]) -> tuple[Code, ...]:
    """Why none of the DS records counts: then the zone is insecure, not bogus (RFC 4035 5.2)."""
    if any(one.algorithm in ALGORITHMS for one in records):
        return (Code.DIGEST_ALGORITHM_NOT_SUPPORTED,)
    return (Code.ALGORITHM_NOT_SUPPORTED,)


def vouched(zone: dns.name.Name, records: Sequence[Any], keys: Sequence[Any]) -> Vouched:
    """Match DS and DNSKEY in tag, algorithm and digest: the tag alone proves nothing."""
    found: list[Any] = []
    codes: dict[Code, str] = {}
    for record in usable(records):
        matching = [one for one in keys if _fits(record, one)]
        for key in matching:
            if not _digests(zone, key, record):
                codes[Code.DIGEST_INVALID] = f"DS {record.key_tag} has another digest"
            elif key.flags & REVOKE_FLAG:
                codes[Code.DNSKEY_REVOKED_DS] = f"the key {record.key_tag} is revoked"
            elif is_zone_key(key):
                found.append(key)
    if not found and not codes:
        tags = ", ".join(str(one.key_tag) for one in usable(records))
        codes[Code.NO_SEP] = f"no DNSKEY matches the DS records ({tags})"
    return Vouched(tuple(found), tuple(codes), "; ".join(codes.values()))


def _fits(record: Any, key: Any) -> bool:  # noqa: ANN401 - dnspython's
    return bool(record.algorithm == key.algorithm and record.key_tag == tag(key))


def _digests(zone: dns.name.Name, key: Any, record: Any) -> bool:  # noqa: ANN401 - dnspython's
    made = dns.dnssec.make_ds(zone, key, record.digest_type, validating=True)
    return bool(made.digest == record.digest)
