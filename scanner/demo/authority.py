"""The practice government's own certificate authority, made afresh each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

YEAR = timedelta(days=365)


class Authority:
    """A root, an intermediate, and what they issue, as PEM files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root_key = _key()
        self._key = _key()
        self.root = _ca("Practice Root", "Practice Root", self._root_key, self._root_key)
        self._ca = _ca("Practice CA", "Practice Root", self._key, self._root_key)
        self.roots = folder / "practice-root.pem"
        self.roots.write_bytes(_pem(self.root))

    def issue(
        self,
        names: Sequence[str],
        *,
        days: int = 90,
        age: int = 10,
        with_chain: bool = True,
        self_signed: bool = False,
    ) -> Path:
        """Key and certificate for names, in one file that a server loads."""
        key = _key()
        issuer = _name(names[0]) if self_signed else self._ca.subject
        signer = key if self_signed else self._key
        leaf = _leaf(names, issuer, key, signer, days=days, age=age)
        chain = _pem(self._ca) if with_chain and not self_signed else b""
        path = self._folder / f"{names[0]}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(secret + _pem(leaf) + chain)
        return path


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(identifier, critical=False)
    )


def _ca(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _builder(_name(subject), _name(issuer), key, signer)
        .not_valid_before(now - YEAR)
        .not_valid_after(now + 5 * YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _issuers() -> x509.AuthorityInformationAccess:
    """Where the intermediate would be had, as public authorities say."""
    where = x509.UniformResourceIdentifier("http://practice-ca.example/ca.der")
    method = AuthorityInformationAccessOID.CA_ISSUERS
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, where)])


def _revoked() -> x509.CRLDistributionPoints:
    """Where the list of revoked certificates would be had, as public authorities say."""
    where = x509.UniformResourceIdentifier("http://practice-ca.example/ca.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([where], None, None, None)])


def _leaf(
    names: Sequence[str],
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    days: int,
    age: int,
) -> x509.Certificate:
    begins = datetime.now(UTC) - timedelta(days=age)
    alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        _builder(_name(names[0]), issuer, key, signer)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days) - timedelta(seconds=1))
        .add_extension(alternative, critical=False)
        .add_extension(usage, critical=False)
        .add_extension(_issuers(), critical=False)
        .add_extension(_revoked(), critical=False)
        .sign(signer, hashes.SHA256())
    )
