"""The recursive resolver of the run: one cache, one question at a time for each name and type."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import NamedTuple

import dns.message
import dns.rcode
import dns.resolver

from scanner.clock import Clock
from scanner.gather.budget import Limits
from scanner.gather.dialer import unobserved
from scanner.gather.dns.message import meaning, question
from scanner.gather.dns.transport import by_tcp, by_udp, is_cut
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, HostAddresses, Presence

UDP_SECONDS = 3.0
TCP_SECONDS = 5.0
MOST_CACHED = 4_000  # what targets share is asked again and again and stays; the rest goes


class _Cached(NamedTuple):
    until: float
    answer: DnsAnswer


class Resolver:
    """Asks the configured servers, which the operator chose: any address may be one of them.

    Unknown is never absent: SERVFAIL, REFUSED, silence and garbage raise ``NotObservedError``.
    """

    def __init__(
        self,
        *,
        servers: Sequence[tuple[str, int]],
        limits: Limits,
        clock: Clock,
        hosts: Mapping[str, tuple[str, ...]],
        source: str = "",
    ) -> None:
        self.servers = tuple(servers) or system_servers()
        self.questions = 0
        self._hosts = hosts
        self._clock = clock
        self._source = source
        self._in_flight = asyncio.Semaphore(limits.questions_in_flight)
        self._cache: OrderedDict[tuple[str, str], _Cached] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[DnsAnswer]] = {}

    async def ask(self, name: str, rdtype: str) -> DnsAnswer:
        """The answer to a question; identical questions in flight share one."""
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
        try:
            asked = question(name, rdtype)
        except dns.exception.DNSException as error:
            text = f"{name!r} cannot be asked for ({error})"
            raise NotObservedError(Reason.MALFORMED_REPLY, text) from None
        async with self._in_flight:
            reply, server = await self._exchange(asked)
        return meaning(name, rdtype, reply, server)

    async def _exchange(self, asked: dns.message.Message) -> tuple[dns.message.Message, str]:
        """UDP, UDP at the next server, then TCP; SERVFAIL once more where there is another."""
        first, second = self.servers[0], self.servers[1 % len(self.servers)]
        failure: Exception = TimeoutError()
        for server in (first, second):
            try:
                reply = await self._udp(asked, server)
            except (NotObservedError, OSError) as error:
                failure = error
                continue
            if reply.rcode() != dns.rcode.SERVFAIL or second in {server, first}:
                return reply, server[0]
        try:
            self.questions += 1
            return await by_tcp(asked, first, TCP_SECONDS, self._source), first[0]
        except (NotObservedError, OSError):
            known = unobserved(failure)
            text = f"the resolver {first[0]} gave no answer ({known.detail})"
            raise NotObservedError(known.reason, text, reached=known.reached) from None

    async def _udp(
        self, asked: dns.message.Message, server: tuple[str, int]
    ) -> dns.message.Message:
        self.questions += 1
        reply = await by_udp(asked, server, UDP_SECONDS, self._source)
        if is_cut(reply):
            self.questions += 1
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
        )

    async def close(self) -> None:
        """Stop what is still being asked."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
