"""The zone a target lies in: its name servers, what each says when asked directly, CAA, aliases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from scanner.gather.dialer import unobserved
from scanner.gather.dns.message import Way, question
from scanner.gather.dns.transport import by_tcp, by_udp
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.dns import (
    AliasEnd,
    AuthoritativeServer,
    CaaRecords,
    DirectAnswer,
    HostAddresses,
    HostAlias,
    NameServer,
    NameServers,
    Presence,
)
from scanner.targets import icann_registrable

DNS = 53
SECONDS = 3.0
MOST_SERVERS = 16
FOREIGN = "example.com"  # IANA-reserved, outside every scanned zone (RFC 6761 6.5)


@gatherer(NameServers)
async def name_servers(on: Context) -> Places:
    """The NS records of the zone: at the name itself, or at the nearest name above it."""
    name = on.target.host
    while True:
        answer = await on.resolver.ask(name, "NS")
        if (answer.records and not answer.aliases) or name == on.target.registrable:
            break
        name = name.partition(".")[2]
    servers = await asyncio.gather(
        *(_server(on, one) for one in answer.records[:MOST_SERVERS] if not answer.aliases)
    )
    return {on.domain: on.observed(NameServers(name, tuple(servers)))}


async def _server(on: Context, name: str) -> NameServer:
    try:
        found = await on.resolver.addresses(name)
    except NotObservedError as error:
        return NameServer(name, reason=error.reason, detail=error.detail)
    return NameServer(name, found.presence, found.ipv4, found.ipv6, found.aliases)


@gatherer(AuthoritativeServer)
async def authoritative_servers(on: Context, zones: Every[NameServers]) -> Places:
    """What each address of each server says of the zone: three questions, once per run."""
    seen = zones.seen[0].observation
    if not isinstance(seen, Observed):
        return {on.domain: seen}
    zone: NameServers = seen.value
    if not zone.servers:
        why = Message("The zone {zone} has no NS record.", {"zone": zone.zone})
        return {on.domain: Inapplicable(why)}
    places: dict[Place, Observation] = {}

    async def look(place: Place) -> None:
        places[place] = await _direct(on, zone.zone, place)

    async with asyncio.TaskGroup() as group:
        for place in _places(on, zone):
            group.create_task(look(place))
    return places or {on.domain: _unreachable(on)}


def _places(on: Context, zone: NameServers) -> list[Place]:
    found = [
        Place(Subject(Role.NAME_SERVER, server.name), address)
        for server in zone.servers
        for address in on.dialer.endpoints(server.name, DNS, (*server.ipv4, *server.ipv6))
        if on.dialer.has_family(address)
    ]
    return found[:MOST_SERVERS]


def _unreachable(on: Context) -> Unobserved:
    detail = "none of the zone's name servers has an address that this machine can reach"
    return Unobserved(Reason.UNREACHABLE, detail, on.clock.now())


async def _direct(on: Context, zone: str, place: Place) -> Observation:
    subject, address = place.subject, place.address or ""

    async def see() -> AuthoritativeServer | NotObservedError:
        try:
            return await _ask_server(on, zone, subject, address)
        except (NotObservedError, OSError) as error:
            return unobserved(error)

    seen = await on.shared.once(("ns", zone, subject, address), see)
    if isinstance(seen, NotObservedError):
        return Unobserved(seen.reason, seen.detail, on.clock.now(), seen.reached)
    if (missing := seen.by_udp.reason) and seen.by_tcp.reason:
        return Unobserved(missing, seen.by_udp.detail, on.clock.now())
    return on.observed(seen, on.dialer.peer(subject, address))


async def _ask_server(
    on: Context, zone: str, subject: Subject, address: str
) -> AuthoritativeServer:
    server, source = on.dialer.admit(subject, address), on.dialer.network.source_address
    soa = question(zone, "SOA", Way.DIRECT)
    foreign = question(FOREIGN, "A", Way.CHECKED)
    async with on.dialer.budget.connection(address, seconds=4 * SECONDS):
        udp, reply = await _heard(lambda: _twice(soa, server, source))
        tcp, _ = await _heard(lambda: by_tcp(soa, server, SECONDS, source))
        other, _ = await _heard(lambda: by_udp(foreign, server, SECONDS, source))
    return AuthoritativeServer(zone, udp, tcp, other, _serial(reply), address)


async def _twice(
    asked: dns.message.Message, server: tuple[str, int], source: str
) -> dns.message.Message:
    """A lost datagram is not a lame server."""
    try:
        return await by_udp(asked, server, SECONDS, source)
    except TimeoutError:
        return await by_udp(asked, server, SECONDS, source)


async def _heard(
    ask: Callable[[], Awaitable[dns.message.Message]],
) -> tuple[DirectAnswer, dns.message.Message | None]:
    try:
        reply = await ask()
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return DirectAnswer(reason=known.reason, detail=known.detail), None
    return (
        DirectAnswer(
            rcode=dns.rcode.to_text(reply.rcode()),
            is_authoritative=bool(reply.flags & dns.flags.AA),
            offers_recursion=bool(reply.flags & dns.flags.RA),
            answers=sum(len(one) for one in reply.answer),
        ),
        reply,
    )


def _serial(reply: dns.message.Message | None) -> int | None:
    if reply is None:
        return None
    found = [one for one in reply.answer if one.rdtype == dns.rdatatype.SOA]
    return int(found[0][0].serial) if found else None


@gatherer(CaaRecords)
async def caa_records(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The relevant set of each host that has an address: climb until one is found (RFC 8659 3)."""
    places: dict[Place, Observation] = {}
    for place, seen in hosts.seen:
        if isinstance(seen, Observed) and seen.value.addresses:
            places[place] = await _climb(on, place.subject.host)
        elif isinstance(seen, Observed):
            host = place.subject.host
            why = Message("The name {host} has no address, so nobody certifies it.", {"host": host})
            places[place] = Inapplicable(why)
        else:
            places[place] = seen
    return places


