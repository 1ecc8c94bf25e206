"""The engine against real servers and fakes: what it finds, what it costs, what it does not say."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from scanner.formats.tls import codes, flaws
from scanner.gather.tls import injection, prober
from scanner.gather.tls.flaws import probe_flaws
from scanner.observation import NotObservedError, Reason, Role
from scanner.observation.tls import Order, Question, TlsServer, Verdict
from tests.scanner.formats.tls.fake import SUITE, Fake
from tests.scanner.formats.tls.talk import extension, framed, message, server_hello, vector
from tests.scanner.gather.tls.harness import (
    Answer,
    Serving,
    examined,
    fake,
    flaws_of,
    openssl,
    see,
    served,
)

PATIENCE = 1.0  # seconds to wait for what never comes

ALERT_40, ALERT_70 = bytes((21, 3, 3, 0, 2, 2, 40)), bytes((21, 3, 3, 0, 2, 2, 70))


def answers(server: TlsServer) -> dict[str, str]:
    return {str(one.question): one.answer for one in server.signs}


def test_everything_that_openssl_can(rsa_pem: Path) -> None:
    flags = ("-cert", str(rsa_pem), "-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1")
    with openssl(*flags, "-client_renegotiation") as port:
        seen = see(port)
    server = seen.server
    assert server.versions == ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0")
    assert server.knows_suites
    assert {one.order for one in server.protocols if one.accepted} == {Order.CLIENT}
    suites = set(server.answer("TLSv1.2").suites)
    assert {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_DH_anon_WITH_AES_128_CBC_SHA"} <= suites
    assert "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256" in suites
    assert {"x25519", "secp256r1", "ffdhe2048"} <= set(server.groups.names)
    assert server.groups.is_complete
    primes = {one.asked: one.bits for one in server.exchanges if one.kind == "dhe"}
    assert primes["plain"] >= 2048
    assert "anonymous" in primes
    said = answers(server)
    assert said["client-renegotiation"] == "secure 4"
    assert said["early-data"] == "none"
    assert said["ticket-resumption"] == "yes"
    assert said["fallback-scsv"] == "86"
    assert said["compression"] == "0"
    assert said["possession"] == "proved"
    assert said["grease"] == said["long-hello"] == "tolerated"
    assert {"extended_master_secret", "renegotiation_info"} <= set(
        server.answer("TLSv1.2").extensions
    )
    assert server.answer("TLSv1.2").sentinel == "1.3"


def test_early_data_is_read_from_the_ticket(ec_pem: Path) -> None:
    flags = ("-cert", str(ec_pem), "-early_data", "-max_early_data", "1000")
    with openssl(*flags, answers=False) as port:
        seen = see(port)
    assert seen.server.sign(Question.EARLY_DATA).answer == "1000"


def test_two_leaves_are_both_seen(rsa_pem: Path, ec_pem: Path) -> None:
    flags = ("-cert", str(rsa_pem), "-dcert", str(ec_pem), "-dkey", str(ec_pem))
    with openssl(*flags, "-serverpref") as port:
        seen = see(port)
    assert not isinstance(seen.served, NotObservedError)
    assert len(seen.served.own) == 2
    assert all(set(one.versions) == {"TLSv1.3", "TLSv1.2"} for one in seen.served.own)
    assert seen.server.answer("TLSv1.2").order in {Order.SERVER, Order.CHACHA}
    assert [one.accepted for one in seen.served.answers] == [True, True]


def test_a_client_certificate_is_noticed(ec_pem: Path) -> None:
    with openssl("-cert", str(ec_pem), "-Verify", "1", "-CAfile", str(ec_pem)) as port:
        seen = see(port)
    assert seen.server.sign(Question.CLIENT_AUTH).answer == "required"
    assert seen.server.versions == ("TLSv1.3", "TLSv1.2")


def test_the_cost_is_one_more_than_what_is_accepted(ec_pem: Path) -> None:
    suites = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
    with openssl("-cert", str(ec_pem), "-cipher", suites, "-groups", "X25519:P-256") as port:
        seen = see(port)
    assert len(seen.server.answer("TLSv1.2").suites) == 2
    assert set(seen.server.groups.names) == {"x25519", "secp256r1"}
    assert seen.server.volatile["connections"] <= 40


SIZES = {0x11EC: 1216, 0x001D: 32}


def hybrid_only(groups: tuple[int, ...]) -> Answer:
    """A canned server of TLS 1.3: it asks for the first group it knows, else it refuses."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(1 << 16)
        if hello[:1] != b"\x16" or b"\0\x2b\0" not in hello:
            writer.write(ALERT_70)
            return
        at = hello.index(b"\0\x0a", 60)
        while True:
            size = int.from_bytes(hello[at + 4 : at + 6], "big")
            if int.from_bytes(hello[at + 2 : at + 4], "big") == size + 2:
                break
            at = hello.index(b"\0\x0a", at + 1)
        listed = hello[at + 6 : at + 6 + size]
        offered = {int.from_bytes(listed[i : i + 2], "big") for i in range(0, size, 2)}
        wanted = next((one for one in groups if one in offered), None)
        if wanted is None:
            writer.write(ALERT_40)
            return
        session = hello[44 : 44 + hello[43]]
        start = 44 + hello[43] + 2
        count = int.from_bytes(hello[start - 2 : start], "big")
        if b"\x13\x01" not in hello[start : start + count]:
            writer.write(ALERT_40)
            return
        made = extension(43, b"\3\4") + extension(51, struct.pack("!H", wanted))
        body = b"\3\3" + codes.HELLO_RETRY + vector(session, 1) + b"\x13\x01\0" + vector(made)
        writer.write(framed(message(2, body)))
        await writer.drain()
        await reader.read(1 << 16)

    return answer


