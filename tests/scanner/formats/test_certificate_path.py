"""Where the verifier is stricter or laxer than browsers, and the reasons that are ours (pinned)."""

from base64 import b64decode
from datetime import timedelta
from ipaddress import ip_address
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import certificate as subject
from scanner.formats import certificate_examples as examples
from scanner.formats import certificate_parts as parts
from scanner.formats.certificate import Fault
from scanner.formats.error import FormatError
from scanner.observation.tls import TrustStore

CA, ROOT, NAME = examples.intermediate(), examples.root(), examples.NAME
ANY = (x509.ExtendedKeyUsage([Usage.ANY_EXTENDED_KEY_USAGE]), False)
CRITICAL = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True)
IS_CA = (x509.BasicConstraints(ca=True, path_length=None), True)
ADDRESS = (x509.SubjectAlternativeName([x509.IPAddress(ip_address("192.0.2.7"))]), False)


# Made with OpenSSL: libraries of today refuse to sign over these hashes.
OLD = {
    "md5": (
        "MIIC+TCCAeGgAwIBAgIUKOSU660peTcGbv9gEtKXsKHWETYwDQYJKoZIhvcNAQEEBQAwDDEKMAgGA1UE"
        "AwwBYTAeFw0yNjExMjUxODUxNDRaFw0yNjEyMjUxODUxNDRaMAwxCjAIBgNVBAMMAWEwggEiMA0GCSqG"
        "SIb3DQEBAQUAA4IBDwAwggEKAoIBAQDkV1sCIrrFzBD/1hWkbLW5O/94RsxkGqEY65YUQnTYUupB8UBE"
        "N270/A0sXkeSZHUHXs+hgzTGAru7Pc0OdYqTXY/6LiJJyCfBr9fpz8EnfP0nVt1E8JJijcT41IVfpENy"
        "Y/z9OQG8/9HMuwcI9XowAWe1Sr4c6y6RF3t0gpHcm58aXqou5XO0L1V9aSx5fCDYqzMAfUNulinQvNdT"
        "Q4CEfFP3d0fQznWer1BsswkRraC3TBFshm2D5k+IYdEait0XpKEHn920j7E3ml6eGyKZSwexyhTlEa0u"
        "Dfb9/Zdm1++lUMuPECMIwvFdWPfyHUxxz691NCylh57uQXYnf0trAgMBAAGjUzBRMB0GA1UdDgQWBBQD"
        "3vxHCrRCgEuXLi5QoWdVxzqzgzAfBgNVHSMEGDAWgBQD3vxHCrRCgEuXLi5QoWdVxzqzgzAPBgNVHRMB"
        "Af8EBTADAQH/MA0GCSqGSIb3DQEBBAUAA4IBAQAWXD8VDXZoCWMrGn6O5ll8M9thOiDPTp9qnfQqqIjc"
        "eSsxLRz+YyuA1ToEeHgUsdXQw8FOoqvjxNQ7Hb89yUiJf192r6h4ak3ulO8ppuS5un1bTRNM4BHwlov7"
        "8pj+0em/IEYF13en3HJ/RBc5uxVKV1t+gIk+ZmUwGJ/Gl1jmK+oHE0SaBJmw3NZtu7/fFHgBA3ZZuJg6"
        "r2NpLjABJwR8EuBxFzPhQ2/YRSXYGOVIxitRVJ2F4SJYaDRmd4GpaIr2Gzc3mac1S+lVeKTbU4O2PvRN"
        "nr7vXyh6kXD5ypGYtd7TOnUzVlFCGwAT7H0N6DqwCB2WkaIdb73g00DGwLJR"
    ),
    "sha1": (
        "MIIC+TCCAeGgAwIBAgIUI+CfHA+4Gp/nZTP3DAVPlBbWYyAwDQYJKoZIhvcNAQEFBQAwDDEKMAgGA1UE"
        "AwwBYTAeFw0yNjExMjUxODUxNDNaFw0yNjEyMjUxODUxNDNaMAwxCjAIBgNVBAMMAWEwggEiMA0GCSqG"
        "SIb3DQEBAQUAA4IBDwAwggEKAoIBAQCu3HgA1gB42kl7xQaI30miCKOhA4rzP6tjeQLbsVCc/e4dIr/l"
        "s0YRgUSYVXDPdhVqESuglz5+9IyOGEYym/g8oTbXp8Ig8vkqS+C6lHmwZBGXgcEJfFTeH/0Mkg02hBrp"
        "kTnTiqYvyKvQNfy17rVprT9M0PJ/H56BbZiFSBmtm+s7ry+hIqUvX3gcWJum1fXKNqWwTuH7YIF0bW0N"
        "MYQafO+6L8ACq1T+c8jbenR5bIHFgdC5ieIrz3TQwYIYijr/0rArxK7JXHvuZIHotg8CR2YSoXVR9IQn"
        "UDD2tYXHUFL1sgnL6r0DD5zt6SLmlr8nU3dq1Zbsq7BolJw5WBRvAgMBAAGjUzBRMB0GA1UdDgQWBBS8"
        "s1gZHYIVU/lWDCpgIqTSwp8EnDAfBgNVHSMEGDAWgBS8s1gZHYIVU/lWDCpgIqTSwp8EnDAPBgNVHRMB"
        "Af8EBTADAQH/MA0GCSqGSIb3DQEBBQUAA4IBAQA/Mw9cTwtO3g6wOLaBjdT0qNSAPhYSfpSy9nfaJJ7/"
        "8nhCFdKxp8yvmgaMyQJp5Nl7YyqvIIEniaK7T7JmXdttk2EOEQUAVIynNRwfZ/PNar4ZWQ9WqUrjVk24"
        "IHC8DsQUwvi0OIdeoBvI1J4WUsiSDWPqjy15dBpTqr/hyHNstDH7QMNIVsOaiA1Qxv5Up0Qeyvj7rGUS"
        "yksL9GKbPmxTS6HafB93/iaIPnvEeoc7GD36xhhzeQzjtEuFzeyLZJwvXDueS8ODO+7Ca/JmxWS62eMz"
        "tCagWfEFUuJhgaUQLs/lV/eHmCGzMzSg0I9R+HjC65lDbWTrS/+RzFzn/xld"
    ),
}


