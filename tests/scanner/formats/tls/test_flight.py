"""One hello and its answer, sans I/O: a real TLS server in memory, and bytes that are none."""

import ssl
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.demo.authority import Authority
from scanner.formats.error import FormatError
from scanner.formats.tls import codes, messages, schedule
from scanner.formats.tls.flight import Flight, Kind, Result
from scanner.formats.tls.hello import Offer, client_hello, record, usual_suites

NAME = "agency.example"
VERSIONS = tuple(codes.VERSIONS)
ALERT_70 = bytes((21, 3, 1, 0, 2, 2, 70))
WARNING_112 = bytes((21, 3, 3, 0, 2, 1, 112))
CLOSE_NOTIFY = bytes((21, 3, 3, 0, 2, 1, 0))


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Authority(tmp_path_factory.mktemp("authority")).issue((NAME,))


def _server(pem: Path, *, only: ssl.TLSVersion, curve: str = "") -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = made.maximum_version = only
    made.load_cert_chain(pem)
    made.set_alpn_protocols(["http/1.1"])
    if curve:
        made.set_ecdh_curve(curve)
    return made


def _talk(server: ssl.SSLContext, version: str, *, size: int = 1 << 16) -> Result:
    """Let a flight speak with a server in memory, its bytes handed over in pieces."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    peer = server.wrap_bio(incoming, outgoing, server_side=True)
    flight = Flight(version, NAME, ("http/1.1",))
    incoming.write(flight.start())
    for _ in range(4):
        with suppress(ssl.SSLError):
            peer.do_handshake()
        data = outgoing.read()
        for start in range(0, len(data), size):
            if out := flight.feed(data[start : start + size]):
                incoming.write(out)
            if flight.result:
                return flight.result
    flight.end(Kind.TIMED_OUT)
    assert flight.result
    return flight.result


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_the_certificate_of_tls_1_3_is_read(pem: Path, size: int) -> None:
    seen = _talk(_server(pem, only=ssl.TLSVersion.TLSv1_3), "TLSv1.3", size=size)
    assert (seen.kind, seen.version, seen.alpn) == (Kind.ANSWERED, "TLSv1.3", "http/1.1")
    assert len(seen.certificates) == 2
    assert codes.group_name(seen.group or 0) == "x25519"


@pytest.mark.parametrize("curve", ["secp384r1", "secp521r1", "prime256v1", "X448"])
def test_a_second_hello_is_sent_where_it_is_asked_for(pem: Path, curve: str) -> None:
    try:
        server = _server(pem, only=ssl.TLSVersion.TLSv1_3, curve=curve)
    except ValueError:
        pytest.skip(f"this Python's TLS library cannot be limited to {curve}")
    seen = _talk(server, "TLSv1.3")
    assert seen.kind is Kind.ANSWERED
    assert len(seen.certificates) == 2


@pytest.mark.parametrize("size", [1, 1 << 16])
def test_tls_1_2(pem: Path, size: int) -> None:
    seen = _talk(_server(pem, only=ssl.TLSVersion.TLSv1_2), "TLSv1.2", size=size)
    assert (seen.kind, seen.version) == (Kind.ANSWERED, "TLSv1.2")
    assert len(seen.certificates) == 2
    assert seen.suite in usual_suites("TLSv1.2")


def test_another_version_is_refused_by_an_alert(pem: Path) -> None:
    assert _talk(_server(pem, only=ssl.TLSVersion.TLSv1_3), "TLSv1.2").kind is Kind.ALERTED
    assert _talk(_server(pem, only=ssl.TLSVersion.TLSv1_2), "TLSv1.3").kind is Kind.ALERTED


def _fed(*pieces: bytes, version: str = "TLSv1.2", end: Kind = Kind.CLOSED) -> Result:
    flight = Flight(version, NAME)
    flight.start()
    for piece in pieces:
        flight.feed(piece)
    flight.end(end)
    assert flight.result
    return flight.result


@pytest.mark.parametrize(
    ("pieces", "end", "kind", "alert"),
    [
        ((ALERT_70,), Kind.CLOSED, Kind.ALERTED, 70),
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
        ((bytes((22, 3, 3, 0, 4, 2, 0, 0, 0)),), Kind.CLOSED, Kind.MALFORMED, None),
        ((bytes((22, 3, 3, 0xFF, 0xFF)),), Kind.CLOSED, Kind.NOT_TLS, None),
    ],
)
def test_reactions(pieces: tuple[bytes, ...], end: Kind, kind: Kind, alert: int | None) -> None:
    seen = _fed(*pieces, end=end)
    assert (seen.kind, seen.alert) == (kind, alert)


def _server_hello(suite: int, *, version: int = 0x0303) -> bytes:
    body = struct.pack("!H", version) + bytes(32) + b"\x00" + struct.pack("!HB", suite, 0)
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return struct.pack("!BHH", 22, 0x0303, len(message)) + message


def test_an_older_version_in_answer_is_said() -> None:
    seen = _fed(_server_hello(usual_suites("TLSv1.2")[0], version=0x0302), end=Kind.CLOSED)
    assert (seen.kind, seen.version) == (Kind.ANSWERED, "TLSv1.1")


def test_a_suite_that_was_not_offered_is_no_answer() -> None:
    seen = _fed(_server_hello(0x1301))
    assert seen.kind is Kind.MALFORMED
    assert "not offered" in seen.detail


def test_what_never_ends_is_cut() -> None:
    flight = Flight("TLSv1.2", NAME)
    piece = struct.pack("!BHH", 20, 0x0303, 1) + b"\x01"
    for _ in range(60_000):
        flight.feed(piece)
        if flight.result:
            break
    assert flight.result
    assert flight.result.kind is Kind.MALFORMED


@given(st.lists(st.binary(max_size=200), max_size=5), st.sampled_from(VERSIONS))
def test_any_bytes_give_a_result(pieces: list[bytes], version: str) -> None:
    assert _fed(*pieces, version=version).kind in Kind


@given(st.binary(max_size=300), st.sampled_from(VERSIONS))
def test_any_handshake_message_gives_a_result(body: bytes, version: str) -> None:
    hello = _server_hello(usual_suites(version)[0], version=min(codes.VERSIONS[version], 0x0303))
    framed = struct.pack("!BHH", 22, 0x0303, len(body)) + body
    assert _fed(hello, framed, version=version).kind in Kind


@pytest.mark.parametrize("version", VERSIONS)
def test_hellos_have_a_shape_that_upsets_nobody(version: str) -> None:
    offer = Offer(version=version, server_name=NAME, suites=usual_suites(version))
    message = client_hello(offer)
    framed = record(message, version)
    assert framed[1:3] == (b"\x03\x00" if version == "SSLv3" else b"\x03\x01")
    assert not 256 <= len(message) <= 511
    assert len(usual_suites(version)) <= 125
    bare = client_hello(
        Offer(version=version, server_name=NAME, suites=(0x2F,), is_bare=True, random=bytes(32))
    )
    assert len(bare) < 256


def test_code_points_have_names() -> None:
    assert codes.suite_name(0x1301) == "TLS_AES_128_GCM_SHA256"
    assert codes.suite_name(0xFFFE) == "0xFFFE"
    assert codes.group_name(29) == "x25519"
    assert codes.group_name(0xFFFE) == "0xFFFE"
    assert codes.alerts()[70] == "protocol_version"


HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def _hello_13(group: int, share: bytes | None) -> bytes:
    """A ServerHello of TLS 1.3, or without a share a HelloRetryRequest."""
    random = bytes(32) if share is not None else HELLO_RETRY
    named = struct.pack("!H", group)
    body = named if share is None else named + struct.pack("!H", len(share)) + share
    extensions = struct.pack("!HHH", 43, 2, 0x0304) + struct.pack("!HH", 51, len(body)) + body
    inner = struct.pack("!H", 0x0303) + random + b"\x00" + struct.pack("!HB", 0x1301, 0)
    inner += struct.pack("!H", len(extensions)) + extensions
    message = b"\x02" + len(inner).to_bytes(3, "big") + inner
    return struct.pack("!BHH", 22, 0x0303, len(message)) + message


PROTECTED = struct.pack("!BHH", 23, 0x0303, 40) + bytes(40)
SHARE = bytes([9]) + bytes(31)


@pytest.mark.parametrize(
    ("pieces", "detail"),
    [
        ((_hello_13(23, bytes(65)),), "not one we complete"),
        ((_hello_13(29, bytes(3)),), "not a valid key"),
        ((_hello_13(29, SHARE), PROTECTED), "could not be opened"),
        ((_hello_13(29, SHARE), ALERT_70), ""),
        ((_hello_13(29, None),), "not one we complete"),
        ((_hello_13(0x11EC, None),), "not one we complete"),
    ],
)
def test_what_is_chosen_is_kept_though_no_certificate_comes(
    pieces: tuple[bytes, ...], detail: str
) -> None:
    seen = _fed(*pieces, version="TLSv1.3")
    assert (seen.kind, seen.version, seen.certificates) == (Kind.ANSWERED, "TLSv1.3", ())
    assert detail in seen.detail


def test_a_third_hello_is_never_sent() -> None:
    seen = _fed(_hello_13(24, None), _hello_13(23, None), version="TLSv1.3")
    assert seen.kind is Kind.MALFORMED
    assert "twice" in seen.detail


def test_a_flight_without_a_certificate_is_an_answer() -> None:
    done = struct.pack("!BHH", 22, 0x0303, 4) + b"\x0e\x00\x00\x00"
    seen = _fed(_server_hello(usual_suites("TLSv1.2")[0]), done)
    assert (seen.kind, seen.certificates) == (Kind.ANSWERED, ())


def test_an_end_before_the_beginning_is_no_answer() -> None:
    done = struct.pack("!BHH", 22, 0x0303, 4) + b"\x0e\x00\x00\x00"
    assert _fed(done).kind is Kind.CLOSED


def test_an_absurd_certificate_is_refused() -> None:
    size = messages.LARGEST_CERTIFICATE + 1
    one = size.to_bytes(3, "big") + bytes(size)
    body = len(one).to_bytes(3, "big") + one
    with pytest.raises(FormatError, match="bytes long"):
        messages.certificates(b"\x0b" + len(body).to_bytes(3, "big") + body, "TLSv1.2")


def test_a_record_of_nothing_but_padding_is_refused() -> None:
    ours, theirs = schedule.key_pair(29), schedule.key_pair(29)
    assert ours
    assert theirs
    opener = schedule.Decryptor(0x1301, ours.agree(theirs.public), b"transcript")
    sealed = opener._aead.encrypt(opener._iv, bytes(4), b"head")  # type: ignore[attr-defined]
    record_ = messages.Record(23, b"head", sealed)
    with pytest.raises(FormatError, match="holds nothing"):
        opener.open(record_)


def test_groups_that_are_not_completed() -> None:
    assert schedule.key_pair(0x11EC) is None


def test_a_long_hello_needs_no_padding() -> None:
    share = ((29, bytes(600)),)
    offer = Offer(version="TLSv1.3", server_name=NAME, suites=(0x1301,), shares=share)
    assert len(client_hello(offer)) > 600


def test_a_message_that_says_it_is_huge_is_refused() -> None:
    seen = _fed(struct.pack("!BHH", 22, 0x0303, 4) + b"\x02\xff\xff\xff")
    assert seen.kind is Kind.MALFORMED
    assert "bytes long" in seen.detail
