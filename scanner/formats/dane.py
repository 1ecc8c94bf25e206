"""TLSA records and whether a chain of certificates fits them (RFC 6698, 7671, 7672). Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scanner.formats.certificate import parse
from scanner.formats.error import FormatError

PKIX_TA, PKIX_EE, DANE_TA, DANE_EE = range(4)
CERTIFICATE, KEY = 0, 1
FULL, SHA256, SHA512 = 0, 1, 2
MOST_RECORDS = 32
MOST_CERTIFICATES = 10
_RECORD = re.compile(r"(\d{1,3}) +(\d{1,3}) +(\d{1,3}) +([0-9A-Fa-f \t]+)", re.ASCII)


class Tlsa(NamedTuple):
    """One TLSA record (RFC 6698 2.1)."""

    usage: int
    selector: int
    matching: int
    data: bytes

    @property
    def text(self) -> str:
        """As it is written, the data cut short."""
        shown = self.data.hex()
        tail = "…" if len(shown) > 64 else ""  # noqa: PLR2004 - a SHA-256 digest fits
        return f"{self.usage} {self.selector} {self.matching} {shown[:64]}{tail}"


class Fit(NamedTuple):
    """The record that a chain fits, or why none does."""

    record: Tlsa | None = None
    why: tuple[str, ...] = ()


def parse_record(text: str) -> Tlsa:
    """Read a record in presentation format."""
    found = _RECORD.fullmatch(text.strip())
    if found is None:
        raise FormatError("{record} is no TLSA record", record=text[:100])
    usage, selector, matching = (int(one) for one in found.groups()[:3])
    digits = re.sub(r"\s", "", found[4])
    if len(digits) % 2 or max(usage, selector, matching) > 255:  # noqa: PLR2004 - an octet
        raise FormatError("{record} is no TLSA record", record=text[:100])
    return Tlsa(usage, selector, matching, bytes.fromhex(digits))


def read(texts: Iterable[str]) -> tuple[Tlsa, ...]:
    """The records that can be read; what cannot is as if it were not there (RFC 6698 4.1)."""
    found = []
    for text in list(texts)[:MOST_RECORDS]:
        try:
            found.append(parse_record(text))
        except FormatError:
            continue
    return tuple(found)


def is_sound(one: Tlsa) -> bool:
    """Whether selector, matching type and length are known ones."""
    length = {SHA256: 32, SHA512: 64}.get(one.matching)
    return (
        one.usage <= DANE_EE
        and one.selector in {CERTIFICATE, KEY}
        and (one.matching == FULL or len(one.data) == length)
        and bool(one.data)
    )


def usable_by_mail(records: Iterable[Tlsa]) -> tuple[Tlsa, ...]:
    """Those that a sending mail server acts on: usages 0 and 1 are not (RFC 7672 3.1.3)."""
    return tuple(one for one in records if one.usage in {DANE_TA, DANE_EE} and is_sound(one))


def strongest(records: Sequence[Tlsa]) -> tuple[Tlsa, ...]:
    """Of the digests of one usage and selector the strongest alone counts (RFC 7671 9)."""
    best: dict[tuple[int, int], int] = {}
    for one in records:
        key = one.usage, one.selector
        best[key] = max(best.get(key, FULL), one.matching)
    return tuple(one for one in records if one.matching in {FULL, best[one.usage, one.selector]})


def association(certificate: x509.Certificate, selector: int, matching: int) -> bytes:
    """What a record must hold for a certificate (RFC 6698 2.1.2, 2.1.3)."""
    if selector == KEY:
        whole = certificate.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
    else:
        whole = certificate.public_bytes(Encoding.DER)
    match matching:
        case 1:
            return hashlib.sha256(whole).digest()
        case 2:
            return hashlib.sha512(whole).digest()
        case _:
            return whole


def fit(
    records: Sequence[Tlsa],
    sent: Sequence[bytes],
    names: Sequence[str],
    at: datetime,
    *,
    is_trusted: bool = False,
) -> Fit:
    """Whether one record fits the chain: one of many is enough.

    ``is_trusted`` tells for usages 0 and 1 whether the chain leads to a public root as well.
    """
    try:
        chain = [parse(one) for one in sent[:MOST_CERTIFICATES]]
    except FormatError:
        return Fit(why=("the certificates cannot be read",))
    if not chain:
        return Fit(why=("no certificate was sent",))
    why: list[str] = []
    for one in strongest(records):
        reason = _misfit(one, chain, names, at, is_trusted=is_trusted)
        if not reason:
            return Fit(one)
        why.append(f"{one.text}: {reason}")
    return Fit(why=tuple(why))


def _misfit(
    one: Tlsa,
    chain: Sequence[x509.Certificate],
    names: Sequence[str],
    at: datetime,
    *,
    is_trusted: bool,
) -> str:
    match one.usage:
        case 3:  # neither dates nor names nor issuers count (RFC 7671 5.1)
            return "" if _is(one, chain[0]) else "it is not the server's certificate"
        case 2:
            return _below(one, chain, names, at)
        case 1:
            if not _is(one, chain[0]):
                return "it is not the server's certificate"
            return "" if is_trusted else "no public root vouches for the certificate"
        case _:
            if not any(_is(one, each) for each in chain[1:]):
                return "no authority of the chain is it"
            return "" if is_trusted else "no public root vouches for the certificate"


def _is(one: Tlsa, certificate: x509.Certificate) -> bool:
    try:
        return association(certificate, one.selector, one.matching) == one.data
    except (ValueError, UnsupportedAlgorithm):
        return False


def _below(one: Tlsa, chain: Sequence[x509.Certificate], names: Sequence[str], at: datetime) -> str:
    """Usage 2: the authority is sent or stands whole in the record, and the chain leads to it."""
    anchors = [each for each in (*chain[1:], *_whole(one)) if _is(one, each)]
    if not anchors:
        return "the authority that it names was not sent"
    if not _bears(chain[0], names):
        return f"the certificate bears none of the names {', '.join(names)}"
    for anchor in anchors:
        path = _path(chain, anchor)
        if path and all(_is_valid(each, at) for each in path):
            return ""
    return "no valid chain leads from the certificate to the authority"


def _whole(one: Tlsa) -> Iterator[x509.Certificate]:
    if one.selector == CERTIFICATE and one.matching == FULL:
        try:
            yield parse(one.data)
        except FormatError:
            return


def _path(chain: Sequence[x509.Certificate], anchor: x509.Certificate) -> list[x509.Certificate]:
    """The certificates from the leaf to the anchor; empty where none issued the next."""
    path = [chain[0]]
    while path[-1] != anchor:
        above = [one for one in (anchor, *chain[1:]) if one not in path and _issued(path[-1], one)]
        if not above:
            return []
        path.append(above[0])
    return path if len(path) > 1 else []


def _issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(issuer)
        usage = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    return bool(usage.ca)


def _is_valid(one: x509.Certificate, at: datetime) -> bool:
    return one.not_valid_before_utc <= at <= one.not_valid_after_utc


def _bears(leaf: x509.Certificate, names: Sequence[str]) -> bool:
    """Whether the leaf is for one of the names (RFC 7672 3.2.3): wildcards stand for one label."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        given = {one.lower().rstrip(".") for one in found.get_values_for_type(x509.DNSName)}
    except (ValueError, x509.ExtensionNotFound):
        return False
    return any(name in given or f"*.{name.partition('.')[2]}" in given for name in names)


def is_rollover_ready(records: Sequence[Tlsa]) -> bool:
    """Whether the next key can come without a gap (RFC 7671 8): two 3 1 x, or one beside 2 x x."""
    keys = {one.data for one in records if (one.usage, one.selector) == (DANE_EE, KEY)}
    return len(keys) > 1 or bool(keys and any(one.usage == DANE_TA for one in records))
