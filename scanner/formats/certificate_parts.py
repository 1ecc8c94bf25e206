"""What stands in a certificate, read so that no odd certificate stops a scan (RFC 5280 4)."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import Certificate
from cryptography.x509.oid import AuthorityInformationAccessOID as Aia
from cryptography.x509.oid import NameOID
from msgspec import Struct

from scanner.formats import der
from scanner.formats.error import FormatError

T = TypeVar("T")
E = TypeVar("E", bound=x509.ExtensionType)

SECOND = timedelta(seconds=1)
OLD_HASHES = frozenset({"md5", "sha1"})
LOST_HASHES = {"1.2.840.113549.1.1.2": "md2", "1.2.840.113549.1.1.3": "md4"}
ML_DSA = frozenset(f"2.16.840.1.101.3.4.3.{last}" for last in (17, 18, 19))
LONGEST_NAME, LONGEST_LABEL = 253, 63  # RFC 1035 2.3.4
UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)


def quietly(read: Callable[[], T]) -> T:
    """Call without the library's remarks on old certificates, which are for their makers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        return read()


@lru_cache(maxsize=2048)
def parse(one: bytes) -> Certificate:
    """One certificate, all of it readable; raise ``FormatError`` where it is none."""

    def read() -> Certificate:
        made = x509.load_der_x509_certificate(one)
        _ = made.subject, made.issuer, made.not_valid_before_utc, made.not_valid_after_utc
        _ = made.signature_algorithm_oid, made.public_key_algorithm_oid, made.version
        _ = der.serial(made.tbs_certificate_bytes), der.spki(made.tbs_certificate_bytes)
        _ = made.extensions  # one that is broken hides them all: nothing may be said of the others
        return made

    try:
        return quietly(read)
    except UNREADABLE as error:
        raise FormatError("it is not a certificate ({why})", why=str(error)[:200]) from None


def fingerprint(one: bytes) -> str:
    """SHA-256 of the DER, in hex: how a certificate is named."""
    return hashlib.sha256(one).hexdigest()


def extension(certificate: Certificate, kind: type[E]) -> E | None:
    """The extension of that kind, or ``None``."""
    try:
        return quietly(lambda: certificate.extensions.get_extension_for_class(kind)).value
    except x509.ExtensionNotFound:
        return None


def unknown_critical(certificate: Certificate) -> tuple[str, ...]:
    """The critical extensions that nobody has to understand (RFC 5280 4.2)."""
    return tuple(
        one.oid.dotted_string
        for one in quietly(lambda: certificate.extensions)
        if one.critical and isinstance(one.value, x509.UnrecognizedExtension)
    )


def dns_names(leaf: Certificate) -> tuple[str, ...]:
    """The dNSNames of the subject alternative name; the common name never counts (RFC 9525 2)."""
    return _alternatives(leaf, x509.DNSName)


def ip_addresses(leaf: Certificate) -> tuple[str, ...]:
    """The iPAddresses of the subject alternative name."""
    return tuple(str(one) for one in _alternatives(leaf, x509.IPAddress))


