"""Questions to one authoritative server: each bounded, each counted, nothing of a transfer kept."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeAlias

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from scanner.formats.dnssec.signature import tag
from scanner.gather.dialer import unobserved
from scanner.gather.dns.message import Way, plain, question
from scanner.gather.dns.transport import by_tcp, by_udp, is_cut, read_frame
from scanner.observation import NotObservedError, Reason
from scanner.observation.name_server import DirectAnswer, SeenSignature, Timers, Transfer

SECONDS = 3.0
TCP_SECONDS = 5.0
LONGEST_TRANSFER = 64 << 10
MOST_SEEN = 32
Reply: TypeAlias = dns.message.Message


class Heard(NamedTuple):
    """What was said, and the message where there was one."""

    answer: DirectAnswer
    reply: Reply | None


class Line:
    """One server's address: asks, counts what it asked, and leaves EDNS out where it fails."""

    def __init__(self, server: tuple[str, int], source: str) -> None:
        self.server = server
        self.questions = 0
        self.uses_edns = True
        self._source = source

    async def udp(self, asked: dns.message.QueryMessage, zone: str = "") -> Heard:
        """By datagram, once more over TCP where it was cut."""

        async def ask() -> Reply:
            self.questions += 1
            self._fit(asked)
            reply = await by_udp(asked, self.server, SECONDS, self._source)
            if is_cut(reply):
                self.questions += 1
                return await by_tcp(asked, self.server, TCP_SECONDS, self._source)
            return reply

        return await heard(ask, zone)

    async def tcp(self, asked: dns.message.QueryMessage, zone: str = "") -> Heard:
        """By stream."""

        async def ask() -> Reply:
            self.questions += 1
            self._fit(asked)
            return await by_tcp(asked, self.server, TCP_SECONDS, self._source)

        return await heard(ask, zone)

    def _fit(self, asked: dns.message.QueryMessage) -> None:
        """Without EDNS, for a server that answers only so (RFC 6891 7)."""
        if not self.uses_edns:
            asked.use_edns(edns=False)

    async def transfer(self, zone: str) -> Transfer:
        """Ask for the zone; leave at the first record after the SOA (RFC 5936)."""
        self.questions += 1
        asked = dns.message.make_query(zone, "AXFR")
        asked.flags = dns.flags.Flag(0)
        try:
            async with asyncio.timeout(TCP_SECONDS):
                return await self._transfer(asked)
        except ConnectionRefusedError:
            return Transfer(given=False, detail="no TCP connection", reason=Reason.REFUSED)
        except (ConnectionError, asyncio.IncompleteReadError):
            return Transfer(given=False, detail="the connection was closed")
        except (NotObservedError, OSError) as error:
            known = unobserved(error)
            return Transfer(given=False, detail=known.detail, reason=known.reason)

    async def _transfer(self, asked: dns.message.QueryMessage) -> Transfer:
        local = (self._source, 0) if self._source else None
        reader, writer = await asyncio.open_connection(*self.server, local_addr=local)
        records, read = 0, 0
        try:
            wire = asked.to_wire()
            writer.write(struct.pack("!H", len(wire)) + wire)
            while read < LONGEST_TRANSFER:
                frame = await read_frame(reader)
                read += len(frame)
                found = _records(frame, asked)
                if isinstance(found, str):
                    return Transfer(given=False, detail=found)
                records += found
                if records > 1:
                    return Transfer(given=True, detail=f"the SOA and {records - 1} more at once")
        finally:
            writer.transport.abort()
        return Transfer(given=False, detail="nothing but the SOA came")


def _records(frame: bytes, asked: dns.message.Message) -> int | str:
    """How many records a frame holds; the RCODE where it refuses."""
    if len(frame) < 12 or frame[:2] != struct.pack("!H", asked.id):  # noqa: PLR2004 - the header
        return "no answer to the question"
    code = frame[3] & 0x0F
    if code:
        return dns.rcode.to_text(dns.rcode.Rcode(code))
    (count,) = struct.unpack("!H", frame[6:8])
    return int(count)


