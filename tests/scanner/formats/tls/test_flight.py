"""One hello and its answer, sans I/O: a real TLS server in memory, and bytes that are none."""

from __future__ import annotations

import ssl
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.demo.authority import Authority
from scanner.formats.error import FormatError
from scanner.formats.tls import codes, messages
from scanner.formats.tls.flight import Result, ask
from scanner.formats.tls.handshake13 import handshake13
from scanner.formats.tls.hello import (
    Offer,
    Shape,
    client_hello,
    offer,
    rare_suites,
    record,
    suites_of_13,
    usual_suites,
)
from scanner.formats.tls.messages import (
    certificate_request,
    certificate_status,
    session_ticket,
)
from scanner.formats.tls.wire import Kind
from tests.scanner.formats.tls.talk import (
    extension,
    framed,
    heard,
    message,
    server_hello,
    shaken,
    vector,
)

NAME = "agency.example"
VERSIONS = tuple(codes.VERSIONS)
ALERT_70 = bytes((21, 3, 1, 0, 2, 2, 70))
STRANGE_ALERT = bytes((21, 0, 0, 0, 2, 2, 70))
WARNING_112 = bytes((21, 3, 3, 0, 2, 1, 112))
CLOSE_NOTIFY = bytes((21, 3, 3, 0, 2, 1, 0))
DONE = framed(message(14, b""))


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Authority(tmp_path_factory.mktemp("authority")).issue((NAME,))


def server(pem: Path, *, only: ssl.TLSVersion) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = made.maximum_version = only
    made.load_cert_chain(pem)
    made.set_alpn_protocols(["http/1.1"])
    return made


@pytest.mark.parametrize("size", [1, 1 << 16])
def test_tls_1_2(pem: Path, size: int) -> None:
    asked = offer("TLSv1.2", NAME, ("http/1.1",))
    seen = shaken(ask(asked), server(pem, only=ssl.TLSVersion.TLSv1_2), size=size)
    assert (seen.kind, seen.version, seen.is_whole) == (Kind.ANSWERED, "TLSv1.2", True)
    assert len(seen.chain) == 2
    assert seen.suite in usual_suites()
    assert seen.exchange
    assert seen.exchange.group in {23, 29}
    assert seen.hello
    assert seen.hello.alpn == "http/1.1"
    assert seen.hello.sentinel in {"", "1.3"}


def test_tls_1_3_names_suite_and_group_without_a_key(pem: Path) -> None:
    seen = shaken(ask(offer("TLSv1.3", NAME)), server(pem, only=ssl.TLSVersion.TLSv1_3))
    assert seen.hello
    assert (seen.kind, seen.version, seen.hello.is_retry) == (Kind.ANSWERED, "TLSv1.3", True)
    assert seen.hello.group == 29
    assert seen.suite in suites_of_13()


def test_another_version_is_refused_by_an_alert(pem: Path) -> None:
    newer = server(pem, only=ssl.TLSVersion.TLSv1_3)
    assert shaken(ask(offer("TLSv1.2", NAME)), newer).kind is Kind.ALERTED
    older = server(pem, only=ssl.TLSVersion.TLSv1_2)
    refused = shaken(ask(offer("TLSv1.3", NAME)), older)
    assert (refused.kind, refused.text) == (Kind.ALERTED, "alert 70 (protocol_version)")


def fed(*pieces: bytes, version: str = "TLSv1.2", end: Kind = Kind.CLOSED) -> Result:
    return heard(ask(offer(version, NAME)), *pieces, end=end)


