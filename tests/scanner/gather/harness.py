"""Runs gatherers for one target against servers of the test, with nothing else of the engine."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

from scanner import registry
from scanner.clock import SystemClock
from scanner.engine import Plan, surroundings
from scanner.gather.budget import Limits
from scanner.gather.collector import Collector
from scanner.gather.dialer import Network, Route, Scope
from scanner.observation import Observation, Place
from scanner.targets import target

HOST = "www.agency.example"
ADDRESS = "127.86.0.1"
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GATHERERS = registry.load().gatherers


def observe(  # noqa: PLR0913 - keyword-only, what a test may want to set
    kind: type,
    *,
    ports: Mapping[int, Answer | None],
    host: str = HOST,
    hosts: Mapping[str, tuple[str, ...]] | None = None,
    resolvers: tuple[tuple[str, int], ...] = (("127.0.0.1", 9),),
    seconds: float = 1.0,
    authorised_by: str = "",
    lists: Mapping[type, Any] | None = None,
    allowed: tuple[str, ...] = ("127.0.0.0/8",),
    settings: Mapping[str, Any] | None = None,
    tls: ssl.SSLContext | None = None,
    extra: Mapping[int, int] | None = None,
    six: Mapping[int, Answer] | None = None,
) -> dict[Place, Observation]:
    """What the gatherers of a kind see, with a server of the test behind each port.

    With ``tls`` the one behind port 443 speaks it; ``extra`` routes further ports to ports; ``six``
    are servers of their own at the same ports of ``::1``.
    """

    async def run() -> dict[Place, Observation]:
        async with AsyncExitStack() as stack:
            routes = [Route("", port, None, to) for port, to in (extra or {}).items()]
            for port, answer in ports.items():
                context = tls if port == 443 else None
                to = await _listen(stack, answer, context)
                routes.append(Route("", port, None, to))
                if six and port in six:
                    await _listen(stack, six[port], context, address="::1", at=to)
            plan = Plan(
                checks={},
                gatherers=GATHERERS,
                lists=lists or {},
                limits=Limits(seconds=seconds, requests_per_second=0),
                network=Network(
                    allowed=allowed,
                    routes=tuple(routes),
                    hosts={HOST: (ADDRESS,)} if hosts is None else hosts,
                ),
                scope=Scope({host}, {"agency.example"}),
                resolvers=resolvers,
                user_agent="govscan/test",
                authorised_by=authorised_by,
                settings=settings or {},
            )
            around = await stack.enter_async_context(surroundings(plan, SystemClock()))
            collector = Collector(around.context(target(host, "agency")), GATHERERS)
            found = await collector.collect([kind], 60)
            return dict(found[kind])

    return asyncio.run(run())


async def _listen(
    stack: AsyncExitStack,
    answer: Answer | None,
    tls: ssl.SSLContext | None = None,
    *,
    address: str = ADDRESS,
    at: int = 0,
) -> int:
    """The port of a server, or of none."""

    async def safely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if answer:
                await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(safely, address, at, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    if answer is None:
        server.close()
        await server.wait_closed()
        return port
    stack.callback(server.close)
    return port


def saying(*pieces: bytes, then_hold: float = 0.0) -> Answer:
    """A server that reads a request, says this, and closes, or holds the line for a while."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1 << 16)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        await asyncio.sleep(then_hold)

    return answer


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything and says nothing."""
    del writer
    while await reader.read(1 << 16):
        pass


async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Cuts the connection as soon as something is said."""
    await reader.read(1)
    writer.transport.abort()
