"""Runs one script on one connection, after STARTTLS where the service speaks SMTP first."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from scanner.formats.tls.wire import Ended, Heard, Kind, Say, Script
from scanner.gather.gatherer import Context
from scanner.observation import Subject

CONNECTION_SECONDS = 30.0
T = TypeVar("T")
Preamble: TypeAlias = Callable[[socket.socket], Awaitable[None]]


async def perform(
    on: Context, subject: Subject, address: str, script: Script[T], preamble: Preamble | None = None
) -> T:
    """The result of a script on a connection of its own.

    Raises where not even that could be asked: no connection, no STARTTLS.
    """
    most = on.dialer.budget.limits.seconds
    async with on.dialer.connect(subject, address, seconds=CONNECTION_SECONDS) as sock:
        if preamble:
            await preamble(sock)
        return await converse(sock, script, most)


async def converse(sock: socket.socket, script: Script[T], most: float) -> T:
    """Do the script's input and output; ``most`` seconds for one answer."""
    loop = asyncio.get_running_loop()
    until = loop.time() + CONNECTION_SECONDS - 1
    try:
        say = next(script)
        while True:
            say = script.send(await _say(sock, say, min(most, until - loop.time())))
    except StopIteration as done:
        result: T = done.value
        return result


async def _say(sock: socket.socket, say: Say, most: float) -> Heard:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(max(0.0, min(say.seconds, most))):
            if say.data:
                await loop.sock_sendall(sock, say.data)
            data = await loop.sock_recv(sock, 1 << 16)
    except TimeoutError:
        return Ended(Kind.TIMED_OUT, "no answer in time")
    except OSError as error:
        return Ended(Kind.RESET, str(error))
    return data or Ended(Kind.CLOSED, "the connection was closed")