@pytest.mark.parametrize(
    ("pieces", "end", "kind", "alert"),
    [
        ((ALERT_70,), Kind.CLOSED, Kind.ALERTED, 70),
        ((STRANGE_ALERT,), Kind.CLOSED, Kind.ALERTED, 70),
        (tuple(bytes((byte,)) for byte in ALERT_70), Kind.CLOSED, Kind.ALERTED, 70),
        ((WARNING_112,), Kind.CLOSED, Kind.ALERTED, 112),
        ((WARNING_112,), Kind.TIMED_OUT, Kind.ALERTED, 112),
        ((WARNING_112,), Kind.RESET, Kind.RESET, None),
        ((CLOSE_NOTIFY,), Kind.CLOSED, Kind.CLOSED, None),
        ((), Kind.CLOSED, Kind.CLOSED, None),
        ((), Kind.RESET, Kind.RESET, None),
        ((), Kind.TIMED_OUT, Kind.TIMED_OUT, None),
        ((b"HTTP/1.1 400 Bad Request\r\n",), Kind.CLOSED, Kind.NOT_TLS, None),
        ((b"SSH-2.0-x\r\n",), Kind.CLOSED, Kind.NOT_TLS, None),
        ((bytes((21, 3, 3, 0, 1, 2)),), Kind.CLOSED, Kind.MALFORMED, None),
        ((framed(message(2, b"")),), Kind.CLOSED, Kind.MALFORMED, None),
        ((WARNING_112, b"garbage"), Kind.CLOSED, Kind.MALFORMED, None),
        ((bytes((22, 3, 3, 0xFF, 0xFF)),), Kind.CLOSED, Kind.NOT_TLS, None),
        ((DONE,), Kind.CLOSED, Kind.MALFORMED, None),
        ((framed(b"\1", content=20), ALERT_70), Kind.CLOSED, Kind.ALERTED, 70),
    ],
)
def test_reactions(pieces: tuple[bytes, ...], end: Kind, kind: Kind, alert: int | None) -> None:
    seen = fed(*pieces, end=end)
    assert (seen.kind, seen.alert) == (kind, alert)
    assert seen.text


def test_after_a_warning_reading_goes_on() -> None:
    seen = fed(WARNING_112 + server_hello(usual_suites()[0]), DONE)
    assert (seen.kind, seen.is_whole) == (Kind.ANSWERED, True)


def test_an_older_version_in_answer_is_said() -> None:
    seen = fed(server_hello(usual_suites()[0], version=0x0302))
    assert (seen.kind, seen.version) == (Kind.ANSWERED, "TLSv1.1")
    assert seen.text == "answered with TLSv1.1"
    assert fed(server_hello(usual_suites()[0], version=0x0399)).version == "0x0399"


def test_a_suite_that_was_not_offered_is_no_answer() -> None:
    seen = fed(server_hello(0x1301))
    assert seen.kind is Kind.MALFORMED
    assert "not offered" in seen.detail


def test_what_never_ends_is_cut() -> None:
    seen = fed(*(framed(b"\1", content=20) for _ in range(60_000)))
    assert seen.kind is Kind.MALFORMED
    assert "256 KiB" in seen.detail


@given(st.lists(st.binary(max_size=200), max_size=5), st.sampled_from(VERSIONS))
def test_any_bytes_give_a_result(pieces: list[bytes], version: str) -> None:
    assert fed(*pieces, version=version).kind in Kind


@given(
    st.sampled_from([11, 12, 13, 14, 22, 4, 0]),
    st.binary(max_size=300),
    st.sampled_from(VERSIONS),
    st.sampled_from(
        [
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
            "TLS_DH_anon_WITH_RC4_128_MD5",
        ]
    ),
)
def test_any_handshake_message_gives_a_result(
    kind: int, body: bytes, version: str, name: str
) -> None:
    suite = codes.suites_by_name()[name].number
    hello = server_hello(suite, version=min(codes.VERSIONS[version], 0x0303))
    assert fed(hello, framed(message(kind, body)), version=version).kind in Kind


