"""Signed certificate timestamps: what they say, and whether a log signed it (RFC 6962 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509 import Certificate
from msgspec import Struct

from scanner.formats import der
from scanner.formats.certificate_parts import UNREADABLE, extension, parse, quietly
from scanner.formats.error import FormatError
from scanner.observation.certificate import CtLog, CtLogList, LogState

V1, SHA256, RSA, ECDSA = 0, 4, 1, 3
X509_ENTRY, PRECERT_ENTRY = 0, 1
SMALLEST_SCT = 47  # version, log, time, and three empty fields
SHORT_LIFETIME = timedelta(days=180)
MOST_SCTS = 64
COUNTED_NOW = frozenset({LogState.QUALIFIED, LogState.USABLE, LogState.READ_ONLY})


class Sct(Struct, frozen=True):
    """One timestamp; ``log`` is the log's id, in hex."""

    version: int
    log: str
    timestamp: int
    extensions: bytes
    algorithm: tuple[int, int]
    signature: bytes

    @property
    def at(self) -> datetime:
        """When the log says that it saw the certificate."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.timestamp)


class Worth(StrEnum):
    """What one timestamp is worth under the log list."""

    GOOD = "good"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_LOG = "unknown-log"
    LOG_NOT_COUNTED = "log-not-counted"
    UNVERIFIED = "unverified"


class Weighed(Struct, frozen=True):
    """A timestamp, what it is worth, and whose log it is from."""

    sct: Sct
    worth: Worth
    log: CtLog | None = None


def read_list(data: bytes) -> tuple[Sct, ...]:
    """A SignedCertificateTimestampList (RFC 6962 3.3); raise ``FormatError`` where it is none."""
    if len(data) < 2 or int.from_bytes(data[:2]) != len(data) - 2:  # noqa: PLR2004 - its length
        raise FormatError("the list of timestamps has a wrong length")
    return tuple(_items(data[2:]))


def _items(data: bytes) -> Iterator[Sct]:
    count = 0
    while data:
        length = int.from_bytes(data[:2])
        if len(data) < 2 + length or length < SMALLEST_SCT or count >= MOST_SCTS:
            raise FormatError("a timestamp has a wrong length")
        yield _sct(data[2 : 2 + length])
        data = data[2 + length :]
        count += 1


def _sct(data: bytes) -> Sct:
    """The fields of one (RFC 6962 3.2)."""
    size = int.from_bytes(data[41:43])
    rest = data[43 + size :]
    if len(rest) < 4 or int.from_bytes(rest[2:4]) != len(rest) - 4:  # noqa: PLR2004 - 4.7 of RFC 5246
        raise FormatError("a timestamp has no signature")
    timestamp = int.from_bytes(data[33:41])
    if timestamp >= 1 << 46:  # the year 4199: no time that a computer could mean
        raise FormatError("a timestamp is of no time")
    return Sct(
        data[0], data[1:33].hex(), timestamp, data[43 : 43 + size], (rest[0], rest[1]), rest[4:]
    )


def embedded(leaf: Certificate) -> tuple[Sct, ...]:
    """The timestamps in the certificate; raise ``FormatError`` where they cannot be read."""
    found = extension(leaf, x509.PrecertificateSignedCertificateTimestamps)
    if found is None:
        return ()
    return read_list(der.content(found.public_bytes(), der.OCTET_STRING))


def weigh(
    scts: Iterable[Sct],
    leaf: Certificate,
    issuers: Iterable[bytes],
    logs: CtLogList,
    *,
    is_embedded: bool,
) -> tuple[Weighed, ...]:
    """What each timestamp is worth; ``issuers`` may hold others than the leaf's own."""
    given = tuple(scts)
    entries = _entries(leaf, issuers) if is_embedded else [_x509_entry(leaf)]
    # A log that was retired since counts where the certificate is older, and only inside one.
    first = min((one.at for one in given), default=None) if is_embedded else None
    return tuple(_weigh(one, entries, logs, first) for one in given)


def _weigh(sct: Sct, entries: list[bytes], logs: CtLogList, first: datetime | None) -> Weighed:
    log = logs.by_id.get(sct.log)
    if log is None:
        return Weighed(sct, Worth.UNKNOWN_LOG)
    if not entries:
        return Weighed(sct, Worth.UNVERIFIED, log)
    if not any(_is_signed(sct, entry, log.key) for entry in entries):
        return Weighed(sct, Worth.BAD_SIGNATURE, log)
    if log.state is LogState.RETIRED and log.since and first and first < log.since:
        return Weighed(sct, Worth.GOOD, log)
    if log.state not in COUNTED_NOW:
        return Weighed(sct, Worth.LOG_NOT_COUNTED, log)
    return Weighed(sct, Worth.GOOD, log)


def _x509_entry(leaf: Certificate) -> bytes:
    whole = leaf.public_bytes(Encoding.DER)
    return X509_ENTRY.to_bytes(2) + len(whole).to_bytes(3) + whole


def _entries(leaf: Certificate, issuers: Iterable[bytes]) -> list[bytes]:
    """What a log signs of a certificate to be issued: its issuer's key, and its content less us."""
    try:
        tbs = quietly(lambda: leaf.tbs_precertificate_bytes)
    except UNREADABLE:
        return []
    found = []
    for one in issuers:
        try:
            issuer = parse(one)
        except FormatError:
            continue
        if issuer.subject == leaf.issuer:
            key = hashlib.sha256(der.spki(issuer.tbs_certificate_bytes)).digest()
            found.append(PRECERT_ENTRY.to_bytes(2) + key + len(tbs).to_bytes(3) + tbs)
    return found


def _is_signed(sct: Sct, entry: bytes, key_der: bytes) -> bool:
    """RFC 6962 3.2: version, type, time, entry, extensions, under the log's key."""
    data = (
        bytes((sct.version, 0))
        + sct.timestamp.to_bytes(8)
        + entry
        + len(sct.extensions).to_bytes(2)
        + sct.extensions
    )
    try:
        key = load_der_public_key(key_der)
        if isinstance(key, ec.EllipticCurvePublicKey) and sct.algorithm == (SHA256, ECDSA):
            key.verify(sct.signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and sct.algorithm == (SHA256, RSA):
            key.verify(sct.signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return sct.version == V1


def needed(leaf: Certificate) -> int:
    """How many logs have to have seen it, where the timestamps are in it (Chrome's policy)."""
    lifetime = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    return 2 if lifetime <= SHORT_LIFETIME else 3


def suffices(weighed: Iterable[Weighed], count: int) -> bool:
    """``count`` distinct logs of two operators, of which one is counted now."""
    good = [one for one in weighed if one.worth is Worth.GOOD and one.log]
    logs = {one.sct.log for one in good}
    operators = {one.log.operator_at(one.sct.at) for one in good if one.log}
    now = any(one.log.state in COUNTED_NOW for one in good if one.log)
    return len(logs) >= count and len(operators) >= 2 and now  # noqa: PLR2004 - the policy's


def could_suffice(weighed: Iterable[Weighed], count: int) -> bool:
    """Whether they would, if every log that is not known were a good one."""
    void = {Worth.BAD_SIGNATURE}
    return len({one.sct.log for one in weighed if one.worth not in void}) >= count
