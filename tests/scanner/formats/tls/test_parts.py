"""The small parts: key exchanges, primes, SSL 2.0, signatures, what a server accepts, joins."""

from __future__ import annotations

import hashlib
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from scanner.fact import TLS_RSA_KEYS, TLS_VERSIONS, Members, Unknown
from scanner.formats.certificate_examples import leaf
from scanner.formats.error import FormatError
from scanner.formats.run_examples import absent, known, unknown
from scanner.formats.tls import codes, sslv2
from scanner.formats.tls.accepted import accepted, is_cbc, is_small_block, names, rank
from scanner.formats.tls.groups import X25519, key_pair
from scanner.formats.tls.handshake13 import Completed, handshake13
from scanner.formats.tls.hello import offer
from scanner.formats.tls.key_exchange import key_exchange
from scanner.formats.tls.keys import rsa_keys
from scanner.formats.tls.legacy_keys import Direction, Flaw, Protection
from scanner.formats.tls.messages import Record, Records, server_hello
from scanner.formats.tls.primes import is_probable_prime, prime_name
from scanner.formats.tls.reader import Reader
from scanner.formats.tls.schedule import Protection as Protection13
from scanner.formats.tls.schedule import Schedule
from scanner.formats.tls.shared_key import gathered
from scanner.formats.tls.signature import HASHES, curve_of, verifies
from scanner.formats.tls.wire import Ended, Kind, Say
from scanner.observation import Reason, Unobserved
from scanner.observation.tls import (
    ProtocolAnswer,
    ServedCertificates,
    ServedChain,
    TlsServer,
)
from tests.scanner.formats.tls.conftest import NAME
from tests.scanner.formats.tls.talk import extension, framed, heard, message, vector

ECDHE = codes.suites_by_name()["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
DHE = codes.suites_by_name()["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"]
EXPORT = codes.suites_by_name()["TLS_RSA_EXPORT_WITH_RC4_40_MD5"]
PSK = codes.suites_by_name()["TLS_DHE_PSK_WITH_AES_128_CBC_SHA"]
SRP = codes.suites_by_name()["TLS_SRP_SHA_WITH_AES_128_CBC_SHA"]
ANON = codes.suites_by_name()["TLS_ECDH_anon_WITH_AES_128_CBC_SHA"]
FINITE = vector(b"\x17") + vector(b"\2") + vector(b"\5")


def test_a_named_curve_and_what_signed_it() -> None:
    params = b"\3\0\x1d" + vector(b"point", 1)
    seen = key_exchange(message(12, params + b"\4\1" + vector(b"sig")), ECDHE, "TLSv1.2")
    assert seen
    assert (seen.kind, seen.group, seen.public) == ("ecdhe", 29, b"point")
    assert (seen.scheme, seen.signature, seen.params) == (0x0401, b"sig", params)
    old = key_exchange(message(12, params + vector(b"sig")), ECDHE, "TLSv1.0")
    assert old
    assert (old.scheme, old.signature) == (0, b"sig")
    bare = key_exchange(message(12, params), ANON, "TLSv1.2")
    assert bare
    assert bare.signature == b""


def test_finite_fields() -> None:
    seen = key_exchange(message(12, FINITE), DHE, "TLSv1.2")
    assert seen
    assert (seen.kind, seen.bits, seen.generator) == ("dhe", 5, b"\2")
    assert seen.public_hash == hashlib.sha256(b"\5").hexdigest()[:16]
    hinted = key_exchange(message(12, vector(b"hint") + FINITE), PSK, "TLSv1.2")
    assert hinted
    assert hinted.params == FINITE
    export = key_exchange(message(12, vector(bytes(63) + b"\1") + vector(b"\3")), EXPORT, "TLSv1.0")
    assert export
    assert export.kind == "rsa-export"
    assert key_exchange(message(12, b""), SRP, "TLSv1.2") is None


def test_curves_that_are_written_out() -> None:
    five = b"".join(vector(b"x", 1) for _ in range(5))
    prime = message(12, b"\1" + vector(b"p", 1) + five + vector(b"point", 1))
    seen = key_exchange(prime, ANON, "TLSv1.2")
    assert seen
    assert (seen.is_explicit, seen.public) == (True, b"point")
    for basis, count in ((1, 6), (2, 8)):
        parts = b"".join(vector(b"x", 1) for _ in range(count))
        body = b"\2\0\xa3" + bytes([basis]) + parts + vector(b"point", 1)
        found = key_exchange(message(12, body), ANON, "TLSv1.2")
        assert found
        assert (found.is_explicit, found.public) == (True, b"point")
    with pytest.raises(FormatError, match="curve type 9"):
        key_exchange(message(12, b"\x09"), ANON, "TLSv1.2")


def test_well_known_primes_have_names() -> None:
    oakley = (
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22"
        "514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6"
        "F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381"
        "FFFFFFFFFFFFFFFF"
    )
    assert prime_name(b"\0" + bytes.fromhex(oakley)) == "RFC 2409 group 2"
    assert prime_name(b"\x17").startswith("sha256:")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2, True),
        (1, False),
        (4, False),
        (7, True),
        (91, False),
        ((1 << 521) - 1, True),
        (((1 << 127) - 1) * ((1 << 89) - 1), False),
        ((1 << 89) - 1, True),
        (9973 * 9967, False),
        (65537, True),
        ((1 << 3000) + 1, True),
        (1 << 3000, False),
    ],
)
def test_primes(number: int, expected: bool) -> None:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    assert is_probable_prime(data) is expected


