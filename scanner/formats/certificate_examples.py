"""Certificates for the examples of checks: made on the spot, worth nothing anywhere."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from scanner.formats import der
from scanner.formats.certificate_moduli import CLOSE_PRIMES, ROCA, SHARED_FACTOR, SOUND_RSA
from scanner.observation import Observed
from scanner.observation.certificate import CertificateStatus, KnownIssuer
from scanner.observation.tls import CertificateChain, ServedCertificates, ServedChain, TrustStore

NAME = "www.agency.example"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)
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
Extra: TypeAlias = tuple[x509.ExtensionType, bool]


@lru_cache(maxsize=32)
def key(name: str) -> ec.EllipticCurvePrivateKey:
    """One key for each name, made once a process."""
    del name
    return ec.generate_private_key(ec.SECP256R1())


def rsa_public(modulus: int, exponent: int = 65537) -> rsa.RSAPublicKey:
    """An RSA key by its numbers."""
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def leaf_with_exponent(exponent: int) -> bytes:
    """A leaf with an exponent that the library refuses to make; its signature is void."""
    made = leaf(public=rsa_public(SOUND_RSA))
    numbers = b"".join(_number(one) for one in (SOUND_RSA, exponent))
    bits = element(der.BIT_STRING, b"\0" + element(der.SEQUENCE, numbers))
    old = der.spki(der.inside(made)[0].whole)
    return _altered(made, old, element(der.SEQUENCE, der.inside(old)[0].whole + bits))


def leaf_with_serial(serial: int) -> bytes:
    """A leaf with a serial number that the library refuses to make; its signature is void."""
    made = leaf(serial=4711)
    return _altered(made, _number(4711), _number(serial))


def _altered(made: bytes, old: bytes, new: bytes) -> bytes:
    tbs, *rest = der.inside(made)
    changed = element(der.SEQUENCE, tbs.content.replace(old, new, 1))
    return element(der.SEQUENCE, changed + b"".join(one.whole for one in rest))


def _number(value: int) -> bytes:
    return element(der.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def element(tag: int, content: bytes) -> bytes:
    """One element in DER."""
    length = len(content)
    if length < 0x80:  # noqa: PLR2004 - X.690 8.1.3.4
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + content


def named(common_name: str) -> x509.Name:
    """A name of a common name alone; empty where that is."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    return x509.Name(attributes)


def authority(  # noqa: PLR0913 - keyword-only, each what one example is about
    subject: str,
    issuer: str,
    *,
    age: int = 1000,
    days: int = 2000,
    public: CertificatePublicKeyTypes | None = None,
    signer: str = "",
    extras: tuple[Extra, ...] = (),
) -> bytes:
    """A CA certificate; ``signer`` names the issuer's key where it is not the issuer's own."""
    signing = key(signer or issuer)
    own = public or key(subject).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=age))
        .not_valid_after(NOW - timedelta(days=age) + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(signing_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
    )
    if subject != issuer:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    for extension, critical in extras:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signing, hashes.SHA256()).public_bytes(Encoding.DER)


def signing_usage() -> x509.KeyUsage:
    """What a CA's key is for."""
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


@lru_cache(maxsize=1)
def root() -> bytes:
    """The root that the examples trust."""
    return authority("Example Root", "Example Root")


@lru_cache(maxsize=1)
def intermediate() -> bytes:
    """The CA that issues the examples."""
    return authority("Example CA", "Example Root")


def leaf(  # noqa: PLR0913 - keyword-only, each what one example is about
    *,
    names: tuple[str, ...] = (NAME,),
    days: float = 90,
    age: float = 10,
    issuer: str = "Example CA",
    has_usage: bool = True,
    is_weak: bool = False,
    public: CertificatePublicKeyTypes | None = None,
    locations: tuple[x509.AccessDescription, ...] = (),
    extras: tuple[Extra, ...] = (),
    common_name: str | None = None,
    serial: int | None = None,
) -> bytes:
    """An end-entity certificate ``age`` days old at ``NOW``, valid for ``days``."""
    begins = NOW - timedelta(days=age)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named((names[0] if names else NAME) if common_name is None else common_name))
        .issuer_name(named(issuer))
        .public_key(WEAK if is_weak else public or key("leaf").public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days) - SECOND)
    )
    for extension, critical in (*_usual(names, issuer, has_usage=has_usage), *extras):
        builder = builder.add_extension(extension, critical=critical)
    if locations:
        access = x509.AuthorityInformationAccess(locations)
        builder = builder.add_extension(access, critical=False)
    return builder.sign(signer_of(issuer), hashes.SHA256()).public_bytes(Encoding.DER)


