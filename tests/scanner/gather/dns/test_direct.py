"""What one server's answer is worth, and a server that answers only without EDNS."""

from __future__ import annotations

import asyncio
import struct
from types import SimpleNamespace
from typing import Any

import dns.flags
import dns.message
import dns.rrset
import pytest

from scanner.gather.dns import delegation, direct
from scanner.gather.dns.direct import Line, heard
from scanner.gather.dns.servers import _first
from scanner.observation import NotObservedError, Reason
from scanner.observation.name_server import Delegation

ZONE, ADDRESS = "a.example", "127.89.0.9"
TEXT = "ns.a.example. h.a.example. 1 7200 3600 1209600 60"


def _reply(owner: str = ZONE, rcode: int = 0, *, rdtype: str = "SOA") -> dns.message.Message:
    reply = dns.message.make_response(dns.message.make_query(ZONE, "SOA"))
    reply.flags |= dns.flags.AA
    reply.set_rcode(rcode)
    if owner:
        text = TEXT if rdtype == "SOA" else "b.example."
        reply.answer.append(dns.rrset.from_text(f"{owner}.", 60, "IN", rdtype, text))
    return reply


@pytest.mark.parametrize(
    ("reply", "speaks"),
    [
        pytest.param(_reply(), True, id="its SOA"),
        pytest.param(_reply(rdtype="CNAME"), True, id="an alias at the apex"),
        pytest.param(_reply("example"), False, id="the SOA of another zone"),
        pytest.param(_reply(""), False, id="nothing"),
        pytest.param(_reply("", 3), False, id="no such name"),
        pytest.param(_reply(rcode=2), False, id="a failure with data"),
    ],
)
def test_an_answer_for_the_zone_holds_its_soa(reply: dns.message.Message, speaks: bool) -> None:
    async def ask() -> dns.message.Message:
        return reply

    assert asyncio.run(heard(ask, ZONE)).answer.speaks is speaks


def _plain_only(wire: bytes) -> bytes | None:
    asked = dns.message.from_wire(wire)
    if asked.edns >= 0:
        return None
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.AA
    reply.answer.append(dns.rrset.from_text(f"{ZONE}.", 60, "IN", "SOA", TEXT))
    return reply.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (answer := _plain_only(data)) is not None:
            self.transport.sendto(answer, addr)


async def _stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    (size,) = struct.unpack("!H", await reader.readexactly(2))
    answer = _plain_only(await reader.readexactly(size))
    if answer is not None:
        writer.write(struct.pack("!H", len(answer)) + answer)
        await writer.drain()
    writer.close()


def test_a_server_without_edns_is_asked_on_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also over TCP: its silence towards EDNS is no closed port."""
    monkeypatch.setattr(direct, "SECONDS", 0.3)

    async def run() -> None:
        server = await asyncio.start_server(_stream, ADDRESS, 0)
        port: int = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(_Datagrams, local_addr=(ADDRESS, port))
        line = Line((ADDRESS, port), "")
        try:
            with_edns, plain = await _first(line, ZONE)
            assert with_edns.reply is None
            assert plain is not None
            assert plain.answer.speaks
            assert (await line.tcp(direct.soa(ZONE), ZONE)).answer.speaks
        finally:
            transport.close()
            server.close()
            await server.wait_closed()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("cuts", "zone"),
    [
        pytest.param(("b.a.example", "a.example"), "b.a.example", id="the name itself"),
        pytest.param(("a.example",), "a.example", id="the domain above it"),
        pytest.param((), None, id="nobody says"),
    ],
)
def test_of_a_silent_zone_the_lowest_delegation_counts(
    monkeypatch: pytest.MonkeyPatch, cuts: tuple[str, ...], zone: str | None
) -> None:
    async def delegated(_: object, name: str) -> Delegation | NotObservedError:
        if name in cuts:
            return Delegation(name, "example", ("ns.example",), ("ns.lapsed.com",))
        return NotObservedError(Reason.SERVFAIL, "no answer")

    monkeypatch.setattr(delegation, "delegated", delegated)
    on: Any = SimpleNamespace(target=SimpleNamespace(host="www.b.a.example", registrable=ZONE))
    found = asyncio.run(delegation._lowest(on))
    assert (found.zone if isinstance(found, Delegation) else None) == zone
