"""Whole handshakes with a TLS library in memory: every version, key exchange and cipher of ours."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.groups import COMPLETABLE_13, KEMS, LEGACY, X25519, key_pair
from scanner.formats.tls.handshake12 import Shaken, handshake12
from scanner.formats.tls.handshake13 import Completed, handshake13
from scanner.formats.tls.hello import offer
from scanner.formats.tls.legacy_keys import completable
from scanner.formats.tls.messages import APPLICATION
from scanner.formats.tls.renegotiation import renegotiate
from scanner.formats.tls.wire import Ended, Kind, Script
from tests.scanner.formats.tls.conftest import NAME, server
from tests.scanner.formats.tls.talk import (
    extension,
    framed,
    heard,
    message,
    server_hello,
    shaken,
    vector,
)

VERSIONS = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
}
SUITES = (
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
)


def numbers(*names: str) -> tuple[int, ...]:
    return tuple(codes.suites_by_name()[name].number for name in names)


def legacy(version: str, *names: str, etm: bool = True) -> Script[Shaken]:
    asked = replace(offer(version, NAME), suites=numbers(*names), groups=LEGACY)
    return handshake12(replace(asked, encrypt_then_mac=etm))


@pytest.mark.parametrize("etm", [True, False])
@pytest.mark.parametrize("name", SUITES)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_suite_that_we_complete(rsa_pem: Path, version: str, name: str, etm: bool) -> None:
    suite = codes.suites_by_name()[name]
    seen = shaken(legacy(version, name, etm=etm), server(rsa_pem, VERSIONS[version]))
    if not completable(suite, version):
        assert seen.session is None
        return
    assert seen.session, seen.detail
    assert seen.ticket
    assert seen.proved is (None if suite.kx == "RSA" else True)
    assert seen.client_auth == "none"
    assert seen.session.is_secure


@pytest.mark.parametrize("version", VERSIONS)
def test_an_elliptic_leaf_signs(ec_pem: Path, version: str) -> None:
    seen = shaken(
        legacy(version, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"), server(ec_pem, VERSIONS[version])
    )
    assert seen.session
    assert seen.proved is True


def test_a_client_certificate_that_is_demanded(rsa_pem: Path) -> None:
    context = server(rsa_pem, ssl.TLSVersion.TLSv1_2, wants=True)
    seen = shaken(legacy("TLSv1.2", SUITES[3]), context)
    assert (seen.session, seen.client_auth) == (None, "required")
    context.verify_mode = ssl.CERT_OPTIONAL
    assert shaken(legacy("TLSv1.2", SUITES[3]), context).client_auth == "requested"


def test_what_is_said_after_the_handshake_is_opened(rsa_pem: Path) -> None:
    def talk() -> Script[bytes]:
        seen = yield from legacy("TLSv1.2", SUITES[3])
        assert seen.session
        event = yield from seen.session.wire.next(seen.session.client.seal(APPLICATION, b"hello"))
        return event.data

    assert shaken(talk(), server(rsa_pem, ssl.TLSVersion.TLSv1_2)) == b"hello"


def test_a_client_may_not_negotiate_anew_with_this_library(rsa_pem: Path) -> None:
    asked = replace(offer("TLSv1.2", NAME), suites=numbers(SUITES[3]), groups=LEGACY)
    seen = shaken(renegotiate(asked, b"GET"), server(rsa_pem, ssl.TLSVersion.TLSv1_2))
    assert (seen.accepted, seen.is_secure, seen.is_known) == (0, True, True)
    assert "no_renegotiation" in seen.how


def whole(group: int, request: bytes | None = None) -> Script[Completed]:
    return handshake13(offer("TLSv1.3", NAME, ("http/1.1",)), (group,), request)


def test_tls_1_3(rsa_pem: Path, ec_pem: Path, ed_pem: Path) -> None:
    for path, scheme in ((rsa_pem, 0x0804), (ec_pem, 0x0403), (ed_pem, 0x0807)):
        seen = shaken(whole(X25519, b"hello"), server(path, ssl.TLSVersion.TLSv1_3), size=100)
        assert (seen.is_finished, seen.proved, seen.scheme) == (True, True, scheme), seen.detail
        assert seen.tickets
        assert (seen.answered, seen.said) == (True, b"hell")
        assert seen.client_auth == "none"
        assert seen.alpn == ""


def test_without_a_request_the_line_is_dropped(ec_pem: Path) -> None:
    seen = shaken(whole(X25519), server(ec_pem, ssl.TLSVersion.TLSv1_3))
    assert (seen.is_finished, seen.result.is_whole, seen.tickets) == (False, True, ())


def test_with_an_empty_request_it_is_listened_to(ec_pem: Path) -> None:
    seen = shaken(whole(X25519, b""), server(ec_pem, ssl.TLSVersion.TLSv1_3))
    assert (seen.is_finished, seen.answered) == (True, False)
    assert seen.tickets


@pytest.mark.parametrize("group", [29, 23, 24, 25, 30])
def test_groups_of_tls_1_3(ec_pem: Path, group: int) -> None:
    seen = shaken(whole(group), server(ec_pem, ssl.TLSVersion.TLSv1_3))
    assert seen.result.chain, seen.detail


def test_a_server_asks_for_a_group(ec_pem: Path) -> None:
    asked = handshake13(offer("TLSv1.3", NAME), ())
    assert shaken(asked, server(ec_pem, ssl.TLSVersion.TLSv1_3)).result.chain


def test_a_client_certificate_in_tls_1_3(ec_pem: Path) -> None:
    context = server(ec_pem, ssl.TLSVersion.TLSv1_3, wants=True)
    seen = shaken(whole(X25519, b"hello"), context)
    assert (seen.is_finished, seen.client_auth, seen.closed_by) == (False, "required", 116)
    assert seen.result.chain
    context.verify_mode = ssl.CERT_OPTIONAL
    assert shaken(whole(X25519, b"hello"), context).client_auth == "requested"


@pytest.mark.parametrize("group", COMPLETABLE_13)
def test_two_sides_agree(group: int) -> None:
    mine = key_pair(group)
    assert mine
    if group in KEMS:
        assert len(mine.agree(bytes(KEMS[group].ciphertext))) == 32
    elif group >= 0x1000:
        with pytest.raises(ValueError, match="length"):
            mine.agree(b"short")
    else:
        theirs = key_pair(group)
        assert theirs
        assert mine.agree(theirs.public) == theirs.agree(mine.public)


SIZES = {0x11EC: (1216, 1120), 0x11EB: (1249, 1153), 0x11ED: (1665, 1665)}


@pytest.mark.parametrize("group", SIZES)
def test_hybrids_have_their_parts_in_the_right_order(group: int) -> None:
    mine = key_pair(group)
    assert mine
    ours, theirs = SIZES[group]
    assert len(mine.public) == ours
    classical = key_pair({0x11EC: 29, 0x11EB: 23, 0x11ED: 24}[group])
    assert classical
    sealed = bytes(theirs - len(classical.public))
    share = sealed + classical.public if group == 0x11EC else classical.public + sealed
    assert len(mine.agree(share)) in {64, 80}


def test_no_key_of_an_unknown_group() -> None:
    assert key_pair(0x6399) is None


DONE = framed(message(14, b""))
SHARE = bytes([9]) + bytes(31)


def hello_13(share: bytes = SHARE) -> bytes:
    body = b"\x00\x1d" + vector(share)
    return server_hello(0x1301, extensions=extension(43, b"\x03\x04") + extension(51, body))


def test_a_version_that_was_not_asked_ends_it() -> None:
    asked = handshake13(offer("TLSv1.3", NAME), (X25519,))
    assert heard(asked, server_hello(0x1301)).result.kind is Kind.ANSWERED
    assert heard(legacy("TLSv1.2", SUITES[0]), server_hello(0x002F, version=0x0302)).session is None
    assert heard(legacy("TLSv1.2", SUITES[0]), end=Kind.TIMED_OUT).result.kind is Kind.TIMED_OUT


@pytest.mark.parametrize(
    ("name", "flight", "said"),
    [
        (SUITES[0], DONE, "holds no RSA key"),
        (SUITES[3], DONE, "no ServerKeyExchange"),
        (SUITES[3], framed(message(12, b"\3\0\x01" + vector(b"x", 1))) + DONE, "cannot complete"),
        (SUITES[3], framed(message(12, b"\3\0\x1d" + vector(b"x", 1))) + DONE, "X25519"),
        (SUITES[3], framed(message(12, b"\x09")), "curve type 9"),
        (SUITES[3], framed(message(11, b"")), "ends too early"),
        (SUITES[3], bytes((21, 3, 3, 0, 2, 2, 40)), "alert 40"),
        (SUITES[3], b"", "closed"),
        ("TLS_RSA_WITH_RC4_128_SHA", DONE, "not one we complete"),
        (
            "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            framed(message(12, vector(b"\x0b") + vector(b"\2") + vector(b"\0"))) + DONE,
            "out of range",
        ),
    ],
)
def test_what_cannot_be_completed_is_said(name: str, flight: bytes, said: str) -> None:
    suite = numbers(name)[0]
    seen = heard(legacy("TLSv1.2", name), server_hello(suite) + flight)
    assert seen.session is None
    assert said in seen.detail or said in str(seen.result.detail) or said == "closed"
    assert seen.client_auth == "none"


def dhe(prime: int, generator: int, public: int) -> bytes:
    values = (prime, generator, public)
    return b"".join(vector(one.to_bytes((one.bit_length() + 7) // 8, "big")) for one in values)


def test_a_finite_field_is_completed_as_far_as_our_finished() -> None:
    prime = (1 << 521) - 1
    name = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
    flight = framed(message(12, dhe(prime, 3, 9))) + DONE
    ticket = framed(message(4, b"short"))
    finished = framed(b"\1", content=20) + framed(bytes(40))
    seen = heard(
        legacy("TLSv1.2", name), server_hello(numbers(name)[0]) + flight, ticket + finished
    )
    assert seen.session is None
    assert "could not be opened" in seen.detail
    plain = framed(message(20, bytes(12)))
    wrong = heard(legacy("TLSv1.2", name), server_hello(numbers(name)[0]) + flight, plain)
    assert "does not verify" in wrong.detail
    refused = heard(
        legacy("TLSv1.2", name),
        server_hello(numbers(name)[0]) + flight,
        bytes((21, 3, 3, 0, 2, 1, 90)) + bytes((21, 3, 3, 0, 2, 2, 51)),
    )
    assert refused.refused_by == 51


def test_renegotiation_that_never_begins() -> None:
    asked = replace(offer("TLSv1.2", NAME), suites=numbers(SUITES[3]))
    seen = heard(renegotiate(asked, b"GET"), end=Kind.CLOSED)
    assert (seen.is_known, seen.accepted) == (False, 0)


def test_ended_says_how() -> None:
    assert Ended(Kind.CLOSED).detail == ""