@pytest.mark.parametrize("version", VERSIONS)
def test_hellos_have_a_shape_that_upsets_nobody(version: str) -> None:
    asked = offer(version, NAME, ("h2",))
    sent = client_hello(asked)
    assert record(sent, version)[1:3] == (b"\x03\x00" if version == "SSLv3" else b"\x03\x01")
    assert not 256 <= len(sent) <= 511
    assert len(asked.suites) <= 125
    bare = Offer(version, NAME, (0x2F,), random=bytes(32), shape=Shape.BARE)
    assert len(client_hello(bare)) < 64
    named = Offer(version, NAME, (0x2F,), random=bytes(32), shape=Shape.NAME)
    assert (NAME.encode() in client_hello(named)) is (version != "SSLv3")
    nameless = Offer(version, "", (0x2F,), random=bytes(32), shape=Shape.NAME)
    assert len(client_hello(nameless)) < 64


def test_a_hello_can_be_made_long() -> None:
    for version in ("TLSv1.3", "TLSv1.2"):
        made = Offer(version, NAME, (0x1301,), length=1700, extra=((0x2A2A, b""),))
        assert len(client_hello(made)) == 1700


def test_a_plain_hello_holds_nothing_new() -> None:
    made = Offer("TLSv1.2", NAME, (0x2F,), (23,), (0x0401,), shape=Shape.PLAIN)
    assert len(client_hello(made)) < 256
    silent = Offer(
        "TLSv1.2",
        NAME,
        (0x2F,),
        (23,),
        (0x0401,),
        renegotiation=None,
        ticket=None,
        extended_master_secret=False,
    )
    assert len(client_hello(silent)) < len(
        client_hello(Offer("TLSv1.2", NAME, (0x2F,), (23,), (0x0401,)))
    )


def test_every_suite_is_in_one_hello_or_another() -> None:
    rare = [one for part in rare_suites() for one in part]
    every = {*usual_suites(), *suites_of_13(), *rare}
    assert every >= {
        number for number, one in codes.suites().items() if one.kx != "any" or one.min == "TLSv1.3"
    }
    assert max(map(len, rare_suites())) <= 125


def test_code_points_have_names() -> None:
    assert codes.suite_name(0x1301) == "TLS_AES_128_GCM_SHA256"
    assert codes.suite_name(0xFFFE) == "0xFFFE"
    assert codes.group_name(29) == "x25519"
    assert codes.group_name(0xFFFE) == "0xFFFE"
    assert codes.scheme_name(0x0804) == "rsa_pss_rsae_sha256"
    assert codes.scheme_name(0xFFFE) == "0xFFFE"
    assert codes.alert_text(70) == "alert 70 (protocol_version)"
    assert codes.alert_text(7) == "alert 7"
    assert codes.extension_name(23) == "extended_master_secret"
    assert codes.extension_name(9999) == "0x270F"
    assert codes.cipher_kinds()[0x010080].name == "SSL_CK_RC4_128_WITH_MD5"
    assert codes.groups_by_name()["x25519"].number == 29


def hello_13(group: int, share: bytes | None, *, cookie: bytes = b"") -> bytes:
    """A ServerHello of TLS 1.3, or without a share a HelloRetryRequest."""
    named = struct.pack("!H", group)
    body = named if share is None else named + vector(share)
    made = extension(43, b"\x03\x04") + extension(51, body)
    if cookie:
        made += extension(44, vector(cookie))
    random = bytes(32) if share is not None else codes.HELLO_RETRY
    return server_hello(0x1301, random=random, extensions=made)


PROTECTED = framed(bytes(40), content=23)
SHARE = bytes([9]) + bytes(31)


@pytest.mark.parametrize(
    ("pieces", "detail"),
    [
        ((hello_13(23, bytes(65)),), "not one we complete"),
        ((hello_13(29, bytes(3)),), "not a valid key"),
        ((hello_13(29, SHARE), PROTECTED), "could not be opened"),
        ((hello_13(29, SHARE), ALERT_70), "alert 70"),
        ((hello_13(29, None),), "needed no asking"),
        ((hello_13(0x6399, None),), "cannot complete"),
        ((hello_13(0x0001, None),), "needed no asking"),
    ],
)
def test_what_is_chosen_is_kept_though_no_certificate_comes(
    pieces: tuple[bytes, ...], detail: str
) -> None:
    seen = heard(handshake13(offer("TLSv1.3", NAME), (29,)), *pieces)
    assert seen.result.version == "TLSv1.3"
    assert seen.result.chain == ()
    assert not seen.is_finished
    assert detail in seen.detail + seen.result.detail


