"""The recursive resolver of the run: one cache, one question at a time for each name and type."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import msgspec

from scanner.clock import Clock
from scanner.formats.dnssec.anchors import Anchors
from scanner.gather.budget import Limits
from scanner.gather.dialer import unobserved
from scanner.gather.dns.message import Way, extended_errors, meaning, question, refuse_unknown
from scanner.gather.dns.transport import by_tcp, by_udp, is_cut
from scanner.gather.dns.validator import Validator
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, HostAddresses, Presence
from scanner.observation.dnssec import Security, worst

UDP_SECONDS = 3.0
TCP_SECONDS = 5.0
MOST_REPLIES = 1_000
OF_THE_TARGET = frozenset({"CAA", "HTTPS"})  # what of an alias is never its own
MOST_CACHED = 4_000  # what targets share is asked again and again and stays; the rest goes


class _Cached(NamedTuple):
    until: float
    answer: DnsAnswer


class _Reply(NamedTuple):
    message: dns.message.Message
    server: str


class Checked(NamedTuple):
    """What the resolver itself says of a question."""

    rcode: str
    authenticated: bool
    errors: tuple[str, ...]


class Resolver:
    """Asks the configured servers, which the operator chose: any address may be one of them.

    Unknown is never absent: SERVFAIL, REFUSED, silence, garbage and bogus data raise
    ``NotObservedError``. Every answer is validated from the trust anchors by ourselves:
    ``answer.security`` is the worst state of all RRsets it rests on, aliases included, and
    ``answer.rrsets`` are they. Where there is no anchor, or the resolver hands on no signatures,
    the state is indeterminate and the answer as good as any without DNSSEC.

    ``ask``: for all that is judged. ``look``: gives bogus data too, which is evidence and is never
    graded. ``checked``: what the resolver makes of it itself (CD=0), never the verdict.
    """

    def __init__(
        self,
        *,
        servers: Sequence[tuple[str, int]],
        limits: Limits,
        clock: Clock,
        hosts: Mapping[str, tuple[str, ...]],
        source: str = "",
        anchors: Anchors | None = None,
    ) -> None:
        self.servers = tuple(servers) or system_servers()
        self.questions = 0
        self.repeats = 0
        self.validator = Validator(self.fetch, anchors or {}, clock)
        self._hosts = hosts
        self._clock = clock
        self._source = source
        self._in_flight = asyncio.Semaphore(limits.questions_in_flight)
        self._cache: OrderedDict[tuple[str, str], _Cached] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[DnsAnswer]] = {}
        self._replies: OrderedDict[tuple[str, str], asyncio.Task[_Reply]] = OrderedDict()

    async def ask(self, name: str, rdtype: str) -> DnsAnswer:
        """The answer to a question; bogus is unknown (dns-and-mail 1.2)."""
        answer = await self.look(name, rdtype)
        if answer.security is Security.BOGUS:
            wrong = next(one for one in answer.rrsets if one.security is Security.BOGUS)
            raise NotObservedError(Reason.BOGUS, wrong.text, reached=True)
        return answer

    async def look(self, name: str, rdtype: str) -> DnsAnswer:
        """The answer to a question, bogus or not; identical questions in flight share one."""
        key = name.lower().rstrip("."), rdtype
        cached = self._cache.get(key)
        if cached and cached.until > self._clock.monotonic():
            self._cache.move_to_end(key)
            return cached.answer
        if key not in self._asking:
            task = self._asking[key] = asyncio.create_task(self._ask(*key))
            task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(self._asking[key])

    def _done(self, key: tuple[str, str], task: asyncio.Task[DnsAnswer]) -> None:
        del self._asking[key]
        if not task.cancelled() and task.exception() is None:
            answer = task.result()
            until = self._clock.monotonic() + answer.volatile.get("ttl", 0)
            self._cache[key] = _Cached(until, answer)
            if len(self._cache) > MOST_CACHED:
                self._cache.popitem(last=False)

    async def _ask(self, name: str, rdtype: str) -> DnsAnswer:
        if rdtype in OF_THE_TARGET and (link := self._link(name)):
            return _joined(link, await self.look(link.aliases[-1], rdtype))
        reply, server = await self._reply(name, rdtype)
        answer = meaning(name, rdtype, reply, server)
        rrsets = await self.validator.examine(reply, name, rdtype)
        security = worst(one.security for one in rrsets)
        return msgspec.structs.replace(answer, security=security, rrsets=rrsets)

    def _link(self, name: str) -> DnsAnswer | None:
        """The answer that showed where an alias leads: as a cache does, the target is asked."""
        cached = self._cache.get((name, "A"))
        fresh = cached and cached.until > self._clock.monotonic()
        return cached.answer if cached and fresh and cached.answer.aliases else None

    async def fetch(self, name: str, rdtype: str) -> dns.message.Message:
        """A reply as the validator needs it; raises where it is none."""
        reply, server = await self._reply(name, rdtype)
        refuse_unknown(name, rdtype, reply, server)
        return reply

    async def _reply(self, name: str, rdtype: str) -> _Reply:
        """One exchange for DS and DNSKEY, whether asked for by a gatherer or by the validator."""
        if rdtype not in {"DS", "DNSKEY"}:
            return await self._send(name, rdtype, Way.UNCHECKED)
        key = name, rdtype
        if key not in self._replies:
            task = asyncio.create_task(self._send(name, rdtype, Way.UNCHECKED))
            self._replies[key] = task
            task.add_done_callback(lambda done: self._replied(key, done))
        self._replies.move_to_end(key)
        return await asyncio.shield(self._replies[key])

    def _replied(self, key: tuple[str, str], task: asyncio.Task[_Reply]) -> None:
        """Keep what is an answer, for the run; an unknown one is asked again."""
        definite = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}
        failed = task.cancelled() or task.exception() is not None
        if failed or task.result().message.rcode() not in definite:
            self._replies.pop(key, None)
        while len(self._replies) > MOST_REPLIES:
            self._replies.popitem(last=False)

    async def _send(self, name: str, rdtype: str, way: Way) -> _Reply:
        try:
            asked = question(name, rdtype, way)
        except dns.exception.DNSException as error:
            text = f"{name!r} cannot be asked for ({error})"
            raise NotObservedError(Reason.MALFORMED_REPLY, text) from None
        self.questions += way is Way.UNCHECKED
        async with self._in_flight:
            reply, server = await self._exchange(asked)
        return _Reply(reply, server)

    async def checked(self, name: str, rdtype: str) -> Checked:
        """What the resolver says with CD=0: RCODE, AD bit, Extended DNS Errors."""
        self.repeats += 1
        reply, _ = await self._send(name, rdtype, Way.CHECKED)
        return Checked(
            dns.rcode.to_text(reply.rcode()),
            bool(reply.flags & dns.flags.AD),
            extended_errors(reply),
        )

    async def _exchange(self, asked: dns.message.Message) -> tuple[dns.message.Message, str]:
        """UDP, UDP at the next server, then TCP; SERVFAIL once more where there is another."""
        first, second = self.servers[0], self.servers[1 % len(self.servers)]
        failure: Exception = TimeoutError()
        for number, server in enumerate((first, second)):
            self.repeats += number
            try:
                reply = await self._udp(asked, server)
            except (NotObservedError, OSError) as error:
                failure = error
                continue
            if reply.rcode() != dns.rcode.SERVFAIL or second in {server, first}:
                return reply, server[0]
        try:
            self.repeats += 1
            return await by_tcp(asked, first, TCP_SECONDS, self._source), first[0]
        except (NotObservedError, OSError):
            known = unobserved(failure)
            text = f"the resolver {first[0]} gave no answer ({known.detail})"
            raise NotObservedError(known.reason, text, reached=known.reached) from None

    async def _udp(
        self, asked: dns.message.Message, server: tuple[str, int]
    ) -> dns.message.Message:
        reply = await by_udp(asked, server, UDP_SECONDS, self._source)
        if is_cut(reply):
            self.repeats += 1
            reply = await by_tcp(asked, server, TCP_SECONDS, self._source)
        return reply

    async def addresses(self, name: str) -> HostAddresses:
        """The addresses of a host: the operator's hosts file first, then A and AAAA.

        Where one family could not be asked and the other has an address, that is enough to go on.
        """
        if name in self._hosts:
            return from_hosts_file(name, self._hosts[name])
        asked = await asyncio.gather(
            self.ask(name, "A"), self.ask(name, "AAAA"), return_exceptions=True
        )
        known = [one for one in asked if isinstance(one, DnsAnswer)]
        for error in asked:
            if isinstance(error, BaseException) and not any(one.records for one in known):
                raise error
        ipv4, ipv6 = (one.records if isinstance(one, DnsAnswer) else () for one in asked)
        return HostAddresses(
            name=name,
            presence=Presence.PRESENT if ipv4 or ipv6 else known[0].presence,
            ipv4=_sorted(ipv4),
            ipv6=_sorted(ipv6),
            aliases=known[0].aliases,
            security=worst(one.security for one in known),
            unseen=next((one.reason for one in asked if isinstance(one, NotObservedError)), None),
        )

    async def close(self) -> None:
        """Stop what is still being asked."""
        tasks = [*self._asking.values(), *self._replies.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.validator.close()


def _joined(link: DnsAnswer, end: DnsAnswer) -> DnsAnswer:
    """What stands at the end of an alias, as an answer about the alias (RFC 1034 5.2.2)."""
    links = tuple(one for one in link.rrsets if one.rdtype in {"CNAME", "DNAME"})
    rrsets = (*links, *end.rrsets)
    lives = (one.volatile.get("ttl", 0) for one in (link, end))
    return msgspec.structs.replace(
        end,
        name=link.name,
        aliases=(*link.aliases, *end.aliases),
        security=worst(one.security for one in rrsets),
        rrsets=rrsets,
        volatile={**end.volatile, "ttl": min(lives)},
    )


def from_hosts_file(name: str, addresses: Sequence[str]) -> HostAddresses:
    """What the operator's hosts file says of a name."""
    ipv6 = tuple(one for one in addresses if ":" in one)
    ipv4 = tuple(one for one in addresses if ":" not in one)
    return HostAddresses(name, Presence.PRESENT, _sorted(ipv4), _sorted(ipv6), from_hosts_file=True)


def _sorted(addresses: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(one) for one in sorted(map(ip_address, addresses), key=int))


def system_servers() -> tuple[tuple[str, int], ...]:
    """The resolvers of this machine."""
    try:
        found = dns.resolver.Resolver(configure=True)
    except dns.resolver.NoResolverConfiguration:
        return (("127.0.0.1", 53),)
    return tuple((str(address), found.port) for address in found.nameservers) or (
        ("127.0.0.1", 53),
    )
