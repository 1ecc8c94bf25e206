"""TLS servers that others wrote, and servers that are none."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from scanner.demo.authority import Authority
from scanner.gather.tls import prober
from scanner.observation import Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.tls import CertificateChain, TlsServer
from tests.conftest import needs_program
from tests.scanner.gather.harness import ADDRESS, HOST, Answer, observe, resetting, saying, silent

PLACE = Place(Subject(Role.WEB, HOST, 443), ADDRESS)
ALERT_40 = bytes((21, 3, 3, 0, 2, 2, 40))
ALERT_80 = bytes((21, 3, 3, 0, 2, 2, 80))


def _server(answer: Answer | None) -> Observed[TlsServer] | Unobserved:
    seen = observe(TlsServer, ports={443: answer})[PLACE]
    assert isinstance(seen, Observed | Unobserved)
    return seen


def _piped(port: int) -> Answer:
    """Hands everything to a server of another process."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(1 << 16):
                sink.write(data)
                await sink.drain()
            sink.close()

        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.transport.abort()

    return answer


@contextmanager
def _openssl(pem: Path, *flags: str) -> Iterator[int]:
    program = needs_program("openssl")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [program, "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(pem)]
    process = subprocess.Popen(
        [*command, "-quiet", "-www", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.parametrize(
    ("flags", "versions", "group"),
    [
        (("-tls1_3",), ("TLSv1.3",), "x25519"),
        (("-tls1_2",), ("TLSv1.2",), "secp256r1"),
        (
            ("-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"),
            ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0"),
            "x25519",
        ),
        (("-groups", "P-384"), ("TLSv1.3", "TLSv1.2"), "secp384r1"),
        (
            ("-no_tls1_3", "-min_protocol", "TLSv1.1", "-cipher", "ALL:@SECLEVEL=0"),
            ("TLSv1.2", "TLSv1.1"),
            "secp256r1",
        ),
    ],
)
def test_openssl(
    tmp_path: Path, flags: tuple[str, ...], versions: tuple[str, ...], group: str
) -> None:
    pem = Authority(tmp_path).issue((HOST,))
    with _openssl(pem, *flags) as port:
        seen = observe(TlsServer, ports={443: _piped(port)})[PLACE]
        chain = observe(CertificateChain, ports={443: _piped(port)})[PLACE]
    assert isinstance(seen, Observed), seen
    assert seen.value.versions == versions
    assert seen.value.is_complete
    assert seen.value.answer(versions[0]).group == group
    assert isinstance(chain, Observed)
    assert chain.value.version == versions[0]
    assert len(chain.value.certificates) >= 1


@pytest.mark.parametrize(
    ("answer", "reason", "reached"),
    [
        pytest.param(None, Reason.REFUSED, False, id="refuses"),
        pytest.param(silent, Reason.TIMEOUT, True, id="silent"),
        pytest.param(resetting, Reason.TLS_HANDSHAKE_FAILED, True, id="resets"),
        pytest.param(saying(), Reason.TLS_HANDSHAKE_FAILED, True, id="closes"),
        pytest.param(saying(ALERT_40), Reason.TLS_HANDSHAKE_FAILED, True, id="refuses all"),
        pytest.param(saying(ALERT_80), Reason.TLS_HANDSHAKE_FAILED, True, id="fails inside"),
    ],
)
def test_what_never_answers_is_unknown(
    answer: Answer | None, reason: Reason, reached: bool
) -> None:
    seen = _server(answer)
    assert isinstance(seen, Unobserved), seen
    assert (seen.reason, seen.reached) == (reason, reached)


def test_another_protocol_is_an_answer() -> None:
    seen = _server(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    assert isinstance(seen, Observed)
    assert "HTTP/1.1" in seen.value.other_protocol
    assert seen.value.versions == ()


def _old_versions(tmp_path: Path, port: int, old: Answer) -> Answer:
    """A real server for new hellos; what an old hello gets is the test's."""
    good = _piped(port)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(11)
        rest = asyncio.StreamReader()
        rest.feed_data(head)
        if head[9:11] in {b"\x03\x01", b"\x03\x00", b"\x03\x02"}:
            await old(reader, writer)
            return

        async def forward() -> None:
            with suppress(OSError):
                while data := await reader.read(1 << 16):
                    rest.feed_data(data)
            rest.feed_eof()

        await asyncio.gather(forward(), good(rest, writer))

    del tmp_path
    return answer


@pytest.mark.parametrize(
    ("old", "accepted", "reason"),
    [
        pytest.param(resetting, False, None, id="reset twice, control good"),
        pytest.param(saying(), False, None, id="closed twice, control good"),
        pytest.param(silent, None, Reason.TIMEOUT, id="silence settles nothing"),
        pytest.param(saying(b"\x16\x03\x01"), False, None, id="cut short twice"),
    ],
)
def test_a_version_is_refused_by_more_than_silence(
    tmp_path: Path, old: Answer, accepted: bool | None, reason: Reason | None
) -> None:
    pem = Authority(tmp_path).issue((HOST,))
    with _openssl(pem) as port:
        seen = observe(TlsServer, ports={443: _old_versions(tmp_path, port, old)})[PLACE]
    assert isinstance(seen, Observed), seen
    answer = seen.value.answer("TLSv1.0")
    assert (answer.accepted, answer.reason) == (accepted, reason)
    assert seen.value.answer("TLSv1.2").accepted


def test_a_server_that_shuts_after_some_connections_is_not_acquitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prober, "BACK_OFF", (0.01,))
    monkeypatch.setattr(prober, "LAST_BACK_OFF", 0.01)
    pem = Authority(tmp_path).issue((HOST,))
    count = 0
    with _openssl(pem) as port:
        good = _piped(port)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal count
            count += 1
            await (good if count <= 3 else resetting)(reader, writer)

        seen = observe(TlsServer, ports={443: answer})[PLACE]
    assert isinstance(seen, Observed)
    for version in ("TLSv1.1", "TLSv1.0", "SSLv3"):
        told = seen.value.answer(version)
        assert (told.accepted, told.reason) == (None, Reason.BLOCKED)