def ssl2(body: bytes) -> bytes:
    return struct.pack("!H", 0x8000 | len(body)) + body


def server_hello_2(kinds: bytes, *, version: int = 2, kind: int = 4) -> bytes:
    head = struct.pack("!BBBHHHH", kind, 0, 1, version, 4, len(kinds), 16)
    return ssl2(head + b"cert" + kinds + bytes(16))


def test_ssl_2_lists_its_kinds_at_once() -> None:
    seen = heard(sslv2.ask_sslv2(), server_hello_2(b"\1\0\x80\7\0\xc0"))
    assert (seen.kind, seen.kinds, seen.certificate) == (
        Kind.ANSWERED,
        (0x010080, 0x0700C0),
        b"cert",
    )
    cut = server_hello_2(b"")
    assert heard(sslv2.ask_sslv2(), cut[:1], cut[1:7], cut[7:]).kinds == ()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (bytes((21, 3, 0, 0, 2, 2, 40)), Kind.ALERTED),
        (ssl2(b"\0\0\1"), Kind.ALERTED),
        (ssl2(b"\x09"), Kind.MALFORMED),
        (ssl2(b""), Kind.CLOSED),
        (server_hello_2(b"", version=3), Kind.MALFORMED),
        (b"\0\4\0" + b"\4\0\1\0", Kind.MALFORMED),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(40_000), Kind.MALFORMED),
        (b"", Kind.CLOSED),
    ],
)
def test_what_is_no_ssl_2(answer: bytes, kind: Kind) -> None:
    assert heard(sslv2.ask_sslv2(), *([answer] if answer else [])).kind is kind


@given(st.lists(st.binary(max_size=100), max_size=4))
def test_any_bytes_are_an_answer_to_ssl_2(pieces: list[bytes]) -> None:
    assert heard(sslv2.ask_sslv2(), *filter(None, pieces)).kind in Kind


def _dsa_leaf() -> tuple[bytes, dsa.DSAPrivateKey]:
    key = dsa.generate_private_key(1024)  # noqa: S505 - what old servers have
    name = x509.Name([])
    signer = rsa.generate_private_key(65537, 2048)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(signer, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER), key


class Whirl(hashes.HashAlgorithm):
    """A hash that no library knows."""

    name = "whirl"
    digest_size = 32
    block_size = 64


def test_a_hash_that_the_library_lacks_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    der, key = _dsa_leaf()
    monkeypatch.setitem(HASHES, "WHIRL", Whirl())
    signature = key.sign(b"data", hashes.SHA256())
    assert verifies(der, "dsa_whirl", signature, b"data") is None


