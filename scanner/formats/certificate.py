"""Certificates: the path to a root, and every reason why there is none (RFC 5280, RFC 9525)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)
from msgspec import Struct

from scanner.formats.certificate_key import Key, key_of
from scanner.formats.certificate_parts import (
    Pointers,
    common_names,
    dns_names,
    extension,
    fingerprint,
    ip_addresses,
    is_embedded_sct,
    is_self_signed,
    is_signed_by,
    is_well_formed_name,
    is_within,
    issuer_name,
    matches,
    must_staple,
    parse,
    pointers,
    quietly,
    signature_hash,
    spki_sha256,
    subject_name,
    unknown_critical,
    validity_seconds,
)
from scanner.formats.error import FormatError
from scanner.observation.tls import CertificateChain, TrustStore

# CA/Browser Forum Baseline Requirements 2.2.6, 6.3.2: days by the date of issue.
LIFETIMES = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2018, 3, 1, tzinfo=UTC), 825),
)
MOST_DEPTH = 12  # as many certificates as are read of one server; the library stops at 8
OLDEST_LIFETIME = 1187  # 39 months, the rule before
# BR 1.6.1: what counts as short-lived, in seconds, by the date of issue.
SHORT_LIVED = (
    (datetime(2026, 3, 15, tzinfo=UTC), 604_800),
    (datetime(2024, 3, 15, tzinfo=UTC), 864_000),
)
WEAK_HASHES = frozenset({"md2", "md4", "md5", "sha1", "sha224"})
SMALLEST_ISSUER_KEY = 112  # bits of strength
LONGEST_PATH = 8


class Fault(StrEnum):
    """Why there is no path to a root, in the order of tls.md 4.1."""

    UNPARSEABLE = "unparseable"
    SELF_SIGNED = "self-signed"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    NAME_MISMATCH = "name-mismatch"
    INCOMPLETE = "incomplete-chain"
    UNKNOWN_ISSUER = "unknown-issuer"
    OTHER_STORE = "issuer-in-another-store"
    ISSUER_NOT_VALID_NOW = "issuer-not-valid-now"
    ISSUER_WEAK = "issuer-weak"
    POLICY = "policy"


class Path(Struct, frozen=True):
    """What a chain is worth at one moment. ``detail`` is the verifier's own word.

    ``missing`` are the certificates that were not sent and complete the path; ``rules`` what the
    leaf breaks where a path is there and is refused.
    """

    faults: tuple[Fault, ...]
    is_public: bool
    trusted_by: tuple[str, ...] = ()
    detail: str = ""
    missing: tuple[bytes, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether browsers accept it for the name now."""
        return self.is_public and not self.faults


def read_path(chain: CertificateChain, store: TrustStore, at: datetime) -> Path:
    """Whether a path leads to a root at that time, and each reason why not, tested apart."""
    return path_of(chain.certificates, chain.name, store, at)


def path_of(
    sent: Sequence[bytes],
    name: str,
    store: TrustStore,
    at: datetime,
    known: tuple[bytes, ...] = (),
) -> Path:
    """The same for certificates as they were sent; ``known`` are issuers seen elsewhere."""
    extra = tuple(sorted(store.extra.items()))
    return _path(tuple(sent), name, store.public, extra, at, known)


@lru_cache(maxsize=256)  # every check of a site asks of the same few chains
def _path(
    sent: tuple[bytes, ...],
    name: str,
    roots: tuple[bytes, ...],
    extra: tuple[tuple[str, tuple[bytes, ...]], ...],
    at: datetime,
    known: tuple[bytes, ...],
) -> Path:
    try:
        leaf, *others = [parse(der) for der in sent]
    except (FormatError, ValueError):
        return Path((Fault.UNPARSEABLE,), is_public=False)
    faults = list(_own_faults(leaf, name, at))
    when = _moment(leaf, at)
    public, detail = _verify(leaf, others, roots, when)
    trusted_by = tuple(one for one, more in extra if _verify(leaf, others, more, when)[0])
    if public or Fault.SELF_SIGNED in faults:
        return Path(tuple(faults), public, trusted_by, detail)
    why, missing, rules = _path_faults(leaf, others, roots, when, known)
    if trusted_by:
        why = [Fault.OTHER_STORE, *(one for one in why if one is not Fault.UNKNOWN_ISSUER)]
    return Path((*faults, *why), public, trusted_by, detail, missing, rules)


