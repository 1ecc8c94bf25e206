"""Certificates: each fault by itself, names, lifetimes, keys (RFC 5280, RFC 9525, BR)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.x509.oid import AuthorityInformationAccessOID

from scanner.formats import certificate as subject
from scanner.formats import certificate_examples as examples
from scanner.formats.certificate import Fault
from scanner.formats.error import FormatError
from scanner.observation.tls import TrustStore

VECTORS = json.loads(
    (Path(__file__).parents[2] / "data" / "tls" / "validity-vectors.json").read_bytes()
)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["why"])
def test_lifetimes(case: dict[str, Any]) -> None:
    issued = datetime.fromisoformat(case["not_before"])
    seconds = case["not_after_minus_not_before_seconds"] + 1
    verdict = "pass" if seconds <= subject.lifetime_days(issued) * 86_400 else "fail"
    assert verdict == case["verdict"]


def test_older_rules() -> None:
    assert subject.lifetime_days(datetime(2019, 1, 1, tzinfo=UTC)) == 825
    assert subject.lifetime_days(datetime(2016, 1, 1, tzinfo=UTC)) == 1187


def test_the_last_second_counts() -> None:
    der = examples.leaf(days=90, age=0)
    sent = (der, examples.intermediate())
    ends = subject.parse(der).not_valid_after_utc
    late = {
        moment: subject.path_of(sent, examples.NAME, examples.store(), moment).faults
        for moment in (ends, ends + timedelta(microseconds=900_000), ends + timedelta(seconds=1))
    }
    assert list(late.values()) == [(), (), (Fault.EXPIRED,)]


def _faults(*sent: bytes) -> set[Fault]:
    seen = examples.seen(*sent)
    return set(subject.read_path(seen.value, examples.store(), seen.at).faults)


def test_faults_one_by_one() -> None:
    leaf, ca = examples.leaf, examples.intermediate()
    assert _faults() == set()
    assert _faults(leaf(), examples.root(), ca) == set()
    assert _faults(leaf(age=100), ca) == {Fault.EXPIRED}
    assert _faults(leaf(age=-1), ca) == {Fault.NOT_YET_VALID}
    assert _faults(leaf(names=("x.example",)), ca) == {Fault.NAME_MISMATCH}
    assert _faults(leaf()) == {Fault.UNKNOWN_ISSUER}
    assert _faults(leaf(issuer=examples.NAME)) == {Fault.SELF_SIGNED}
    assert _faults(leaf(names=()), ca) == {Fault.NAME_MISMATCH, Fault.POLICY}
    assert _faults(b"junk") == {Fault.UNPARSEABLE}
    assert _faults(leaf(age=100, names=("x.example",))) == {
        Fault.EXPIRED,
        Fault.NAME_MISMATCH,
        Fault.UNKNOWN_ISSUER,
    }


def test_an_expired_intermediate_is_named() -> None:
    late = examples.authority("Old CA", "Example Root", days=990)
    sent = (examples.leaf(issuer="Old CA"), late)
    assert _faults(*sent) == {Fault.ISSUER_NOT_VALID_NOW}
    path = subject.path_of(sent, examples.NAME, TrustStore((), "none"), examples.NOW)
    assert path.faults == (Fault.UNKNOWN_ISSUER, Fault.ISSUER_NOT_VALID_NOW)


def test_dates_of_the_leaf_are_judged_apart_from_the_path() -> None:
    seen = examples.seen()
    path = subject.read_path(seen.value, examples.store(), seen.at + timedelta(days=2000))
    assert path.faults == (Fault.EXPIRED,)
    assert path.is_public


def test_another_store_is_a_fact_of_its_own() -> None:
    seen = examples.seen()
    store = TrustStore((), "none", {"national": (examples.root(),)})
    path = subject.read_path(seen.value, store, seen.at)
    assert not path.is_public
    assert path.trusted_by == ("national",)
    assert not path.trusted


@pytest.mark.parametrize(
    ("names", "host", "matches"),
    [
        (("gov.example",), "GOV.example.", True),
        (("*.gov.example",), "a.gov.example", True),
        (("*.gov.example",), "a.b.gov.example", False),
        (("*.gov.example",), "gov.example", False),
        (("w*.gov.example",), "www.gov.example", False),
        (("GOV.EXAMPLE",), "gov.example", True),
        ((), "gov.example", False),
    ],
)
def test_names(names: tuple[str, ...], host: str, matches: bool) -> None:
    made = subject.parse(examples.leaf(names=names))
    assert subject.matches(made, host) is matches


def _signed(public: Any) -> x509.Certificate:
    name = x509.Name([])
    key = examples.key("leaf")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 2, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )


def _rsa(bits: int, exponent: int = 65537) -> Any:
    return rsa.RSAPublicNumbers(exponent, (1 << (bits - 1)) + 1155).public_key()


@pytest.mark.parametrize(
    ("public", "kind", "bits", "strength", "is_br"),
    [
        (_rsa(1024), "rsa", 1024, 80, False),
        (_rsa(2048), "rsa", 2048, 112, True),
        (_rsa(3072), "rsa", 3072, 128, True),
        (_rsa(2049), "rsa", 2049, 112, False),
        (_rsa(768), "rsa", 768, 0, False),
        (ec.generate_private_key(ec.SECP384R1()).public_key(), "ec-p384", 384, 192, True),
        (ec.generate_private_key(ec.SECP256K1()).public_key(), "ec-secp256k1", 256, 128, False),
        (ed25519.Ed25519PrivateKey.generate().public_key(), "ed25519", 256, 128, False),
        (ed448.Ed448PrivateKey.generate().public_key(), "ed448", 456, 224, False),
        (dsa.generate_private_key(1024).public_key(), "dsa", 1024, 80, False),  # noqa: S505
    ],
)
def test_keys(public: Any, kind: str, bits: int, strength: int, is_br: bool) -> None:
    made = subject.key_of(_signed(public))
    assert (made.type, made.bits, made.strength, made.is_br) == (kind, bits, strength, is_br)


def test_a_key_that_is_not_judged() -> None:
    with pytest.raises(FormatError, match="not judged here"):
        subject.key_of(_signed(x25519.X25519PrivateKey.generate().public_key()))


def test_pointers() -> None:
    made = subject.parse(examples.leaf(locations=examples.issuers_at("http://ca.example/a")))
    assert subject.pointers(made) == subject.Pointers((), ("http://ca.example/a",), has_crl=False)
    other = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://o.example")
    )
    odd = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.DNSName("o.example"))
    unknown = x509.AccessDescription(
        x509.ObjectIdentifier("1.2.3"), x509.UniformResourceIdentifier("http://u.example")
    )
    made = subject.parse(examples.leaf(locations=(other, odd, unknown)))
    assert subject.pointers(made).ocsp == ("http://o.example",)
    assert subject.pointers(subject.parse(examples.leaf())).ocsp == ()


def test_crl_pointer() -> None:
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://c.example")], None, None, None
    )
    key = examples.key("leaf")
    name = x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 2, 1, tzinfo=UTC))
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(key, hashes.SHA256())
    )
    assert subject.pointers(made).has_crl
    assert subject.is_self_signed(made)


def test_signatures_and_names() -> None:
    made = subject.parse(examples.leaf())
    assert subject.signature_hash(made) == "sha256"
    assert subject.signature_hash(subject.parse(examples.OLD_SIGNATURE)) == "sha1"
    assert subject.issuer_name(made) == "CN=Example CA"
    assert len(subject.fingerprint(examples.leaf())) == 64
    assert len(subject.spki_sha256(made)) == 64
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([])
    edwards = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 2, 1, tzinfo=UTC))
        .sign(key, None)
    )
    assert subject.signature_hash(edwards) is None
    assert subject.is_self_signed(edwards)
    assert not subject.is_self_signed(_signed(key.public_key()))


def test_what_the_library_does_not_know_is_said() -> None:
    der = examples.leaf(has_usage=False)
    unknown_key = der.replace(
        bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d0277")
    )
    with pytest.raises(FormatError, match="cannot be read"):
        subject.key_of(subject.parse(unknown_key))
    unknown_hash = der.replace(
        bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d040377")
    )
    assert subject.signature_hash(subject.parse(unknown_hash)) == "1.2.840.10045.4.3.119"
