"""Answers and lists of the examples' authority: who is revoked, and what is wrong with some."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from scanner.formats.certificate_examples import (
    NOW,
    authority,
    intermediate,
    key,
    leaf,
    named,
    ocsp_at,
)
from scanner.formats.certificate_parts import fingerprint, parse
from scanner.formats.crl import read_crl
from scanner.observation import Reason
from scanner.observation.certificate import (
    CertificateStatus,
    CrlSight,
    StatusAnswer,
    StatusMethod,
)

OCSP_URL, CRL_URL = "http://ca.example/ocsp", "http://ca.example/1.crl"
STAPLED = leaf(locations=ocsp_at(OCSP_URL))
MUST_STAPLE = (x509.TLSFeature([x509.TLSFeatureType.status_request]), False)
GOOD, REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED


def answer(
    certificate: bytes = STAPLED,
    *,
    status: ocsp.OCSPCertStatus = GOOD,
    age: timedelta = timedelta(hours=1),
    lasts: timedelta | None = timedelta(days=3),
    signer: str = "Example CA",
    responder: bytes | None = None,
) -> bytes:
    """An OCSP answer; ``responder`` is the certificate of one who is not the issuer."""
    revoked = status is REVOKED
    updated = NOW - age
    forged = authority("Example CA", "Example Root", public=key(signer).public_key())
    own = intermediate() if signer == "Example CA" else forged
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=parse(certificate),
            issuer=parse(intermediate()),
            algorithm=hashes.SHA1(),  # noqa: S303 - what responders use (RFC 5019 2.1.1)
            cert_status=status,
            this_update=updated,
            next_update=updated + lasts if lasts else None,
            revocation_time=NOW - timedelta(days=2) if revoked else None,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, parse(responder or own))
    )
    if responder:
        builder = builder.certificates([parse(responder)])
    return builder.sign(key(signer), hashes.SHA256()).public_bytes(Encoding.DER)


def later() -> bytes:
    """An answer that says that the responder cannot answer now."""
    made = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    return made.public_bytes(Encoding.DER)


def responder(*, issuer: str = "Example CA", is_named: bool = True) -> bytes:
    """The certificate of one who may answer for the issuer, or who may not."""
    usage = ExtendedKeyUsageOID.OCSP_SIGNING if is_named else ExtendedKeyUsageOID.SERVER_AUTH
    return leaf(
        names=(),
        issuer=issuer,
        common_name="Responder",
        has_usage=False,
        public=key("Responder").public_key(),
        extras=((x509.ExtendedKeyUsage([usage]), False),),
    )


def crl(
    *revoked: int,
    signer: str = "Example CA",
    issuer: str = "Example CA",
    extras: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
) -> bytes:
    """A list that names these serial numbers."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(named(issuer))
        .last_update(NOW - timedelta(days=1))
        .next_update(NOW + timedelta(days=6))
    )
    for number in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(number)
            .revocation_date(NOW - timedelta(days=2))
            .add_extension(x509.CRLReason(reason), critical=False)
        )
        builder = builder.add_revoked_certificate(entry.build())
    for extension, critical in extras:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key(signer), hashes.SHA256()).public_bytes(Encoding.DER)


def sight(data: bytes, certificate: bytes = STAPLED) -> CrlSight:
    """What a list says of a certificate."""
    return read_crl(data, parse(certificate), (parse(intermediate()),), CRL_URL)


def asked(
    *,
    certificate: bytes = STAPLED,
    response: bytes = b"",
    crl: CrlSight | None = None,
    reason: Reason | None = None,
) -> CertificateStatus:
    """One address that was asked of a certificate, and what it said."""
    method = StatusMethod.CRL if crl else StatusMethod.OCSP
    url = CRL_URL if crl else OCSP_URL
    one = StatusAnswer(fingerprint(certificate), method, url, response, crl, reason)
    return CertificateStatus(answers=(one,), is_asked=True)
