"""Certificates for the examples of checks: made on the spot, worth nothing anywhere."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from scanner.observation import Observed
from scanner.observation.tls import CertificateChain, TrustStore

NAME = "www.agency.example"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WEAK = rsa.RSAPublicNumbers(65537, (1 << 1023) + 1155).public_key()

# A self-signed certificate over SHA-1: libraries of today refuse to make one.
OLD_SIGNATURE = b64decode(
    "MIIBazCCARKgAwIBAgIULYZ7SlMzzTwVtp+tOfV2/TN01PQwCQYHKoZIzj0EATAMMQowCAYDVQQDDAFhMB4XDTI2"
    "MTEyNDEzMjIxOFoXDTI3MDMwNDEzMjIxOFowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA"
    "BD6eXCGi3O2v3wD7hODbEAd8WeyNaPJbpl3rnem26D/m/tWlaj09O8rIwM4hAu8jh00NUItw1stspbyZPF32PkGj"
    "UzBRMB0GA1UdDgQWBBQLtK0lG+vOr+igCfJbwUNSs0wVwDAfBgNVHSMEGDAWgBQLtK0lG+vOr+igCfJbwUNSs0wV"
    "wDAPBgNVHRMBAf8EBTADAQH/MAkGByqGSM49BAEDSAAwRQIgeCxhvSflVfE/1liHWWHO338vU33pjKJrxe7i5imh"
    "MtECIQD0xk+QgyMfb4nWxqRMeDZRFWHCntl65Gc8jqHz+5eOcw=="
)


@lru_cache(maxsize=8)
def key(name: str) -> ec.EllipticCurvePrivateKey:
    """One key for each name, made once a process."""
    del name
    return ec.generate_private_key(ec.SECP256R1())


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _ca(subject: str, issuer: str) -> bytes:
    signer = key(issuer)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key(subject).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1000))
        .not_valid_after(NOW + timedelta(days=1000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key(subject).public_key()), critical=False
        )
    )
    if subject != issuer:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
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


@lru_cache(maxsize=2)
def root() -> bytes:
    """The root that the examples trust."""
    return _ca("Example Root", "Example Root")


@lru_cache(maxsize=2)
def intermediate() -> bytes:
    """The CA that issues the examples."""
    return _ca("Example CA", "Example Root")


def leaf(  # noqa: PLR0913 - keyword-only, each what one example is about
    *,
    names: tuple[str, ...] = (NAME,),
    days: float = 90,
    age: float = 10,
    issuer: str = "Example CA",
    has_usage: bool = True,
    is_weak: bool = False,
    public: ec.EllipticCurvePublicKey | None = None,
    locations: tuple[x509.AccessDescription, ...] = (),
) -> bytes:
    """An end-entity certificate ``age`` days old at ``NOW``, valid for ``days``."""
    begins = NOW - timedelta(days=age)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(names[0] if names else NAME))
        .issuer_name(_named(issuer))
        .public_key(WEAK if is_weak else public or key("leaf").public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days) - SECOND)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_signer(issuer).public_key()),
            critical=False,
        )
    )
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternative, critical=False)
    if has_usage:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(usage, critical=False)
    if locations:
        access = x509.AuthorityInformationAccess(locations)
        builder = builder.add_extension(access, critical=False)
    return builder.sign(_signer(issuer), hashes.SHA256()).public_bytes(Encoding.DER)


@lru_cache(maxsize=2)
def brainpool_leaf(issuer: str = "Example CA") -> bytes:
    """A leaf on a sound curve that the public authorities may not certify (BR 6.1.5)."""
    return leaf(issuer=issuer, public=ec.generate_private_key(ec.BrainpoolP256R1()).public_key())


def issuers_at(url: str) -> tuple[x509.AccessDescription, ...]:
    """Where the issuer's certificate is to be had."""
    where = x509.UniformResourceIdentifier(url)
    return (x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where),)


def _signer(issuer: str) -> ec.EllipticCurvePrivateKey:
    return key("leaf" if issuer == NAME else issuer)


def seen(*certificates: bytes) -> Observed[CertificateChain]:
    """A chain as it was seen at ``NOW``; without arguments the exemplary one."""
    sent = certificates or (leaf(), intermediate())
    return Observed(CertificateChain(NAME, "TLSv1.3", sent), NOW, "192.0.2.7:443")


@lru_cache(maxsize=2)
def store() -> TrustStore:
    """A store of the example root alone."""
    return TrustStore((root(),), "the examples' root")