def test_a_hybrid_is_proved_by_what_the_server_asks_for() -> None:
    seen = asyncio.run(served(hybrid_only((0x11EC, 0x11ED, 0x001D)), seconds=3))
    assert seen.server.versions == ("TLSv1.3",)
    assert seen.server.groups.names == ("X25519MLKEM768", "SecP384r1MLKEM1024", "x25519")
    assert seen.server.groups.is_complete
    assert seen.server.answer("TLSv1.3").suites == ("TLS_AES_128_GCM_SHA256",)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits half a minute for a server that blocks."""
    monkeypatch.setattr(prober, "BACK_OFF", (0.01, 0.01))
    monkeypatch.setattr(prober, "LAST_BACK_OFF", 0.01)


def after(count: int, good: Answer, *, again_after: int = 1 << 30) -> Answer:
    """A server that resets everyone after so many connections, and perhaps relents."""
    seen = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        if count < seen <= again_after:
            await reader.read(1)
            writer.transport.abort()
            return
        await good(reader, writer)

    return answer


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("count", [3, 6, 9, 12])
def test_who_blocks_in_the_middle_is_not_acquitted(rsa_pem: Path, count: int) -> None:
    seen = asyncio.run(served(after(count, fake(rsa_pem)), seconds=5))
    server = seen.server
    assert server.stopped is Reason.BLOCKED
    assert (
        not all(one.is_settled for one in server.protocols)
        or not server.groups.is_complete
        or (any(one.reason for one in server.signs))
    )
    for one in server.protocols:
        if one.accepted is False:
            assert any(word in one.detail for word in ("control", "alert", "answered")), one


@pytest.mark.usefixtures("hasty")
def test_who_relents_is_asked_again(rsa_pem: Path) -> None:
    seen = asyncio.run(served(after(6, fake(rsa_pem), again_after=9), seconds=5))
    assert seen.server.stopped is None
    assert seen.server.answer("TLSv1.2").suites == (SUITE.name,)
    assert seen.server.knows_suites


def test_one_suite_of_a_fake_server(rsa_pem: Path) -> None:
    seen = asyncio.run(served(fake(rsa_pem, renegotiations=2), seconds=5))
    server = seen.server
    assert server.versions == ("TLSv1.2",)
    assert server.answer("TLSv1.2").suites == (SUITE.name,)
    assert answers(server)["client-renegotiation"] == "secure 2"
    assert answers(server)["ticket-resumption"] == "yes"
    assert "extended_master_secret" not in server.answer("TLSv1.2").extensions


@pytest.mark.parametrize(
    ("flaw", "name"),
    [
        ("heartbleed", "heartbleed"),
        ("ccs", "ccs-injection"),
        ("ticketbleed", "ticketbleed"),
        ("robot", "robot"),
        ("padding", "padding-oracle"),
        ("tls-poodle", "padding-oracle"),
    ],
)
def test_a_flaw_and_no_other_is_found(
    rsa_pem: Path,
    monkeypatch: pytest.MonkeyPatch,
    flaw: str,
    name: str,
) -> None:

    for one in ("HEARTBEAT_SECONDS", "CCS_SECONDS", "ORACLE_SECONDS", "PADDING_SECONDS"):
        monkeypatch.setattr(flaws, one, PATIENCE)
    seen = asyncio.run(flaws_of(fake(rsa_pem, flaw), thorough=True))
    verdicts = {one.name: one.verdict for one in seen.probes}
    assert verdicts.pop(name) is Verdict.VULNERABLE
    assert set(verdicts.values()) <= {Verdict.NOT_VULNERABLE}, seen
    if flaw == "tls-poodle":
        assert seen.probe(name).grade == "TLS-POODLE"
    if flaw == "robot":
        assert seen.probe(name).grade == "weak"


def test_answers_that_change_are_no_oracle(
    rsa_pem: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    for one in ("HEARTBEAT_SECONDS", "CCS_SECONDS", "ORACLE_SECONDS"):
        monkeypatch.setattr(flaws, one, PATIENCE)
    seen = asyncio.run(flaws_of(fake(rsa_pem, "robot-random", "no-tickets")))
    probe = seen.probe("robot")
    assert probe.verdict in {Verdict.UNKNOWN, Verdict.NOT_VULNERABLE}
    assert seen.probe("ticketbleed").verdict is not Verdict.VULNERABLE
    assert seen.probe("padding-oracle").reason is Reason.OUT_OF_SCOPE


def test_a_modern_server_has_none_of_the_flaws(ec_pem: Path) -> None:
    async def run(port: int) -> dict[str, Verdict]:

        return {one.name: one.verdict for one in (await probe_flaws(await examined(port))).probes}

    with openssl("-cert", str(ec_pem), "-tls1_3") as port:
        assert set(asyncio.run(run(port)).values()) == {Verdict.NOT_APPLICABLE}


def mail(pem: Path, *, obeys: bool = False) -> Answer:
    """SMTP before a fake server; one that obeys what was said before the handshake."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx.agency.example ESMTP\r\n")
        await reader.readline()
        writer.write(b"250-mx.agency.example\r\n250 STARTTLS\r\n")
        said = await reader.read(4096)
        writer.write(b"220 go on\r\n")
        one = Fake(pem)
        while not one.closed and (data := await reader.read(1 << 16)):
            writer.write(one.feed(data))
            if obeys and b"NOOP" in said and one.server and not one.next:
                writer.write(one.say(23, b"250 ok\r\n"))
                obeyed, said = True, b""
                assert obeyed
            await writer.drain()

    return answer