def _own_faults(leaf: Certificate, name: str, at: datetime) -> Iterator[Fault]:
    second = at.replace(microsecond=0)
    if is_self_signed(leaf):
        yield Fault.SELF_SIGNED
    if second < leaf.not_valid_before_utc:
        yield Fault.NOT_YET_VALID
    if second > leaf.not_valid_after_utc:
        yield Fault.EXPIRED
    if not matches(leaf, name):
        yield Fault.NAME_MISMATCH


def _path_faults(
    leaf: Certificate,
    others: list[Certificate],
    roots: tuple[bytes, ...],
    when: datetime,
    known: tuple[bytes, ...],
) -> tuple[list[Fault], tuple[bytes, ...], tuple[str, ...]]:
    """Why the verifier found none: ours is the search that forgives, so that reasons show."""
    found = links(leaf, others, roots)
    if found is None:
        spare = [parse(one) for one in known]
        found = links(leaf, [*others, *spare], roots)
        if found is None:
            late = any(not is_within(one, when) for one in others)
            return [Fault.UNKNOWN_ISSUER, *([Fault.ISSUER_NOT_VALID_NOW] if late else [])], (), ()
        missing = tuple(one.public_bytes(Encoding.DER) for one in found if one in spare)
        return [Fault.INCOMPLETE], missing, ()
    faults, rules = _faults_of(leaf, found, when)
    return faults, (), rules


def _faults_of(
    leaf: Certificate, way: list[Certificate], when: datetime
) -> tuple[list[Fault], tuple[str, ...]]:
    """Why a path that is there is refused."""
    faults = []
    if any(not is_within(one, when) for one in way[:-1]):
        faults.append(Fault.ISSUER_NOT_VALID_NOW)
    if any(_is_weak(one) for one in way):
        faults.append(Fault.ISSUER_WEAK)
    rules = tuple(_broken_rules(leaf))
    if rules or not faults:
        faults.append(Fault.POLICY)
    return faults, rules


def links(
    leaf: Certificate, others: Sequence[Certificate], roots: tuple[bytes, ...]
) -> list[Certificate] | None:
    """The issuers from the leaf's own to a root by names and signatures alone, or ``None``."""
    by_subject = _by_subject(roots)

    def climb(child: Certificate, way: list[Certificate]) -> list[Certificate] | None:
        if len(way) >= LONGEST_PATH:
            return None
        for root in by_subject.get(child.issuer, ()):
            if is_signed_by(child, root):
                return [*way, root]
        for one in others:
            if one not in way and one.subject == child.issuer and is_signed_by(child, one):
                rest = climb(one, [*way, one])
                if rest:
                    return rest
        return None

    return climb(leaf, [])


@lru_cache(maxsize=8)
def _by_subject(roots: tuple[bytes, ...]) -> dict[x509.Name, list[Certificate]]:
    found: dict[x509.Name, list[Certificate]] = {}
    for made in _readable(roots):
        found.setdefault(made.subject, []).append(made)
    return found


@lru_cache(maxsize=8)
def keys_of(roots: tuple[bytes, ...]) -> frozenset[str]:
    """The keys of the roots, by their SHA-256."""
    return frozenset(map(spki_sha256, _readable(roots)))


def _readable(roots: tuple[bytes, ...]) -> Iterator[Certificate]:
    """The roots, less what the library cannot read: nothing leads there."""
    for root in roots:
        try:
            yield parse(root)
        except FormatError:
            continue


def _is_weak(issuer: Certificate) -> bool:
    """A key or signature that no verifier of today takes; a root's own signature apart."""
    try:
        strength = key_of(issuer).strength
    except FormatError:
        return True
    hashed = None if is_self_signed(issuer) else signature_hash(issuer)
    return strength < SMALLEST_ISSUER_KEY or hashed in WEAK_HASHES


def _broken_rules(leaf: Certificate) -> Iterator[str]:
    usage = extension(leaf, x509.ExtendedKeyUsage)
    if usage is not None and ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        yield "its extended key usage does not name servers"
    constraints = extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        yield "it is a CA certificate"
    if not dns_names(leaf) and not ip_addresses(leaf):
        yield "it has no subject alternative name"
    for oid in unknown_critical(leaf):
        yield f"it has the critical extension {oid}, which is not known"
    if signature_hash(leaf) in WEAK_HASHES:
        yield f"it is signed over {signature_hash(leaf)}"


