"""Certificates: the path to a root, and every reason why there is none (RFC 5280, RFC 9525)."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import Certificate
from cryptography.x509.oid import AuthorityInformationAccessOID as Aia
from cryptography.x509.oid import ExtensionOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.observation.tls import CertificateChain, TrustStore

SECOND = timedelta(seconds=1)
# CA/Browser Forum Baseline Requirements 2.2.6, 6.3.2: days by the date of issue.
LIFETIMES = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2018, 3, 1, tzinfo=UTC), 825),
)
OLDEST_LIFETIME = 1187  # 39 months, the rule before
# NIST SP 800-57 part 1, table 2: security strength of RSA by modulus size.
RSA_STRENGTHS = ((15360, 256), (7680, 192), (3072, 128), (2048, 112), (1024, 80))


class Fault(StrEnum):
    """Why there is no path to a root, in the order of tls.md 4.1."""

    UNPARSEABLE = "unparseable"
    SELF_SIGNED = "self-signed"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    NAME_MISMATCH = "name-mismatch"
    UNKNOWN_ISSUER = "unknown-issuer"
    ISSUER_NOT_VALID_NOW = "issuer-not-valid-now"
    POLICY = "policy"


class Path(Struct, frozen=True):
    """What a chain is worth at one moment. ``detail`` is the verifier's own word."""

    faults: tuple[Fault, ...]
    is_public: bool
    trusted_by: tuple[str, ...] = ()
    detail: str = ""

    @property
    def trusted(self) -> bool:
        """Whether browsers accept it for the name now."""
        return self.is_public and not self.faults


@lru_cache(maxsize=512)
def parse(der: bytes) -> x509.Certificate:
    """One certificate; raise ``FormatError`` where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise FormatError("it is not a certificate ({why})", why=str(error)[:200]) from None


def fingerprint(der: bytes) -> str:
    """SHA-256 of the DER, in hex: how a certificate is named."""
    return hashlib.sha256(der).hexdigest()


def read_path(chain: CertificateChain, store: TrustStore, at: datetime) -> Path:
    """Whether a path leads to a root at that time, and each reason why not, tested apart."""
    try:
        leaf, *others = [parse(der) for der in chain.certificates]
    except (FormatError, ValueError):
        return Path((Fault.UNPARSEABLE,), is_public=False)
    faults = list(_own_faults(leaf, chain.name, at))
    when = _moment(leaf, at)
    public, detail = _verify(leaf, others, store.public, when)
    trusted_by = tuple(
        name for name, roots in sorted(store.extra.items()) if _verify(leaf, others, roots, when)[0]
    )
    if not public and Fault.SELF_SIGNED not in faults:
        faults += _path_faults(others, detail, at)
    return Path(tuple(faults), public, trusted_by, detail)


def _own_faults(leaf: x509.Certificate, name: str, at: datetime) -> Iterator[Fault]:
    if is_self_signed(leaf):
        yield Fault.SELF_SIGNED
    if at < leaf.not_valid_before_utc:
        yield Fault.NOT_YET_VALID
    if at > leaf.not_valid_after_utc:
        yield Fault.EXPIRED
    if not matches(leaf, name):
        yield Fault.NAME_MISMATCH


def _path_faults(others: list[x509.Certificate], detail: str, at: datetime) -> Iterator[Fault]:
    late = [one for one in others if not one.not_valid_before_utc <= at <= one.not_valid_after_utc]
    if late:
        yield Fault.ISSUER_NOT_VALID_NOW
    elif "candidates exhausted" in detail:
        yield Fault.UNKNOWN_ISSUER
    else:
        yield Fault.POLICY


def _moment(leaf: x509.Certificate, at: datetime) -> datetime:
    """A moment at which the leaf's own dates are no obstacle, so that the path is judged apart."""
    return min(max(at, leaf.not_valid_before_utc), leaf.not_valid_after_utc)


def _verify(
    leaf: x509.Certificate,
    others: list[x509.Certificate],
    roots: tuple[bytes, ...],
    when: datetime,
) -> tuple[bool, str]:
    """The one question the library answers: is there a path at that time."""
    name = _any_name(leaf)
    if not roots or name is None:
        return False, "it has no name that could be verified" if roots else "there are no roots"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            builder = PolicyBuilder().store(_store(roots)).time(when.replace(tzinfo=None))
            builder.build_server_verifier(name).verify(leaf, others)
    except (VerificationError, ValueError, UnsupportedAlgorithm) as error:
        return False, str(error)[:300]
    return True, ""


@lru_cache(maxsize=8)
def _store(roots: tuple[bytes, ...]) -> Store:
    return Store([parse(root) for root in roots])


def _any_name(leaf: x509.Certificate) -> x509.DNSName | None:
    """A name of its own: the name asked for is judged by ``matches``, in words of ours."""
    names = dns_names(leaf)
    return x509.DNSName(names[0].replace("*", "any", 1)) if names else None


