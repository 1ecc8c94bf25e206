"""Examines one server of a test: a process, an asyncio server, or a fake with known flaws."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from msgspec.structs import replace

from scanner.clock import SystemClock
from scanner.gather.budget import Budget, Limits
from scanner.gather.dialer import Dialer, Network, Route, Scope
from scanner.gather.smtp.talk import starttls
from scanner.gather.tls.examine import Examined, examine
from scanner.gather.tls.flaws import probe_flaws
from scanner.gather.tls.prober import Prober
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.tls import TlsFlaws, TlsServer
from tests.scanner.formats.tls.fake import SUITE, Fake

HOST = "agency.example"
Answer: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def context(port: int, *, seconds: float = 20.0, role: Role = Role.WEB, **settings: Any) -> Any:
    """As much of a gatherer's context as an examination reads."""
    number = 25 if role is Role.MAIL else 443
    network = Network(("127.0.0.0/8",), (Route("", number, "127.0.0.1", port),))
    budget = Budget(Limits(seconds=seconds), SystemClock())
    return SimpleNamespace(
        dialer=Dialer(network, Scope({HOST}, {HOST}), budget),
        user_agent="govscan/test",
        helo_name="scanner.example",
        settings=settings,
    )


async def examined(port: int, *, role: Role = Role.WEB, **more: Any) -> Examined:
    """One whole examination."""
    on = context(port, role=role, **more)
    preamble = starttls("scanner.example") if role is Role.MAIL else None
    number = 25 if role is Role.MAIL else 443
    return await examine(on, Subject(role, HOST, number), "127.0.0.1", preamble)


def see(port: int, **more: Any) -> Examined:
    """The same, from a test that is not asynchronous."""
    return asyncio.run(examined(port, **more))


async def served(answer: Answer, **more: Any) -> Examined:
    """Examine an asyncio server of the test."""
    async with Serving(answer) as port:
        return await examined(port, **more)


class Serving:
    """An asyncio server, up inside the block; its port."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __aenter__(self) -> int:
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

        async def safely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self._open[task] = writer
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._open[task]

        self._server = await asyncio.start_server(safely, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task, writer in list(self._open.items()):
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0.05)


def fake(pem: Path, *flaws: str, renegotiations: int = 0) -> Answer:
    """A fake server with known flaws behind a socket."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one = Fake(pem, frozenset(flaws), renegotiations)
        while not one.closed and (data := await reader.read(1 << 16)):
            writer.write(one.feed(data))
            await writer.drain()

    return answer


async def flaws_of(answer: Answer, *, seconds: float = 20.0, **settings: Any) -> TlsFlaws:
    """What the probes say of an asyncio server."""
    async with Serving(answer) as port:
        on = context(port, seconds=seconds, **settings)
        asked = Prober(on, Subject(Role.WEB, HOST, 443), "127.0.0.1", None)
        asked.control = replace(asked.offer("TLSv1.2"), suites=(SUITE.number,))
        listed = Listed("TLSv1.2", [SUITE.number], is_complete=True)
        server = TlsServer.taking(TLSv12=(SUITE.name,))
        nothing = NotObservedError(Reason.NOT_SUPPORTED_BY_US)
        return await probe_flaws(Examined(server, nothing, asked, (listed,)))


def program() -> str:
    """OpenSSL's program, or why the test is skipped."""
    if found := shutil.which("openssl"):
        return found
    if os.environ.get("CI"):
        pytest.fail("openssl is not installed")
    pytest.skip("openssl is not installed")


@contextmanager
def openssl(*flags: str, answers: bool = True) -> Iterator[int]:
    """``openssl s_server`` with these flags; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [program(), "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", *flags]
    command += ["-www"] if answers else []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                said = process.stderr.read().decode() if process.poll() and process.stderr else ""
                assert process.poll() is None, said
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait(10)
        if process.stderr:
            process.stderr.close()
