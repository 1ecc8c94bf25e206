"""Answers of OCSP responders: whose they are, of what, until when, and what they say (RFC 6960)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID
from msgspec import Struct

from scanner.formats import der
from scanner.formats.certificate_parts import (
    UNREADABLE,
    extension,
    is_signed_by,
    is_within,
    parse,
    quietly,
)
from scanner.formats.error import FormatError
from scanner.message import Message

SKEW = timedelta(minutes=5)
PSS_HASHES = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
LARGEST = 64 << 10
STATUS = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}


class Status(StrEnum):
    """What an issuer says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Said(Struct, frozen=True):
    """What a verified answer says."""

    status: Status
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    why: str = ""


def request(leaf: Certificate, issuer: Certificate) -> bytes:
    """The question whether the issuer revoked the certificate, without a nonce (RFC 6960 4.1).

    CertID is hashed with SHA-1, which every responder knows (RFC 5019 2.1.1).
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def read_answer(
    data: bytes, leaf: Certificate, issuers: Sequence[Certificate], at: datetime
) -> Said:
    """What the answer says of the certificate at that time.

    Raise ``FormatError`` where it cannot be relied on: it is none, of another certificate, not
    signed by the issuer or one it named for that, or not of now.
    """
    try:
        return quietly(lambda: _read(data, leaf, issuers, at))
    except UNREADABLE as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError("it cannot be read ({why})", why=str(error)[:200]) from None


def _read(data: bytes, leaf: Certificate, issuers: Sequence[Certificate], at: datetime) -> Said:
    if not data or len(data) > LARGEST:
        raise FormatError("it is empty or longer than any answer is")
    response = ocsp.load_der_ocsp_response(data)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise FormatError(
            "the responder says {status}", status=response.response_status.name.lower()
        )
    issuer = next((one for one in issuers if is_signed_by(leaf, one)), None)
    if issuer is None:
        raise FormatError("the issuer's certificate is not known")
    single = _single(response, leaf, issuer)
    _verify(response, issuer, at)
    _date(single, at)
    revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
    reason = single.revocation_reason if revoked else None
    return Said(
        Status(STATUS[single.certificate_status]),
        single.this_update_utc,
        single.next_update_utc,
        single.revocation_time_utc if revoked else None,
        reason.value if reason else "",
    )


def _single(
    response: ocsp.OCSPResponse, leaf: Certificate, issuer: Certificate
) -> ocsp.OCSPSingleResponse:
    """The answer for this certificate among those given (RFC 6960 4.1.1, CertID)."""
    key = der.inside(der.spki(issuer.tbs_certificate_bytes))[1].content[1:]
    name = issuer.subject.public_bytes()
    for one in response.responses:
        hashed = one.hash_algorithm.name
        same = (
            one.serial_number == leaf.serial_number
            and one.issuer_key_hash == hashlib.new(hashed, key).digest()
            and one.issuer_name_hash == hashlib.new(hashed, name).digest()
        )
        if same:
            return one
    raise FormatError("it is about another certificate")


def _verify(response: ocsp.OCSPResponse, issuer: Certificate, at: datetime) -> None:
    """RFC 6960 4.2.2.2: signed by the issuer, or by one whom it named for that."""
    signers = [issuer, *(one for one in response.certificates if _is_delegate(one, issuer, at))]
    if not any(_is_signed(response, one) for one in signers):
        raise FormatError("neither its issuer nor a responder it named signed it")


def _is_delegate(one: Certificate, issuer: Certificate, at: datetime) -> bool:
    usage = extension(one, x509.ExtendedKeyUsage)
    named = usage is not None and ExtendedKeyUsageOID.OCSP_SIGNING in usage
    return named and is_within(one, at) and is_signed_by(one, issuer)


def _is_signed(response: ocsp.OCSPResponse, signer: Certificate) -> bool:
    key = parse(signer.public_bytes(Encoding.DER)).public_key()
    signature, data = response.signature, response.tbs_response_bytes
    is_pss = response.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS
    hashed = None if is_pss else response.signature_hash_algorithm
    try:
        match key:
            case rsa.RSAPublicKey() if is_pss:
                return any(_is_pss(key, signature, data, one) for one in PSS_HASHES)
            case rsa.RSAPublicKey() if hashed:
                key.verify(signature, data, padding.PKCS1v15(), hashed)
            case ec.EllipticCurvePublicKey() if hashed:
                key.verify(signature, data, ec.ECDSA(hashed))
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
                key.verify(signature, data)
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _is_pss(
    key: rsa.RSAPublicKey, signature: bytes, data: bytes, hashed: hashes.HashAlgorithm
) -> bool:
    """The library does not read which hash the signature names: each that is in use is tried."""
    try:
        key.verify(signature, data, padding.PSS(padding.MGF1(hashed), padding.PSS.AUTO), hashed)
    except InvalidSignature:
        return False
    return True


def _date(single: ocsp.OCSPSingleResponse, at: datetime) -> None:
    """RFC 6960 4.2.2.1: of now, five minutes forgiven to clocks."""
    if at + SKEW < single.this_update_utc:
        raise FormatError("it is of the future ({date})", date=f"{single.this_update_utc:%Y-%m-%d}")
    ends = single.next_update_utc
    if ends is not None and at - SKEW > ends:
        raise FormatError("it was good until {date} only", date=f"{ends:%Y-%m-%dT%H:%M:%SZ}")


def staple(
    staples: Sequence[bytes], leaf: Certificate, issuers: Sequence[Certificate], at: datetime
) -> Said | Message | None:
    """The first good one of the stapled answers; else what is wrong with one; ``None``: none.

    Servers often fetch the answer only when it is first asked for, so there may be several.
    """
    wrong: Message | None = None
    for data in staples:
        if data:
            try:
                return read_answer(data, leaf, issuers, at)
            except FormatError as error:
                wrong = error.message
    return wrong