def dns_names(leaf: x509.Certificate) -> tuple[str, ...]:
    """The dNSNames of the subject alternative name; the common name never counts (RFC 9525 2)."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return tuple(found.value.get_values_for_type(x509.DNSName))
    except (x509.ExtensionNotFound, ValueError):
        return ()


def matches(leaf: x509.Certificate, host: str) -> bool:
    """RFC 9525 6.3: the whole left-most label may be a wildcard, for exactly one label."""
    wanted = host.lower().rstrip(".")
    parent = wanted.partition(".")[2]
    return any(
        name == wanted or (name.startswith("*.") and bool(parent) and name[2:] == parent)
        for name in (one.lower().rstrip(".") for one in dns_names(leaf))
    )


def is_self_signed(leaf: x509.Certificate) -> bool:
    """Whether it is signed by its own key."""
    if leaf.issuer != leaf.subject:
        return False
    try:
        leaf.verify_directly_issued_by(leaf)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def validity_seconds(leaf: x509.Certificate) -> int:
    """The lifetime, its last second included (BR 1.6.1)."""
    return round((leaf.not_valid_after_utc - leaf.not_valid_before_utc + SECOND).total_seconds())


def lifetime_days(issued: datetime) -> int:
    """How many days a publicly trusted certificate issued then may live (BR 6.3.2)."""
    return next((days for since, days in LIFETIMES if issued >= since), OLDEST_LIFETIME)


class Key(Struct, frozen=True):
    """A public key: ``type`` rsa, ec-p256, ed25519 …; sizes in bits."""

    type: str
    bits: int
    strength: int
    is_br: bool
    exponent_ok: bool | None = None


def key_of(leaf: x509.Certificate) -> Key:
    """The key of a certificate; raise ``FormatError`` where it cannot be read."""
    try:
        key = leaf.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise FormatError("its key cannot be read ({why})", why=str(error)[:200]) from None
    match key:
        case rsa.RSAPublicKey():
            return _rsa(key)
        case ec.EllipticCurvePublicKey():
            name, size = key.curve.name, key.curve.key_size
            nist = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}
            return Key(nist.get(name, f"ec-{name}"), size, size // 2, name in nist)
        case ed25519.Ed25519PublicKey():
            return Key("ed25519", 256, 128, is_br=False)
        case ed448.Ed448PublicKey():
            return Key("ed448", 456, 224, is_br=False)
        case dsa.DSAPublicKey():
            return Key("dsa", key.key_size, _strength(key.key_size), is_br=False)
        case _:
            raise FormatError("its key is of a kind that is not judged here")


def _rsa(key: rsa.RSAPublicKey) -> Key:
    exponent = key.public_numbers().e
    good = exponent % 2 == 1 and exponent >= 3  # noqa: PLR2004 - BR 6.1.6
    bits = key.key_size
    is_br = bits >= 2048 and bits % 8 == 0 and good  # noqa: PLR2004 - BR 6.1.5
    return Key("rsa", bits, _strength(bits), is_br, good)


def _strength(bits: int) -> int:
    return next((strength for size, strength in RSA_STRENGTHS if bits >= size), 0)


def signature_hash(certificate: x509.Certificate) -> str | None:
    """``sha256`` …; ``None`` where the algorithm has no separate hash (Ed25519)."""
    try:
        found = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return found.name if found else None


def spki_sha256(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key, in hex."""
    made = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(made).hexdigest()


def issuer_name(certificate: x509.Certificate) -> str:
    """The issuer as RFC 4514 text."""
    return certificate.issuer.rfc4514_string()


class Pointers(Struct, frozen=True):
    """What a certificate says of where more can be had."""

    ocsp: tuple[str, ...]
    ca_issuers: tuple[str, ...]
    has_crl: bool


def pointers(leaf: x509.Certificate) -> Pointers:
    """The addresses of authority information access and CRL distribution points."""
    ocsp: list[str] = []
    issuers: list[str] = []
    try:
        access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        for one in access:
            if isinstance(one.access_location, x509.UniformResourceIdentifier):
                kept = {Aia.OCSP: ocsp, Aia.CA_ISSUERS: issuers}.get(one.access_method)
                if kept is not None:
                    kept.append(one.access_location.value)
    except (x509.ExtensionNotFound, ValueError):
        pass
    return Pointers(tuple(ocsp), tuple(issuers), _has_crl(leaf))


def _has_crl(leaf: x509.Certificate) -> bool:
    try:
        leaf.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return True


__all__ = [
    "Certificate",
    "Fault",
    "FormatError",
    "Key",
    "Path",
    "Pointers",
    "dns_names",
    "fingerprint",
    "is_self_signed",
    "issuer_name",
    "key_of",
    "lifetime_days",
    "matches",
    "parse",
    "pointers",
    "read_path",
    "signature_hash",
    "spki_sha256",
    "validity_seconds",
]
