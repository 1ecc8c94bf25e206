"""Answers of responders and lists of what is revoked: only the issuer's own, of now, count."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import der
from scanner.formats import status_examples as examples
from scanner.formats.certificate_examples import (
    NOW,
    authority,
    element,
    intermediate,
    leaf,
    named,
)
from scanner.formats.certificate_parts import parse
from scanner.formats.crl import read_crl
from scanner.formats.error import FormatError
from scanner.formats.ocsp import LARGEST, Said, Status, read_answer, request, staple
from scanner.formats.revocation import words
from scanner.observation import Reason

LEAF = parse(examples.STAPLED)
ISSUER = parse(intermediate())
SERIAL = LEAF.serial_number


def _said(data: bytes, issuers: tuple[x509.Certificate, ...] = (ISSUER,)) -> Said:
    return read_answer(data, LEAF, issuers, NOW)


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_an_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        _said(data)


@given(st.integers(0, 400), st.integers(0, 255))
def test_an_altered_answer_never_says_anything_else(at: int, byte: int) -> None:
    good = examples.answer()
    altered = good[:at] + bytes((byte,)) + good[at + 1 :]
    try:
        said = _said(altered)
    except FormatError:
        return
    assert said == _said(good)


def test_what_the_issuer_says() -> None:
    assert _said(examples.answer()).status is Status.GOOD
    revoked = _said(examples.answer(status=examples.REVOKED))
    assert revoked.status is Status.REVOKED
    assert (revoked.revoked_at, revoked.why) == (NOW - timedelta(days=2), "keyCompromise")
    unknown = _said(examples.answer(status=ocsp.OCSPCertStatus.UNKNOWN))
    assert unknown.status is Status.UNKNOWN
    assert _said(examples.answer(lasts=None)).next_update is None


def test_one_whom_the_issuer_named_may_answer() -> None:
    named_one = examples.answer(responder=examples.responder(), signer="Responder")
    assert _said(named_one).status is Status.GOOD


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (examples.later(), "try_later"),
        (examples.answer(leaf()), "another certificate"),
        (examples.answer(signer="Somebody"), "neither its issuer"),
        (
            examples.answer(responder=examples.responder(is_named=False), signer="Responder"),
            "neither its issuer",
        ),
        (
            examples.answer(responder=examples.responder(issuer="Other"), signer="Responder"),
            "neither its issuer",
        ),
        (examples.answer(age=timedelta(days=9)), "good until"),
        (examples.answer(age=-timedelta(hours=1)), "of the future"),
        (b"", "empty"),
        (bytes(LARGEST + 1), "longer"),
    ],
)
def test_answers_that_are_not_relied_on(data: bytes, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        _said(data)


def test_clocks_are_forgiven_five_minutes() -> None:
    assert _said(examples.answer(age=-timedelta(minutes=4)))
    assert _said(examples.answer(age=timedelta(days=3, minutes=4)))


def test_without_the_issuer_nothing_is_known() -> None:
    with pytest.raises(FormatError, match="not known"):
        _said(examples.answer(), ())


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()]
)
def test_responders_have_keys_of_every_kind(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
) -> None:
    assert _said(_answered_by(key)).status is Status.GOOD


def _answered_by(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    usage = (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.OCSP_SIGNING]), False)
    own = leaf(names=(), has_usage=False, public=key.public_key(), extras=(usage,))
    hashed = hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else None
    made = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=LEAF,
            issuer=ISSUER,
            algorithm=hashes.SHA256(),
            cert_status=examples.GOOD,
            this_update=NOW,
            next_update=NOW + timedelta(days=1),
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, parse(own))
        .certificates([parse(own)])
        .sign(key, hashed)
    )
    return made.public_bytes(Encoding.DER)


def _signed_with_pss(answer: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """The same answer signed anew: the library does not make answers with PSS."""
    status, carrier = der.inside(answer)
    kind, octets = der.inside(carrier.content)
    data, _, _, *certificates = der.inside(octets.content)
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = key.sign(data.whole, scheme, hashes.SHA256())
    name = bytes.fromhex("06092a864886f70d01010a3000")  # id-RSASSA-PSS (RFC 8017 A.2.3)
    parts = (element(der.SEQUENCE, name), element(der.BIT_STRING, b"\0" + signature))
    basic = b"".join((data.whole, *parts, *(one.whole for one in certificates)))
    octets_anew = element(der.OCTET_STRING, element(der.SEQUENCE, basic))
    inside = element(der.SEQUENCE, kind.whole + octets_anew)
    return element(der.SEQUENCE, status.whole + element(carrier.tag, inside))


def test_a_responder_that_signs_with_pss() -> None:
    key, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    answer = _answered_by(key)
    assert _said(_signed_with_pss(answer, key)).status is Status.GOOD
    with pytest.raises(FormatError, match="signed it"):
        _said(_signed_with_pss(answer, other))


def test_the_question_is_one_that_a_responder_understands() -> None:
    asked = ocsp.load_der_ocsp_request(request(LEAF, ISSUER))
    assert asked.serial_number == SERIAL
    assert asked.hash_algorithm.name == "sha1"


def test_the_first_good_staple_counts() -> None:
    good, old = examples.answer(), examples.answer(age=timedelta(days=9))
    assert isinstance(staple((b"", old, good), LEAF, (ISSUER,), NOW), Said)
    wrong = staple((old, b""), LEAF, (ISSUER,), NOW)
    assert wrong is not None
    assert not isinstance(wrong, Said)
    assert staple((b"", b""), LEAF, (ISSUER,), NOW) is None


def _point(**more: object) -> tuple[x509.ExtensionType, bool]:
    fields: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**fields, **more}), True  # type: ignore[arg-type]


def _names(*urls: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(url) for url in urls]


DELTA = (x509.DeltaCRLIndicator(1), True)


@pytest.mark.parametrize(
    ("data", "authentic", "revoked"),
    [
        (examples.crl(), True, False),
        (examples.crl(SERIAL), True, True),
        (examples.crl(SERIAL, reason=x509.ReasonFlags.remove_from_crl), True, False),
        (examples.crl(SERIAL, signer="Somebody"), False, True),
        (examples.crl(SERIAL, issuer="Somebody"), False, True),
        (examples.crl(extras=(_point(full_name=_names(examples.CRL_URL)),)), True, False),
        (examples.crl(extras=(_point(only_contains_user_certs=True),)), True, False),
        (examples.crl(extras=(_point(full_name=_names("http://ca.example/2.crl")),)), False, False),
        (examples.crl(extras=(_point(only_contains_ca_certs=True),)), False, False),
        (examples.crl(extras=(_point(indirect_crl=True),)), False, False),
        (examples.crl(extras=(DELTA,)), False, False),
        (examples.crl(extras=(DELTA, _point(only_contains_user_certs=True))), False, False),
    ],
)
def test_lists(data: bytes, authentic: bool, revoked: bool) -> None:
    found = examples.sight(data)
    assert found.is_authentic is authentic
    assert bool(found.revoked_at) is revoked


def test_a_list_in_pem_and_an_entry_without_a_reason() -> None:
    entry = x509.RevokedCertificateBuilder().serial_number(SERIAL).revocation_date(NOW).build()
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(named("Example CA"))
        .last_update(NOW)
        .next_update(NOW + timedelta(days=1))
        .add_revoked_certificate(entry)
        .sign(examples.key("Example CA"), hashes.SHA256())
    )
    found = read_crl(made.public_bytes(Encoding.PEM), LEAF, (ISSUER,), examples.CRL_URL)
    assert (found.is_authentic, found.revoked_at, found.why) == (True, NOW, "")


def test_an_issuer_of_the_same_name_with_another_key_signs_nothing() -> None:
    other = parse(
        authority(
            "Example CA",
            "Example Root",
            signer="Example Root",
            public=examples.key("x").public_key(),
        )
    )
    found = read_crl(examples.crl(), LEAF, (other,), examples.CRL_URL)
    assert not found.is_authentic


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_an_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        examples.sight(data)


def test_what_each_source_says() -> None:
    old = examples.sight(examples.crl())
    asked = examples.asked(crl=old)
    late = NOW + timedelta(days=20)
    assert [one.status for one in words(LEAF, examples.STAPLED, (), (ISSUER,), NOW, asked)] == [
        Status.GOOD
    ]
    (stale,) = words(LEAF, examples.STAPLED, (), (ISSUER,), late, asked)
    assert stale.wrong
    assert stale.status is None
    stapled = examples.answer(age=timedelta(days=9))
    found = list(words(LEAF, examples.STAPLED, (stapled,), (ISSUER,), NOW, None))
    assert [one.reason for one in found] == [Reason.MALFORMED_REPLY]