def _alternatives(leaf: Certificate, kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - its own word
    found = extension(leaf, x509.SubjectAlternativeName)
    return tuple(found.get_values_for_type(kind)) if found else ()


def common_names(certificate: Certificate) -> tuple[str, ...]:
    """The common names of the subject."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return tuple(one.value if isinstance(one.value, str) else "" for one in found)


def matches(leaf: Certificate, host: str) -> bool:
    """RFC 9525 6.3: the whole left-most label may be a wildcard, for exactly one label."""
    wanted = host.lower().rstrip(".")
    if is_address(wanted):
        return str(ip_address(wanted)) in ip_addresses(leaf)
    parent = wanted.partition(".")[2]
    return any(
        name == wanted or (name.startswith("*.") and bool(parent) and name[2:] == parent)
        for name in (one.lower().rstrip(".") for one in dns_names(leaf))
    )


def is_address(text: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_signed_by(child: Certificate, parent: Certificate) -> bool:
    """Whether the names agree and the parent's key verifies the signature."""
    if signature_hash(child) in OLD_HASHES:
        return child.issuer == parent.subject and _is_signed_long_ago(child, parent)
    try:
        quietly(lambda: child.verify_directly_issued_by(parent))
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _is_signed_long_ago(child: Certificate, parent: Certificate) -> bool:
    """The same for hashes that the library verifies no certificates with any more."""
    hashed = hashes.MD5() if signature_hash(child) == "md5" else hashes.SHA1()  # noqa: S303
    try:
        key = parent.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(child.signature, child.tbs_certificate_bytes, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(child.signature, child.tbs_certificate_bytes, ec.ECDSA(hashed))
        else:
            return False
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


@lru_cache(maxsize=512)
def is_self_signed(leaf: Certificate) -> bool:
    """Whether it is signed by its own key."""
    return leaf.issuer == leaf.subject and is_signed_by(leaf, leaf)


def validity_seconds(leaf: Certificate) -> int:
    """The lifetime, its last second included (BR 1.6.1)."""
    return round((leaf.not_valid_after_utc - leaf.not_valid_before_utc + SECOND).total_seconds())


def is_within(certificate: Certificate, at: datetime) -> bool:
    """Whether it is valid at that second, both ends included (RFC 5280 4.1.2.5)."""
    second = at.replace(microsecond=0)
    return certificate.not_valid_before_utc <= second <= certificate.not_valid_after_utc


def signature_hash(certificate: Certificate) -> str | None:
    """``sha256`` …; ``None`` where the algorithm has no separate hash (Ed25519, ML-DSA).

    An algorithm that is not known is named by its object identifier.
    """
    oid = certificate.signature_algorithm_oid.dotted_string
    if oid in ML_DSA:
        return None
    try:
        found = quietly(lambda: certificate.signature_hash_algorithm)
    except UNREADABLE:
        return LOST_HASHES.get(oid, oid)
    return found.name if found else None


@lru_cache(maxsize=2048)
def spki_sha256(certificate: Certificate) -> str:
    """SHA-256 of the public key as it stands in the certificate, in hex."""
    return hashlib.sha256(der.spki(certificate.tbs_certificate_bytes)).hexdigest()


def subject_name(certificate: Certificate) -> str:
    """The subject as RFC 4514 text."""
    return certificate.subject.rfc4514_string()


def issuer_name(certificate: Certificate) -> str:
    """The issuer as RFC 4514 text."""
    return certificate.issuer.rfc4514_string()


class Pointers(Struct, frozen=True):
    """What a certificate says of where more can be had."""

    ocsp: tuple[str, ...]
    ca_issuers: tuple[str, ...]
    has_crl: bool
    crls: tuple[str, ...] = ()


def pointers(leaf: Certificate) -> Pointers:
    """The addresses of authority information access and CRL distribution points."""
    access = extension(leaf, x509.AuthorityInformationAccess) or ()
    points = extension(leaf, x509.CRLDistributionPoints)
    named = [
        name.value
        for point in points or ()
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    ]
    return Pointers(
        _locations(access, Aia.OCSP),
        _locations(access, Aia.CA_ISSUERS),
        points is not None,
        tuple(named),
    )


def _locations(access: Any, method: x509.ObjectIdentifier) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(
        one.access_location.value
        for one in access
        if one.access_method == method
        and isinstance(one.access_location, x509.UniformResourceIdentifier)
    )


def is_embedded_sct(leaf: Certificate) -> bool:
    """Whether public logs signed for it before it was issued (RFC 6962 3.3)."""
    return extension(leaf, x509.PrecertificateSignedCertificateTimestamps) is not None


def is_well_formed_name(name: str) -> bool:
    """RFC 5280 4.2.1.6: letters, digits and hyphens; a wildcard only as the whole first label."""
    labels = name.lower().split(".")
    if labels[0] == "*":
        labels = labels[1:]
    return len(name) <= LONGEST_NAME and bool(labels) and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    plain = label.replace("-", "")
    ends = label[:1] != "-" and label[-1:] != "-"
    return ends and 0 < len(label) <= LONGEST_LABEL and plain.isascii() and plain.isalnum()


def must_staple(leaf: Certificate) -> bool:
    """Whether it promises a stapled answer (RFC 7633 4.2.3.1, status_request)."""
    found = extension(leaf, x509.TLSFeature)
    return bool(found) and x509.TLSFeatureType.status_request in tuple(found or ())