def test_a_third_hello_is_never_sent() -> None:
    seen = heard(handshake13(offer("TLSv1.3", NAME), (29,)), hello_13(24, None), hello_13(23, None))
    assert seen.result.kind is Kind.MALFORMED
    assert "twice" in seen.result.detail


def test_a_flight_without_a_certificate_is_an_answer() -> None:
    seen = fed(server_hello(usual_suites()[0]), DONE)
    assert (seen.kind, seen.chain) == (Kind.ANSWERED, ())


def test_a_flight_that_breaks_off_keeps_what_came() -> None:
    seen = fed(server_hello(usual_suites()[0]), ALERT_70)
    assert (seen.kind, seen.is_whole, seen.detail) == (
        Kind.ANSWERED,
        False,
        "alert 70 (protocol_version)",
    )


def test_an_absurd_certificate_is_refused() -> None:
    size = messages.LARGEST_CERTIFICATE + 1
    body = vector(vector(bytes(size), 3), 3)
    with pytest.raises(FormatError, match="bytes long"):
        messages.certificates(message(11, body), "TLSv1.2")


def test_a_message_that_says_it_is_huge_is_refused() -> None:
    seen = fed(framed(b"\x02\xff\xff\xff"))
    assert seen.kind is Kind.MALFORMED
    assert "bytes long" in seen.detail


def test_what_stands_beside_a_leaf() -> None:
    staple = b"\1" + vector(b"OCSP", 3)
    entry = vector(b"leaf", 3) + vector(extension(5, staple) + extension(18, b"SCT"))
    other = vector(b"issuer", 3) + vector(b"")
    served = messages.certificates(message(11, b"\0" + vector(entry + other, 3)), "TLSv1.3")
    assert (served.chain, served.staple, served.scts) == ((b"leaf", b"issuer"), b"OCSP", b"SCT")
    assert certificate_status(message(22, staple)) == b"OCSP"
    assert certificate_status(message(22, b"\2" + vector(b"list", 3))) == b""


def test_a_whole_old_flight_is_kept() -> None:
    suite = codes.suites_by_name()["TLS_RSA_WITH_AES_128_CBC_SHA"].number
    seen = fed(
        server_hello(suite, extensions=extension(18, b"SCT")),
        framed(message(11, vector(vector(b"leaf", 3), 3))),
        framed(message(22, b"\1" + vector(b"OCSP", 3))),
        framed(message(13, b"\1\1" + vector(b"\4\1") + vector(b""))),
        DONE,
    )
    assert (seen.chain, seen.staple, seen.scts) == ((b"leaf",), b"OCSP", b"SCT")
    assert seen.wants_client_certificate


def test_tickets() -> None:
    old = session_ticket(message(4, struct.pack("!I", 300) + vector(b"ticket")), "TLSv1.2")
    assert (old.lifetime, old.ticket, old.early_data) == (300, b"ticket", None)
    head = struct.pack("!II", 7200, 9) + vector(b"n", 1) + vector(b"ticket")
    new = session_ticket(
        message(4, head + vector(extension(42, struct.pack("!I", 16384)))), "TLSv1.3"
    )
    assert (new.lifetime, new.early_data) == (7200, 16384)
    assert session_ticket(message(4, head + vector(b"")), "TLSv1.3").early_data is None


def test_certificate_requests() -> None:
    old = message(13, b"\1\1" + vector(b"\4\1") + vector(b""))
    assert certificate_request(old, "TLSv1.2") == (0x0401,)
    assert certificate_request(message(13, b"\1\1" + vector(b"")), "TLSv1.1") == ()
    new = message(13, b"\0" + vector(extension(13, vector(b"\4\3\x08\4"))))
    assert certificate_request(new, "TLSv1.3") == (0x0403, 0x0804)
