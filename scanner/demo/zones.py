"""A DNS server for the practice government: a resolver for all of it, and its name servers."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL = 60
MOST_LINKS = 8
LARGEST = 65_535
Records: TypeAlias = Mapping[tuple[str, str], tuple[str, ...]]
Answer: TypeAlias = Callable[[dns.message.Message], dns.message.Message | None]


class Zones:
    """Records by (name, type), names in lower case without the last dot."""

    def __init__(self, records: Records, *, zone: str = "", recursive: bool = False) -> None:
        self._records = records
        self._zone = zone
        self._recursive = recursive
        self._names = {name for name, _ in records}

    def answer(self, asked: dns.message.Message) -> dns.message.Message | None:
        """The reply: data, NODATA or NXDOMAIN; a server refuses what is not of its zone."""
        reply = dns.message.make_response(asked, recursion_available=self._recursive)
        name = _plain(asked.question[0].name)
        rdtype = dns.rdatatype.to_text(asked.question[0].rdtype)
        if not self._recursive and not _is_below(name, self._zone):
            reply.set_rcode(dns.rcode.REFUSED)
            return reply
        if not self._recursive:
            reply.flags |= dns.flags.AA
        self._fill(reply, name, rdtype)
        return reply

    def _fill(self, reply: dns.message.Message, name: str, rdtype: str) -> None:
        for _ in range(MOST_LINKS):
            if target := self._records.get((name, "CNAME")):
                reply.answer.append(_rrset(name, "CNAME", target))
                if rdtype == "CNAME":
                    return
                name = target[0].rstrip(".")
                continue
            if found := self._records.get((name, rdtype)):
                reply.answer.append(_rrset(name, rdtype, found))
            else:
                self._deny(reply, name)
            return

    def _deny(self, reply: dns.message.Message, name: str) -> None:
        if not any(_is_below(one, name) for one in self._names):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        apex = f"{name}".rpartition(".")[2] or "example"
        soa = f"ns.{apex}. hostmaster.{apex}. 1 3600 600 1209600 {TTL}"
        reply.authority.append(_rrset(apex, "SOA", (soa,)))


def _is_below(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _rrset(name: str, rdtype: str, texts: tuple[str, ...]) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(f"{name}.", TTL, "IN", rdtype, list(texts))


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        reply = _replied(self._answer, data)
        if reply and self._transport:
            self._transport.sendto(_datagram(reply), peer)


def _datagram(reply: dns.message.Message) -> bytes:
    """What fits; else nothing but the sign that it was cut (RFC 2181 9)."""
    try:
        return reply.to_wire(max_size=1232)
    except dns.exception.TooBig:
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire(max_size=1232)


def _replied(answer: Answer, data: bytes) -> dns.message.Message | None:
    try:
        asked = dns.message.from_wire(data)
    except dns.exception.DNSException:
        return None
    return answer(asked) if asked.question else None


async def serve(answer: Answer, address: str, port: int) -> list[Any]:
    """Answer over UDP and TCP; what is returned is to be closed."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Udp(answer), local_addr=(address, port)
    )

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            if reply := _replied(answer, await reader.readexactly(length)):
                wire = reply.to_wire(max_size=LARGEST)
                writer.write(struct.pack("!H", len(wire)) + wire)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    return [transport, await asyncio.start_server(talk, address, port)]
