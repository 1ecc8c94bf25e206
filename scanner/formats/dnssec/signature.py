"""Whether one of an RRset's signatures holds under keys that are already trusted (RFC 4035 5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import dns.dnssec
import dns.exception
import dns.name
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
from cryptography.exceptions import UnsupportedAlgorithm

from scanner.observation.dnssec import Code

ALGORITHMS = frozenset({5, 7, 8, 10, 13, 14, 15, 16})
MOST_KEYS_EACH_TAG = 4  # KeyTrap: colliding tags are hostile (dns-and-mail 2.2)
MOST_CHECKS = 16
UNSUPPORTED = (
    UnsupportedAlgorithm,  # a backend without SHA-1
    dns.exception.UnsupportedAlgorithm,
    dns.exception.DeniedByPolicy,
)
ZONE_FLAG, SEP_FLAG, REVOKE_FLAG = 0x0100, 0x0001, 0x0080
DNSSEC_PROTOCOL = 3


class Verified(NamedTuple):
    """The signature that held, or why none did; ``exhausted`` where our own limit ended it."""

    signature: Any = None
    codes: tuple[Code, ...] = ()
    detail: str = ""
    nearest: Any = None
    exhausted: bool = False
    unsupported: bool = False


class _Tally:
    def __init__(self) -> None:
        self.codes: list[Code] = []
        self.details: list[str] = []
        self.nearest: Any = None
        self.checks = 0
        self.unsupported = 0
        self.seen = 0

    def note(self, code: Code, detail: str, signature: Any) -> None:  # noqa: ANN401 - dnspython's
        if code not in self.codes:
            self.codes.append(code)
            self.details.append(detail)
        self.nearest = self.nearest or signature


def verify(
    rrset: dns.rrset.RRset,
    signatures: Iterable[Any],
    zone: dns.name.Name,
    keys: Sequence[Any],
    now: float,
) -> Verified:
    """Try the signatures until one holds: one is enough (RFC 6840 5.4)."""
    tally = _Tally()
    for signature in signatures:
        if signature.type_covered != rrset.rdtype:
            continue
        tally.seen += 1
        if fault := _fault(rrset, signature, zone, now):
            tally.note(*fault, signature)
            continue
        if signature.algorithm not in ALGORITHMS:
            tally.unsupported += 1
            text = f"algorithm {signature.algorithm} is not supported"
            tally.note(Code.ALGORITHM_NOT_SUPPORTED, text, signature)
            continue
        match _check(rrset, signature, zone, keys, now, tally):
            case True:
                return Verified(signature, nearest=signature)
            case None:
                return Verified(nearest=signature, exhausted=True)
    if not tally.seen:
        return Verified(codes=(Code.MISSING_RRSIG,), detail="it has no signature")
    return Verified(
        codes=tuple(tally.codes),
        detail="; ".join(tally.details),
        nearest=tally.nearest,
        unsupported=tally.unsupported == tally.seen,
    )


def _fault(
    rrset: dns.rrset.RRset,
    signature: Any,  # noqa: ANN401 - dnspython's
    zone: dns.name.Name,
    now: float,
) -> tuple[Code, str] | None:
    """What is wrong with a signature before any key is tried."""
    if signature.signer != zone or not rrset.name.is_subdomain(zone):
        text = f"signed by {signature.signer}, where {zone} is the zone"
        return Code.SIGNER_NOT_ZONE, text
    labels = len(rrset.name.labels) - 1 - int(rrset.name.is_wild())
    if signature.labels > labels:
        return Code.RRSIG_LABELS_EXCEED, f"{signature.labels} labels, the name has {labels}"
    if signature.expiration < now:
        return Code.EXPIRATION_IN_PAST, f"expired {when(signature.expiration)}"
    if signature.inception > now:
        return Code.INCEPTION_IN_FUTURE, f"valid from {when(signature.inception)}"
    return None


def _check(
    rrset: dns.rrset.RRset,
    signature: Any,  # noqa: ANN401 - dnspython's
    zone: dns.name.Name,
    keys: Sequence[Any],
    now: float,
    tally: _Tally,
) -> bool | None:
    """Whether a key verifies it; ``None`` where our limit was reached."""
    candidates = [one for one in keys if is_candidate(one, signature)]
    if not candidates:
        text = f"no DNSKEY has tag {signature.key_tag} and algorithm {signature.algorithm}"
        tally.note(Code.SIGNATURE_INVALID, text, signature)
        return False
    if len(candidates) > MOST_KEYS_EACH_TAG:
        return None
    for key in candidates:
        tally.checks += 1
        if tally.checks > MOST_CHECKS:
            return None
        holder = dns.rdataset.from_rdata(0, key)
        try:
            dns.dnssec.validate_rrsig(rrset, signature, {zone: holder}, now=now)
        except UNSUPPORTED:
            tally.unsupported += 1
            text = f"algorithm {signature.algorithm} is not supported here"
            tally.note(Code.ALGORITHM_NOT_SUPPORTED, text, signature)
        except (dns.exception.DNSException, ValueError):
            text = f"the key with tag {signature.key_tag} does not verify it"
            tally.note(Code.SIGNATURE_INVALID, text, signature)
        else:
            return True
    return False


def is_candidate(key: Any, signature: Any) -> bool:  # noqa: ANN401 - dnspython's
    """Whether a DNSKEY may have made a signature (RFC 4035 5.3.1); a revoked one may not."""
    return bool(
        is_zone_key(key)
        and key.algorithm == signature.algorithm
        and tag(key) == signature.key_tag
        and not key.flags & REVOKE_FLAG
    )


def is_zone_key(key: Any) -> bool:  # noqa: ANN401 - dnspython's
    """Whether a DNSKEY may sign zone data at all (RFC 4034 2.1.1, 2.1.2)."""
    return bool(key.flags & ZONE_FLAG) and key.protocol == DNSSEC_PROTOCOL


def tag(key: Any) -> int:  # noqa: ANN401 - dnspython's
    """The key tag of a DNSKEY (RFC 4034 appendix B)."""
    return int(dns.dnssec.key_id(key))


def when(seconds: int) -> str:
    """A signature's time as RFC 4034 3.2 writes it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