def _usual(names: tuple[str, ...], issuer: str, *, has_usage: bool) -> Iterator[Extra]:
    public = signer_of(issuer).public_key()
    yield x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False
    if names:
        yield x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False
    if has_usage:
        yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False


@lru_cache(maxsize=2)
def brainpool_leaf(issuer: str = "Example CA") -> bytes:
    """A leaf on a sound curve that the public authorities may not certify (BR 6.1.5)."""
    return leaf(issuer=issuer, public=ec.generate_private_key(ec.BrainpoolP256R1()).public_key())


def issuers_at(url: str) -> tuple[x509.AccessDescription, ...]:
    """Where the issuer's certificate is to be had."""
    where = x509.UniformResourceIdentifier(url)
    return (x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where),)


def ocsp_at(url: str) -> tuple[x509.AccessDescription, ...]:
    """Where the issuer says whether it revoked the certificate."""
    where = x509.UniformResourceIdentifier(url)
    return (x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where),)


def crl_at(*urls: str) -> Extra:
    """Where the issuer's list of revoked certificates is."""
    names = [x509.UniformResourceIdentifier(url) for url in urls]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)]), False


def signer_of(issuer: str) -> ec.EllipticCurvePrivateKey:
    """The key that signs for an issuer; a leaf that issues itself has the leaf's."""
    return key("leaf" if issuer == NAME else issuer)


def seen(*certificates: bytes) -> Observed[CertificateChain]:
    """A chain as it was seen at ``NOW``; without arguments the exemplary one."""
    sent = certificates or (leaf(), intermediate())
    return Observed(CertificateChain(NAME, "TLSv1.3", sent), NOW, "192.0.2.7:443")


def served(
    *certificates: bytes,
    purpose: str = "web",
    staples: tuple[bytes, ...] = (),
    scts: tuple[bytes, ...] = (),
) -> Observed[ServedCertificates]:
    """One chain, the only one of its address, as it was seen at ``NOW``."""
    chain = ServedChain(
        certificates or (leaf(), intermediate()), ("TLSv1.3",), staples=staples, scts=scts
    )
    return served_chains(chain, purpose=purpose)


def served_chains(*chains: ServedChain, purpose: str = "web") -> Observed[ServedCertificates]:
    """Several chains of one address, as they were seen at ``NOW``."""
    return Observed(ServedCertificates(NAME, chains, purpose=purpose), NOW, "192.0.2.7:443")


def known() -> CertificateStatus:
    """The intermediate was seen at another server."""
    return CertificateStatus((KnownIssuer(intermediate(), "web:other.agency.example:443"),))


def _of_unknown(algorithm: str) -> bytes:
    """The exemplary leaf with one byte of an algorithm's name changed."""
    return leaf(has_usage=False).replace(
        bytes.fromhex(algorithm), bytes.fromhex(algorithm[:-2] + "77")
    )


UNKNOWN_KEY = _of_unknown("06072a8648ce3d0201")
BROKEN_EXTENSION = leaf(serial=4711).replace(
    bytes.fromhex("0603551d11"), bytes.fromhex("0603551d25")
)
UNKNOWN_SIGNATURE = _of_unknown("06082a8648ce3d040302")


@lru_cache(maxsize=2)
def store() -> TrustStore:
    """A store of the example root alone."""
    return TrustStore((root(),), "the examples' root")


__all__ = [
    "BROKEN_EXTENSION",
    "CLOSE_PRIMES",
    "NAME",
    "NOW",
    "OLD_SIGNATURE",
    "ROCA",
    "SHARED_FACTOR",
    "SOUND_RSA",
    "UNKNOWN_KEY",
    "UNKNOWN_SIGNATURE",
    "authority",
    "brainpool_leaf",
    "crl_at",
    "element",
    "intermediate",
    "issuers_at",
    "key",
    "known",
    "leaf",
    "leaf_with_exponent",
    "leaf_with_serial",
    "named",
    "ocsp_at",
    "root",
    "rsa_public",
    "seen",
    "served",
    "served_chains",
    "signer_of",
    "signing_usage",
    "store",
]
