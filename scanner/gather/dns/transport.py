"""Sends one question to one server: UDP with a bound, TCP on truncation; forged replies ignored."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import dns.exception
import dns.flags
import dns.message

from scanner.observation import NotObservedError, Reason

LARGEST = 65_535
BAD = (dns.exception.DNSException, ValueError, struct.error)


class _Datagrams(asyncio.DatagramProtocol):
    """Waits for the datagram that answers one question; anything else is not for us."""

    def __init__(self, asked: dns.message.Message) -> None:
        self._asked = asked
        self.reply: asyncio.Future[dns.message.Message] = asyncio.get_running_loop().create_future()
        self.garbage = 0

    def datagram_received(self, data: bytes, _peer: Any) -> None:  # noqa: ANN401 - asyncio's
        """Take the first datagram that is an answer to this question (RFC 5452 9.1)."""
        if self.reply.done():
            return
        reply = _parsed(data, self._asked)
        if reply is None:
            self.garbage += 1
        else:
            self.reply.set_result(reply)

    def error_received(self, error: Exception) -> None:
        """The socket is connected, so an ICMP refusal arrives here."""
        if not self.reply.done():
            self.reply.set_exception(error)


def _parsed(data: bytes, asked: dns.message.Message) -> dns.message.Message | None:
    try:
        reply = dns.message.from_wire(
            data,
            one_rr_per_rrset=False,
            ignore_trailing=True,
            raise_on_truncation=False,
        )
    except BAD:
        return None
    return reply if asked.is_response(reply) else None


async def by_udp(
    asked: dns.message.Message,
    server: tuple[str, int],
    seconds: float,
    source: str = "",
) -> dns.message.Message:
    """Ask by datagram; a connected socket takes replies of this peer only.

    Raises ``OSError``, ``TimeoutError``, and ``NotObservedError`` for nothing but garbage.
    """
    loop = asyncio.get_running_loop()
    local = (source, 0) if source else None
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: _Datagrams(asked), remote_addr=server, local_addr=local
    )
    try:
        transport.sendto(asked.to_wire())
        async with asyncio.timeout(seconds):
            return await protocol.reply
    except TimeoutError:
        if protocol.garbage:
            text = f"{server[0]} sent what is no answer to the question"
            raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True) from None
        raise
    finally:
        transport.close()


async def by_tcp(
    asked: dns.message.Message,
    server: tuple[str, int],
    seconds: float,
    source: str = "",
) -> dns.message.Message:
    """Ask by stream (RFC 7766); at most 64 KiB are read."""
    local = (source, 0) if source else None
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(*server, local_addr=local)
        try:
            wire = asked.to_wire()
            writer.write(struct.pack("!H", len(wire)) + wire)
            reply = _parsed(await read_frame(reader), asked)
        except asyncio.IncompleteReadError:
            text = f"{server[0]} closed the connection before it answered"
            raise NotObservedError(Reason.RESET, text, reached=True) from None
        finally:
            writer.transport.abort()
    if reply is None:
        text = f"{server[0]} sent what is no answer to the question"
        raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    return reply


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """One message of a stream: two bytes of length, then as many."""
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    return await reader.readexactly(length)


def is_cut(reply: dns.message.Message) -> bool:
    """Whether the answer did not fit a datagram."""
    return bool(reply.flags & dns.flags.TC)