def _moment(leaf: Certificate, at: datetime) -> datetime:
    """A moment at which the leaf's own dates are no obstacle, so that the path is judged apart."""
    second = at.replace(microsecond=0)
    return min(max(second, leaf.not_valid_before_utc), leaf.not_valid_after_utc)


def _verify(
    leaf: Certificate,
    others: list[Certificate],
    roots: tuple[bytes, ...],
    when: datetime,
) -> tuple[bool, str]:
    """The one question the library answers: is there a path at that time."""
    name = _any_name(leaf)
    if not roots or name is None:
        return False, "it has no name that could be verified" if roots else "there are no roots"
    certificates = (leaf, *others)
    return _verified(certificates, roots, when.replace(tzinfo=None), name)


@lru_cache(maxsize=1024)
def _verified(
    certificates: tuple[Certificate, ...],
    roots: tuple[bytes, ...],
    when: datetime,
    name: x509.DNSName | x509.IPAddress,
) -> tuple[bool, str]:
    leaf, *others = certificates
    ours = _policies()
    builder = PolicyBuilder().store(_store(roots)).time(when)
    builder = builder.max_chain_depth(MOST_DEPTH)
    builder = builder.extension_policies(ca_policy=ours[0], ee_policy=ours[1])
    try:
        quietly(lambda: builder.build_server_verifier(name).verify(leaf, others))
    except (VerificationError, ValueError, UnsupportedAlgorithm) as error:
        return False, str(error)[:300]
    return True, ""


@lru_cache(maxsize=1)
def _policies() -> tuple[ExtensionPolicy, ExtensionPolicy]:
    """The library's web policy, less what no browser asks for: key identifiers, and key usage.

    A key usage that is there still has to allow an issuer to issue (RFC 5280 4.2.1.3).
    """
    any_way = Criticality.AGNOSTIC
    ca = (
        ExtensionPolicy.webpki_defaults_ca()
        .may_be_present(x509.AuthorityKeyIdentifier, any_way, None)
        .may_be_present(x509.KeyUsage, any_way, _may_issue)
    )
    leaf = (
        ExtensionPolicy.webpki_defaults_ee()
        .may_be_present(x509.AuthorityKeyIdentifier, any_way, None)
        .may_be_present(x509.KeyUsage, any_way, None)
        .require_present(x509.SubjectAlternativeName, any_way, None)
    )
    return ca, leaf


def _may_issue(policy: Policy, issuer: Certificate, usage: x509.KeyUsage | None) -> None:
    del policy, issuer
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("key usage does not allow it to issue")


@lru_cache(maxsize=8)
def _store(roots: tuple[bytes, ...]) -> Store:
    return Store(list(_readable(roots)))


def _any_name(leaf: Certificate) -> x509.DNSName | x509.IPAddress | None:
    """A name of its own: the name asked for is judged by ``matches``, in words of ours."""
    for name in dns_names(leaf):
        plain = name.replace("*", "any", 1).rstrip(".")
        if is_well_formed_name(plain):
            return x509.DNSName(plain)
    found = extension(leaf, x509.SubjectAlternativeName)
    addresses = found.get_values_for_type(x509.IPAddress) if found else []
    return x509.IPAddress(addresses[0]) if addresses else None


def lifetime_days(issued: datetime) -> int:
    """How many days a publicly trusted certificate issued then may live (BR 6.3.2)."""
    return next((days for since, days in LIFETIMES if issued >= since), OLDEST_LIFETIME)


def is_short_lived(leaf: Certificate) -> bool:
    """Whether it lives so short a time that nobody need be able to revoke it (BR 1.6.1)."""
    issued = leaf.not_valid_before_utc
    most = next((seconds for since, seconds in SHORT_LIVED if issued >= since), 0)
    return validity_seconds(leaf) <= most


__all__ = [
    "WEAK_HASHES",
    "Certificate",
    "Fault",
    "FormatError",
    "Key",
    "Path",
    "Pointers",
    "common_names",
    "dns_names",
    "extension",
    "fingerprint",
    "ip_addresses",
    "is_embedded_sct",
    "is_self_signed",
    "is_short_lived",
    "is_signed_by",
    "is_well_formed_name",
    "is_within",
    "issuer_name",
    "key_of",
    "keys_of",
    "lifetime_days",
    "links",
    "matches",
    "must_staple",
    "parse",
    "path_of",
    "pointers",
    "read_path",
    "signature_hash",
    "spki_sha256",
    "subject_name",
    "validity_seconds",
]