def _path(
    *sent: bytes, store: TrustStore | None = None, known: tuple[bytes, ...] = ()
) -> subject.Path:
    return subject.path_of(sent, NAME, store or examples.store(), examples.NOW, known)


@pytest.mark.parametrize(
    "leaf",
    [
        examples.leaf(has_usage=False),
        examples.leaf(public=ed25519.Ed25519PrivateKey.generate().public_key()),
        examples.leaf(public=ec.generate_private_key(ec.SECP521R1()).public_key()),
        examples.leaf(is_weak=True),
        examples.leaf(common_name=""),
        examples.leaf(extras=((examples.signing_usage(), True),)),
        examples.leaf(names=(NAME, "a_b.agency.example")),
        examples.leaf(names=("a_b.agency.example", NAME)),
    ],
    ids=[
        "no usage",
        "Ed25519",
        "P-521",
        "RSA-1024",
        "no subject",
        "usage",
        "odd last",
        "odd first",
    ],
)
def test_what_browsers_take_is_a_path(leaf: bytes) -> None:
    assert _path(leaf, CA).is_public


def test_order_and_company_do_not_matter_to_the_path() -> None:
    assert _path(examples.leaf(), ROOT, examples.leaf(), CA).trusted


@pytest.mark.parametrize(
    ("leaf", "rule"),
    [
        (examples.leaf(has_usage=False, extras=(ANY,)), "extended key usage"),
        (examples.leaf(extras=(CRITICAL,)), "critical extension 1.2.3.4"),
        (examples.leaf(extras=(IS_CA,)), "CA certificate"),
    ],
)
def test_rules_that_a_leaf_breaks_are_named(leaf: bytes, rule: str) -> None:
    path = _path(leaf, CA)
    assert path.faults == (Fault.POLICY,)
    assert rule in path.rules[0]


def test_a_name_is_needed() -> None:
    path = _path(examples.leaf(names=()), CA)
    assert path.faults == (Fault.NAME_MISMATCH, Fault.POLICY)
    assert path.rules == ("it has no subject alternative name",)
    only_odd = _path(examples.leaf(names=("a_b.example",)), CA)
    assert Fault.POLICY in only_odd.faults


