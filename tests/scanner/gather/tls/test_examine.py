"""One address examined: real servers of OpenSSL, and servers that are none."""

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest

from scanner.clock import SystemClock
from scanner.demo.authority import Authority
from scanner.gather.budget import Budget, Limits
from scanner.gather.dialer import Dialer, Network, Route, Scope
from scanner.gather.tls.examine import Examined, examine
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.tls import CertificateChain

HOST = "a.example"
Answer: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _program() -> str:
    if found := shutil.which("openssl"):
        return found
    if os.environ.get("CI"):
        pytest.fail("openssl is not installed")
    pytest.skip("openssl is not installed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _openssl(pem: Path, flags: tuple[str, ...]) -> Iterator[int]:
    port = _free_port()
    command = [_program(), "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(pem)]
    process = subprocess.Popen(
        [*command, "-quiet", "-www", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.kill()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None
            time.sleep(0.05)
        else:
            return
    pytest.fail("openssl s_server did not start")


async def _examine(port: int, seconds: float = 20.0) -> Examined:
    network = Network(("127.0.0.0/8",), (Route("", 443, "127.0.0.1", port),))
    budget = Budget(Limits(seconds=seconds), SystemClock())
    on: Any = SimpleNamespace(
        dialer=Dialer(network, Scope({HOST}, {HOST}), budget),
        user_agent="govscan/test",
        helo_name="scanner.example",
    )
    return await examine(on, Subject(Role.WEB, HOST, 443), "127.0.0.1")


async def _with(answer: Answer) -> Examined:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        return await _examine(server.sockets[0].getsockname()[1], 0.5)


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1 << 16):
        pass


async def _closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)


async def _resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _speaks_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("flags", "versions", "group"),
    [
        pytest.param(("-tls1_3",), ("TLSv1.3",), "x25519", id="1.3 only"),
        pytest.param(("-tls1_2",), ("TLSv1.2",), "secp256r1", id="1.2 only"),
        pytest.param(
            ("-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"),
            ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0"),
            "x25519",
            id="1.0 to 1.3",
        ),
        pytest.param(("-groups", "P-384"), ("TLSv1.3", "TLSv1.2"), "secp384r1", id="retry"),
    ],
)
def test_a_real_server(
    tmp_path: Path, flags: tuple[str, ...], versions: tuple[str, ...], group: str
) -> None:
    with _openssl(Authority(tmp_path).issue((HOST,)), flags) as port:
        examined = asyncio.run(_examine(port))
    server, chain = examined.server, examined.chain
    assert server.versions == versions
    assert server.is_complete
    assert server.other_protocol == ""
    assert server.answer(versions[0]).group == group
    assert isinstance(chain, CertificateChain)
    assert (chain.name, chain.version) == (HOST, versions[0])
    assert chain.certificates


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(_silent, Reason.TIMEOUT, id="silent"),
        pytest.param(_closes, Reason.TLS_HANDSHAKE_FAILED, id="closes"),
        pytest.param(_resets, Reason.TLS_HANDSHAKE_FAILED, id="resets"),
    ],
)
def test_what_never_answers_raises_its_reason(answer: Answer, reason: Reason) -> None:
    with pytest.raises(NotObservedError) as caught:
        asyncio.run(_with(answer))
    assert caught.value.reason is reason
    assert caught.value.reached


def test_another_protocol_is_named() -> None:
    examined = asyncio.run(_with(_speaks_http))
    server, chain = examined.server, examined.chain
    assert "HTTP/1.1 400" in server.other_protocol
    assert server.versions == ()
    assert isinstance(chain, NotObservedError)
    assert chain.reason is Reason.TLS_HANDSHAKE_FAILED
