"""SMTP as far as STARTTLS, on a plain socket that TLS can go on with (RFC 5321, RFC 3207)."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from scanner.observation import NotObservedError, Reason

GREETING_SECONDS = 30.0
REPLY_SECONDS = 20.0
MOST_BYTES = 16 << 10
READY = 220
LATER = range(400, 500)
_CONTINUES = re.compile(rb"\d{3}-")
_LINE = re.compile(rb"^(\d{3})([ -])(.*)$")


class Reply(NamedTuple):
    """A reply: its code, and the text of each line."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it is quoted: code and first line."""
        return f"{self.code} {self.lines[0] if self.lines else ''}".strip()[:200]


async def greeting(sock: socket.socket) -> Reply:
    """What the server says first."""
    return await _reply(sock, GREETING_SECONDS)


async def command(sock: socket.socket, text: str) -> Reply:
    """Say one line, and read the reply."""
    await asyncio.get_running_loop().sock_sendall(sock, text.encode("ascii") + b"\r\n")
    return await _reply(sock, REPLY_SECONDS)


async def hello(sock: socket.socket, helo_name: str) -> tuple[Reply, Reply]:
    """The greeting and the reply to EHLO; raise where the server does not talk to us."""
    first = await greeting(sock)
    _expect(first, "the greeting", READY)
    said = await command(sock, f"EHLO {helo_name}")
    return first, said


async def farewell(sock: socket.socket) -> None:
    """QUIT without waiting for the reply: a server that will not talk to us may have gone."""
    with suppress(OSError):
        await asyncio.get_running_loop().sock_sendall(sock, b"QUIT\r\n")


def starttls(helo_name: str) -> Callable[[socket.socket], Awaitable[None]]:
    """What is said before a TLS hello can be sent."""

    async def prepare(sock: socket.socket) -> None:
        await hello(sock, helo_name)
        _expect(await command(sock, "STARTTLS"), "the reply to STARTTLS", READY)

    return prepare


def _expect(reply: Reply, what: str, code: int) -> None:
    if reply.code == code:
        return
    reason = Reason.RATE_LIMITED if reply.code in LATER else Reason.BLOCKED
    text = f"{what} was {reply.text!r}"
    raise NotObservedError(reason, text, reached=True)


async def _reply(sock: socket.socket, seconds: float) -> Reply:
    """All lines of one reply; bytes after its end are an error: nothing was asked yet."""
    loop = asyncio.get_running_loop()
    data = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while not _is_whole(data):
                chunk = await loop.sock_recv(sock, 4096)
                if not chunk:
                    text = "the server closed the connection in the middle of a reply"
                    raise NotObservedError(Reason.RESET, text, reached=True)
                data += chunk
                if len(data) > MOST_BYTES:
                    text = "a reply is longer than 16 KiB"
                    raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    except TimeoutError:
        text = "the mail server did not reply in time"
        raise NotObservedError(Reason.TIMEOUT, text, reached=True) from None
    return _parsed(bytes(data))


def _is_whole(data: bytearray) -> bool:
    if not data.endswith(b"\n"):
        return False
    last = bytes(data).rstrip(b"\r\n").rpartition(b"\n")[2]
    return _CONTINUES.match(last) is None


def _parsed(data: bytes) -> Reply:
    lines = [line.rstrip(b"\r") for line in data.rstrip(b"\r\n").split(b"\n")]
    found = [_LINE.match(line + (b" " if len(line) == 3 else b"")) for line in lines]  # noqa: PLR2004
    if not all(found) or len({one[1] for one in found if one}) != 1:
        text = "what the port sends is not SMTP"
        raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    codes = [int(one[1]) for one in found if one]
    return Reply(codes[0], tuple(one[3].decode("latin-1")[:300] for one in found if one))