async def _climb(on: Context, host: str) -> Observation:
    name = host
    while name:
        try:
            answer = await on.resolver.ask(name, "CAA")
        except NotObservedError as error:  # never climb past a failure: a CA must not either
            return Unobserved(error.reason, error.detail, on.clock.now(), error.reached)
        if answer.records:
            return on.observed(CaaRecords(name, answer.records))
        name = name.partition(".")[2]
    return on.observed(CaaRecords())


@gatherer(HostAlias)
async def host_aliases(on: Context) -> Places:
    """Where the CNAMEs of the name and its ``www`` lead."""
    hosts = (on.target.host, f"www.{on.target.host}")
    places: dict[Place, Observation] = {}
    for host in hosts:
        found = await _alias(on, host)
        if found is not None:
            places[Place(Subject(Role.HOST, host))] = found
    if not places:
        why = Message("No name of the site is an alias (CNAME).")
        return {on.domain: Inapplicable(why)}
    return places


async def _alias(on: Context, host: str) -> Observation | None:
    try:
        answer = await on.resolver.ask(host, "A")
        if not answer.aliases:
            return None
        end = await _end(on, host, answer.presence)
    except NotObservedError as error:
        return Unobserved(error.reason, error.detail, on.clock.now(), error.reached)
    if end is not AliasEnd.NXDOMAIN:
        return on.observed(HostAlias(answer.aliases, end))
    domain = icann_registrable(answer.aliases[-1]) or ""
    return on.observed(HostAlias(answer.aliases, end, domain, await _is_registered(on, domain)))


async def _end(on: Context, host: str, presence: Presence) -> AliasEnd:
    if presence is Presence.NODATA:
        presence = (await on.resolver.ask(host, "AAAA")).presence
    return {
        Presence.PRESENT: AliasEnd.RESOLVES,
        Presence.NODATA: AliasEnd.NODATA,
        Presence.NXDOMAIN: AliasEnd.NXDOMAIN,
    }[presence]


async def _is_registered(on: Context, domain: str) -> bool | None:
    """Whether the domain is delegated; unknown where its parent did not say."""
    if not domain:
        return None
    try:
        answer = await on.resolver.ask(domain, "NS")
    except NotObservedError:
        return None
    return answer.presence is not Presence.NXDOMAIN