def test_an_address_is_a_name_of_its_own() -> None:
    leaf = examples.leaf(names=(), extras=(ADDRESS,))
    assert _path(leaf, CA).is_public
    made = subject.parse(leaf)
    assert subject.matches(made, "192.0.2.7")
    assert not subject.matches(made, "192.0.2.8")
    assert not subject.matches(subject.parse(examples.leaf(names=("192.0.2.7",))), "192.0.2.7")


def test_an_issuer_with_a_weak_key_is_named() -> None:
    weak = examples.authority("Weak CA", "Example Root", public=examples.WEAK)
    assert subject._is_weak(subject.parse(weak))
    unreadable = examples.UNKNOWN_KEY
    assert subject._is_weak(subject.parse(unreadable))
    assert not subject._is_weak(subject.parse(CA))


def test_an_issuer_for_other_names_is_a_rule() -> None:
    only = (x509.NameConstraints([x509.DNSName("gov.example")], None), True)
    tight = examples.authority("Tight CA", "Example Root", extras=(only,))
    path = _path(examples.leaf(issuer="Tight CA"), tight)
    assert path.faults == (Fault.POLICY,)
    assert not path.rules
    assert "name constraints" in path.detail


def test_an_issuer_that_may_not_issue_is_none() -> None:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    with pytest.raises(ValueError, match="does not allow"):
        subject._may_issue(None, None, usage)  # type: ignore[arg-type]
    subject._may_issue(None, None, None)  # type: ignore[arg-type]


def test_a_missing_issuer_that_was_seen_elsewhere_is_named() -> None:
    alone = _path(examples.leaf(), known=(CA,))
    assert (alone.faults, alone.missing) == ((Fault.INCOMPLETE,), (CA,))
    assert _path(examples.leaf()).faults == (Fault.UNKNOWN_ISSUER,)


def test_another_store_is_said_in_its_place() -> None:
    store = TrustStore((), "none", {"national": (ROOT,)})
    path = _path(examples.leaf(), CA, store=store)
    assert path.faults == (Fault.OTHER_STORE,)
    assert path.trusted_by == ("national",)


def test_a_chain_without_end_is_given_up() -> None:
    names = [f"CA {number}" for number in range(12)]
    chain = [examples.authority(one, two) for one, two in pairwise(names)]
    assert (
        subject.links(
            subject.parse(examples.leaf(issuer="CA 0")),
            [subject.parse(one) for one in chain],
            (ROOT,),
        )
        is None
    )


def test_a_way_that_ends_nowhere_is_left() -> None:
    lost = examples.authority("Example CA", "Lost Root")
    assert subject.links(subject.parse(examples.leaf()), [subject.parse(lost)], (ROOT,)) is None


def test_a_root_of_the_same_name_with_another_key_is_no_end() -> None:
    public = examples.key("another").public_key()
    twin = examples.authority("Example Root", "Example Root", public=public)
    assert subject.links(subject.parse(CA), [], (twin, ROOT)) == [subject.parse(ROOT)]
    assert subject.links(subject.parse(CA), [], (twin,)) is None


def test_two_ways_are_both_tried() -> None:
    lost = examples.authority("Example CA", "Lost Root")
    found = subject.links(
        subject.parse(examples.leaf()), [subject.parse(lost), subject.parse(CA)], (ROOT,)
    )
    assert found == [subject.parse(CA), subject.parse(ROOT)]


def test_a_signature_of_the_leaf_that_is_weak_is_a_rule() -> None:
    assert (
        list(subject._broken_rules(subject.parse(examples.OLD_SIGNATURE)))[-1]
        == "it is signed over sha1"
    )


def test_short_lives_by_the_day_of_issue() -> None:
    six, eight = examples.leaf(days=6, age=1), examples.leaf(days=8, age=1)
    assert subject.is_short_lived(subject.parse(six))
    assert not subject.is_short_lived(subject.parse(eight))
    older = examples.leaf(days=10, age=300)
    assert subject.is_short_lived(subject.parse(older))
    assert not subject.is_short_lived(subject.parse(examples.leaf(days=10, age=1000)))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_certificate_or_an_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        parts.parse(data)