@pytest.mark.parametrize("obeys", [True, False])
def test_what_is_said_with_starttls(
    rsa_pem: Path,
    monkeypatch: pytest.MonkeyPatch,
    obeys: bool,
) -> None:

    monkeypatch.setattr(injection, "LISTEN_SECONDS", PATIENCE)
    for one in ("HEARTBEAT_SECONDS", "CCS_SECONDS", "ORACLE_SECONDS"):
        monkeypatch.setattr(flaws, one, PATIENCE)

    async def run() -> tuple[TlsServer, Verdict]:
        async with Serving(mail(rsa_pem, obeys=obeys)) as port:
            seen = await examined(port, role=Role.MAIL, seconds=5)
            probes = await probe_flaws(seen)
            return seen.server, probes.probe("starttls-injection").verdict

    server, verdict = asyncio.run(run())
    assert server.purpose == "mail"
    assert server.answer("TLSv1.2").suites == (SUITE.name,)
    assert verdict is (Verdict.VULNERABLE if obeys else Verdict.NOT_VULNERABLE)


async def _drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)
    for byte in server_hello(0xC02F):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.005)


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)
    while True:
        writer.write(framed(b"\1", content=20) * 100)
        await writer.drain()


async def _oversize(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)
    writer.write(b"\x16\3\3\xff\xff" + bytes(1 << 16))
    await writer.drain()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("answer", [_drips, _endless, _oversize], ids=["drips", "endless", "huge"])
def test_servers_that_are_none(answer: Answer) -> None:
    async def run() -> float:
        began = asyncio.get_running_loop().time()
        with suppress(NotObservedError):
            seen = await served(answer, seconds=1)
            assert not (seen.server.versions and seen.server.knows_suites)
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) < 40


def test_ssl_2_alone_is_found() -> None:
    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(1 << 16)
        if hello[:1] == b"\x16":
            return
        head = struct.pack("!BBBHHHH", 4, 0, 1, 2, 4, 3, 16)
        body = head + b"cert" + b"\1\0\x80" + bytes(16)
        writer.write(struct.pack("!H", 0x8000 | len(body)) + body)
        await writer.drain()
        await reader.read(1)

    seen = asyncio.run(served(old, seconds=2))
    assert seen.server.versions == ("SSLv2",)
    assert seen.server.answer("SSLv2").suites == ("SSL_CK_RC4_128_WITH_MD5",)
    assert isinstance(seen.served, NotObservedError)


def test_a_server_that_bears_only_short_hellos(rsa_pem: Path) -> None:
    async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one = Fake(rsa_pem)
        first = True
        while not one.closed and (data := await reader.read(1 << 16)):
            if first and len(data) > 255:
                return
            first = False
            writer.write(one.feed(data))
            await writer.drain()

    seen = asyncio.run(served(short, seconds=2))
    assert seen.server.hello != "everything"
    assert seen.server.versions == ("TLSv1.2",)