async def heard(ask: Callable[[], Awaitable[Reply]], zone: str = "") -> Heard:
    """An answer, or why there was none."""
    try:
        reply = await ask()
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Heard(DirectAnswer(reason=known.reason, detail=known.detail), None)
    answer = DirectAnswer(
        rcode=dns.rcode.to_text(reply.rcode()),
        is_authoritative=bool(reply.flags & dns.flags.AA),
        offers_recursion=bool(reply.flags & dns.flags.RA),
        answers=sum(len(one) for one in reply.answer if _counts(one, zone)),
        referral=_referral(reply, zone),
    )
    return Heard(answer, reply)


def _counts(one: dns.rrset.RRset, zone: str) -> bool:
    """Whether it is an answer: no signature, and of the zone's own name where that was asked."""
    is_asked = not zone or one.name == dns.name.from_text(zone)
    return is_asked and one.rdtype != dns.rdatatype.RRSIG


def _referral(reply: Reply, zone: str) -> str:
    """The zone it refers to, where that is no answer but leads up or aside."""
    if not zone or reply.answer or reply.flags & dns.flags.AA:
        return ""
    found = [one.name for one in reply.authority if one.rdtype == dns.rdatatype.NS]
    return (plain(found[0]) or ".") if found else ""


def soa(zone: str) -> dns.message.QueryMessage:
    """The question for a zone's SOA, with EDNS and DO."""
    return question(zone, "SOA", Way.DIRECT)


def version() -> dns.message.QueryMessage:
    """The question that many servers answer with their software (version.bind)."""
    made = dns.message.make_query("version.bind", "TXT", rdclass=dns.rdataclass.CH)
    made.flags = dns.flags.Flag(0)
    return made


def timers(reply: Reply | None, zone: str) -> Timers | None:
    """The SOA of the zone in an answer."""
    if reply is None:
        return None
    owner = dns.name.from_text(zone)
    for one in reply.answer:
        if one.rdtype == dns.rdatatype.SOA and one.name == owner:
            found: Any = one[0]
            return Timers(
                int(found.serial),
                int(found.refresh),
                int(found.retry),
                int(found.expire),
                int(found.minimum),
                plain(found.mname),
            )
    return None


def names(reply: Reply | None, zone: str) -> tuple[str, ...] | None:
    """The NS names in an answer."""
    if reply is None:
        return None
    owner = dns.name.from_text(zone)
    found = [
        plain(record.target)
        for one in reply.answer
        if one.rdtype == dns.rdatatype.NS and one.name == owner
        for record in one
    ]
    return tuple(sorted(found))[:MOST_SEEN]


def key_tags(reply: Reply | None) -> tuple[int, ...] | None:
    """The tags of the DNSKEYs in an answer."""
    if reply is None:
        return None
    found = (tag(key) for one in reply.answer if one.rdtype == dns.rdatatype.DNSKEY for key in one)
    return tuple(sorted(found))[:MOST_SEEN]


def signatures(*replies: Reply | None) -> tuple[SeenSignature, ...]:
    """The signatures over the SOA and the keys."""
    found = {
        SeenSignature(
            dns.rdatatype.to_text(each.type_covered),
            int(each.key_tag),
            int(each.algorithm),
            int(each.inception),
            int(each.expiration),
        )
        for reply in replies
        if reply is not None
        for one in reply.answer
        if one.rdtype == dns.rdatatype.RRSIG
        for each in one
    }
    return tuple(sorted(found, key=lambda one: (one.rdtype, one.key_tag, one.expiration)))[
        :MOST_SEEN
    ]


def text(reply: Reply | None) -> str:
    """The first character string of a TXT answer, printable and short."""
    if reply is None:
        return ""
    for one in reply.answer:
        if one.rdtype == dns.rdatatype.TXT:
            said = b"".join(one[0].strings).decode("latin-1")[:100]
            return "".join(char if char.isprintable() else "?" for char in said)
    return ""