@given(st.integers(0, 600), st.integers(0, 255))
def test_an_altered_certificate_stops_nothing(at: int, byte: int) -> None:
    good = examples.leaf(
        locations=examples.issuers_at("http://ca.example/"),
        extras=(examples.crl_at("http://ca.example/1.crl"),),
    )
    altered = good[:at] + bytes((byte,)) + good[at + 1 :]
    path = _path(altered, CA)
    try:
        made = parts.parse(altered)
    except FormatError:
        assert path.faults == (Fault.UNPARSEABLE,)
        return
    assert path.is_public in {True, False}
    for read in (parts.dns_names, parts.pointers, parts.must_staple, parts.is_embedded_sct):
        read(made)  # type: ignore[operator]
    for read in (parts.unknown_critical, parts.spki_sha256):
        read(made)  # type: ignore[operator]
    parts.common_names(made), parts.signature_hash(made), parts.is_self_signed(made)


def test_extensions_that_cannot_be_read_hide_the_certificate() -> None:
    with pytest.raises(FormatError, match="Duplicate"):
        parts.parse(examples.BROKEN_EXTENSION)
    assert _path(examples.BROKEN_EXTENSION, CA).faults == (Fault.UNPARSEABLE,)
    assert _path(examples.leaf(), CA, store=TrustStore((b"junk", ROOT), "odd")).trusted


@pytest.mark.parametrize("name", ["md5", "sha1"])
def test_old_signatures_are_verified_still(name: str) -> None:
    der = b64decode(OLD[name])
    made = parts.parse(der)
    assert parts.signature_hash(made) == name
    assert parts.is_self_signed(made)
    forged = parts.parse(der[:-1] + bytes((der[-1] ^ 1,)))
    assert not parts.is_self_signed(forged)
    assert parts.is_self_signed(parts.parse(examples.OLD_SIGNATURE))
    other = parts.parse(
        examples.authority("a", "a", public=ed25519.Ed25519PrivateKey.generate().public_key())
    )
    assert not parts.is_signed_by(made, other)


def test_an_issuer_that_is_weak_or_late_is_a_reason() -> None:
    weak = examples.key("Weak CA")
    late = examples.authority("Weak CA", "Example Root", days=990, public=weak.public_key())
    path = _path(examples.leaf(issuer="Weak CA"), late)
    assert path.faults == (Fault.ISSUER_NOT_VALID_NOW,)
    sha1 = examples.OLD_SIGNATURE
    store = TrustStore((sha1,), "an old root")
    assert subject._path_faults(subject.parse(sha1), [], (sha1,), examples.NOW, ())[0] == [
        Fault.POLICY
    ]
    assert not subject.path_of((examples.leaf(),), NAME, store, examples.NOW).is_public
    small = examples.authority("Small CA", "Example Root", public=examples.WEAK)
    found = subject._faults_of(subject.parse(examples.leaf()), [subject.parse(small)], examples.NOW)
    assert found[0] == [Fault.ISSUER_WEAK]


def test_hashes_and_names() -> None:
    own = examples.leaf(serial=4711)
    ecdsa, ml = (
        bytes.fromhex("300a06082a8648ce3d040302"),
        bytes.fromhex("300b0609608648016503040311"),
    )
    tbs, _, bits = examples.der.inside(own)
    inner = examples.element(0x30, tbs.content.replace(ecdsa, ml))
    assert (
        parts.signature_hash(parts.parse(examples.element(0x30, inner + ml + bits.whole))) is None
    )
    oid = bytes.fromhex("06082a8648ce3d040302")
    ml_dsa = examples.leaf(serial=4711)
    assert parts.signature_hash(parts.parse(ml_dsa)) == "sha256"
    assert parts.is_within(parts.parse(ml_dsa), examples.NOW + timedelta(days=1))
    assert oid in ml_dsa
    for name, is_good in {
        "*.a.example": True,
        "*": False,
        "a..b": False,
        "-a.b": False,
        "x" * 64: False,
    }.items():
        assert parts.is_well_formed_name(name) is is_good
