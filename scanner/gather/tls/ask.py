"""One hello on one connection, after STARTTLS where the service speaks SMTP first."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from scanner.formats.tls.flight import Flight, Kind, Result
from scanner.gather.gatherer import Context
from scanner.observation import Role, Subject

CONNECTION_SECONDS = 20.0
HELLO_SECONDS = 8.0
ALPN = ("h2", "http/1.1")

Preamble: TypeAlias = Callable[[socket.socket], Awaitable[None]]


async def ask(
    on: Context, subject: Subject, address: str, version: str, preamble: Preamble | None = None
) -> Result:
    """The reaction to one hello of one version.

    Raises where not even that could be asked: no connection, no STARTTLS.
    """
    alpn = ALPN if subject.role is Role.WEB else ()
    flight = Flight(version, subject.host, alpn)
    async with on.dialer.connect(subject, address, seconds=CONNECTION_SECONDS) as sock:
        if preamble:
            await preamble(sock)
        try:
            async with asyncio.timeout(min(HELLO_SECONDS, on.dialer.budget.limits.seconds)):
                await _exchange(sock, flight)
        except TimeoutError:
            flight.end(Kind.TIMED_OUT, "no answer in time")
        except OSError as error:
            flight.end(Kind.RESET, str(error))
    return flight.result or Result(Kind.MALFORMED)


async def _exchange(sock: socket.socket, flight: Flight) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, flight.start())
    while not flight.result:
        data = await loop.sock_recv(sock, 1 << 16)
        if not data:
            flight.end(Kind.CLOSED, "the connection was closed")
            return
        if out := flight.feed(data):
            await loop.sock_sendall(sock, out)