def test_signatures(rsa_pem: Path) -> None:
    der, key = _dsa_leaf()
    signature = key.sign(b"data", hashes.SHA256())
    assert verifies(der, "dsa_sha256", signature, b"data") is True
    assert verifies(der, "dsa_sha256", signature, b"other") is False
    assert verifies(b"no certificate", "dsa_sha256", b"", b"") is None
    rsa_der = x509.load_pem_x509_certificate(rsa_pem.read_bytes()).public_bytes(Encoding.DER)
    assert verifies(rsa_der, "rsa_pkcs1_sha256", bytes(256), b"data") is False
    assert verifies(rsa_der, "", bytes(3), b"data") in {False, None}
    assert verifies(rsa_der, "rsa_pkcs1_none", bytes(3), b"data") is None
    assert curve_of(rsa_der) == ""
    assert curve_of(leaf()) == "secp256r1"
    private = load_pem_private_key(rsa_pem.read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    keys = rsa_keys(ServedCertificates.of(rsa_der))
    assert isinstance(keys, Members)
    assert len(keys.values) == 1
    assert rsa_keys(ServedCertificates.of(leaf())) == Members(())
    assert rsa_keys(ServedCertificates(NAME, (ServedChain((), ("TLSv1.2",)),))) == Members(())
    assert isinstance(rsa_keys(Unobserved(Reason.TIMEOUT)), Unknown)


def test_what_is_accepted() -> None:
    kinds = ("SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "0x123456")
    server = TlsServer.taking(SSLv2=kinds, TLSv12=(ECDHE.name, "0xFFFE"))
    found = accepted(server)
    assert [one.text for one in found] == [
        f"TLSv1.2 {ECDHE.name}",
        "SSLv2 SSL_CK_RC4_128_WITH_MD5",
        "SSLv2 SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
    ]
    assert is_small_block(found[2].suite)
    assert is_cbc(found[2].suite)
    assert names(found, 1).endswith("and 2 more")
    wanted = {ECDHE.name: 0, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": 1}
    wanted |= {"TLS_RSA_WITH_AES_128_GCM_SHA256": 2, "TLS_RSA_WITH_3DES_EDE_CBC_SHA": 3}
    wanted |= {ANON.name: 4, EXPORT.name: 4}
    known_suites = codes.suites_by_name()
    assert {name: rank(known_suites[name]) for name in wanted} == wanted


A, B = "web:www.agency.example:443", "mail:mx1.agency.example:25"


def test_facts_of_a_run_are_joined_by_service() -> None:
    found = gathered(
        (
            known(TLS_VERSIONS, A, ("SSLv2",), complete=False),
            known(TLS_RSA_KEYS, A, ("k",)),
            known(TLS_VERSIONS, B, ("TLSv1.2",)),
            known(TLS_VERSIONS, "web:a.agency.example:443", None),
            absent(TLS_RSA_KEYS, "web:c.agency.example:443"),
            unknown(TLS_RSA_KEYS, "web:b.agency.example:443", Reason.TIMEOUT),
        )
    )
    assert [(one.subject, one.speaks, one.reason) for one in found] == [
        (B, False, Reason.DEPENDENCY_MISSING),
        ("web:a.agency.example:443", False, Reason.DEPENDENCY_MISSING),
        ("web:b.agency.example:443", False, Reason.TIMEOUT),
        (A, True, Reason.TIMEOUT),
    ]


def test_an_unknown_version_is_written_as_a_number() -> None:
    hello = message(2, b"\3\3" + bytes(33) + b"\x13\x01\0")
    seen = server_hello(hello)
    assert (seen.version, seen.sentinel, seen.cookie, seen.alpn) == ("TLSv1.2", "", b"", "")


@given(st.binary(max_size=400))
def test_any_bytes_are_records_or_an_error(data: bytes) -> None:
    with suppress(FormatError):
        assert all(len(one.header) == 5 for one in Records().feed(data))


def test_a_padding_of_none_can_be_made_wrong() -> None:
    suite = codes.suites_by_name()["TLS_RSA_WITH_AES_128_CBC_SHA"]
    keys = Direction(bytes(20), bytes(16), bytes(16))
    for size in range(16):
        sealed = Protection(suite, "TLSv1.2", keys).seal(23, bytes(size), Flaw(padding=1))
        with pytest.raises(FormatError):
            Protection(suite, "TLSv1.2", keys).open(Record(23, sealed[:5], sealed[5:]))
        etm = Protection(suite, "TLSv1.2", keys, etm=True).seal(23, bytes(size), Flaw(mac=1))
        with pytest.raises(FormatError):
            Protection(suite, "TLSv1.2", keys, etm=True).open(Record(23, etm[:5], etm[5:]))


class Server13:
    """A server of TLS 1.3 that says, encrypted, whatever a test wants."""

    def __init__(self, *messages: bytes, content: int = 22, good: bool = False) -> None:
        self._messages, self._content, self._good = messages, content, good

    def answer(self, hello: bytes) -> bytes:
        """The whole flight to a hello in its record."""
        mine = key_pair(X25519)
        assert mine
        client = hello[5:]
        at = client.index(b"\x00\x1d\x00\x20") + 4
        share = b"\x00\x1d" + vector(mine.public)
        made = extension(43, b"\x03\x04") + extension(51, share)
        body = b"\3\3" + bytes(32) + vector(b"", 1) + b"\x13\x01\0" + vector(made)
        chosen = message(2, body)
        transcript = client + chosen
        schedule = Schedule(0x1301, mine.agree(client[at : at + 32]), transcript)
        self.schedule = schedule
        out = framed(chosen)
        for one in self._messages:
            out += schedule.server.seal(self._content, one)
            transcript += one
        if self._good:
            finished = message(20, schedule.server.finished(transcript))
            out += schedule.server.seal(22, finished)
            transcript += finished
        self.client, self.server = schedule.application(transcript)
        return out


def spoken(server: Server13, *after: tuple[int, bytes], request: bytes | None = None) -> Completed:
    """Shake hands with such a server; ``after`` is what it says when both have finished."""
    script = handshake13(offer("TLSv1.3", NAME), (X25519,), request)
    said: Say = next(script)
    try:
        script.send(server.answer(said.data))
        for content, data in after:
            script.send(server.server.seal(content, data))
        while True:
            script.send(Ended(Kind.CLOSED))
    except StopIteration as done:
        result: Completed = done.value
        return result


CERTIFICATE = message(11, b"\0" + vector(vector(leaf(), 3) + vector(b""), 3))


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (Server13(message(8, b"\0\1")), "ends too early"),
        (Server13(message(20, bytes(32))), "does not verify"),
        (Server13(b"\2\x28", content=21), "alert 40"),
        (Server13(b"x", content=23), "broke off"),
        (Server13(message(15, b"\4\3" + vector(b"x"))), "broke off"),
        (Server13(message(25, b""), CERTIFICATE, message(15, b"\4\3" + vector(b"x"))), "broke off"),
    ],
)
def test_a_handshake_that_goes_wrong_says_where(server: Server13, said: str) -> None:
    seen = spoken(server)
    assert said in seen.detail
    assert not seen.is_finished


def test_a_wrong_signature_is_no_proof() -> None:
    verify = message(15, b"\4\3" + vector(b"x"))
    seen = spoken(Server13(message(8, vector(b"")), CERTIFICATE, verify, good=True))
    assert (seen.proved, seen.result.is_whole) == (False, True)
    assert seen.result.chain


def test_what_comes_after_the_handshake() -> None:
    parts = (message(8, vector(b"")), CERTIFICATE)
    garbled = spoken(Server13(*parts, good=True), (22, message(4, b"")), request=b"x")
    assert "ends too early" in garbled.detail
    other = spoken(
        Server13(*parts, good=True), (22, message(24, b"\0")), (21, b"\1\0"), request=b"x"
    )
    assert (other.is_finished, other.answered) == (True, False)


def test_a_record_of_nothing_but_padding_is_refused() -> None:
    sealed = Protection13(0x1301, bytes(32))
    record = sealed._aead.encrypt(sealed._nonce(), bytes(4), b"head")
    with pytest.raises(FormatError, match="holds nothing"):
        Protection13(0x1301, bytes(32)).open(Record(23, b"head", record))


def test_a_hello_retry_without_a_group_is_answered_with_its_cookie() -> None:
    made = extension(43, b"\x03\x04") + extension(44, vector(b"cookie"))
    body = b"\3\3" + codes.HELLO_RETRY + vector(b"", 1) + b"\x13\x01\0" + vector(made)
    script = handshake13(offer("TLSv1.3", NAME), (X25519,))
    next(script)
    again = script.send(framed(message(2, body)))
    assert b"cookie" in again.data
    assert Reader(b"x").is_done is False
    assert ProtocolAnswer("TLSv1.3", accepted=False).is_settled
