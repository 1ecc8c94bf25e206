"""The zone a target lies in, its name servers, and how its parent delegates it."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from scanner.gather.dns.direct import Line
from scanner.gather.dns.message import Way, plain, question
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.dns import DnsAnswer, NameServer, NameServers
from scanner.observation.name_server import Delegation, NamedAddresses

DNS = 53
MOST_SERVERS = 16
MOST_PARENTS = 4
SECONDS = 30.0
NO_DIRECT = "direct questions to name servers are switched off (--no-direct-dns)"


class Apex(NamedTuple):
    """The zone, and the answer that showed its NS records."""

    zone: str
    answer: DnsAnswer


async def apex(on: Context) -> Apex:
    """The name itself or the nearest above it that has NS records, bogus ones too.

    Not above the registrable domain: there the registry's zone begins.
    """
    name = on.target.host
    while True:
        answer = await on.resolver.look(name, "NS")
        if (answer.records and not answer.aliases) or name == on.target.registrable:
            return Apex(name, answer)
        name = name.partition(".")[2]


@gatherer(NameServers)
async def name_servers(on: Context) -> Places:
    """The NS records of the zone: at the name itself, or at the nearest name above it."""
    found = await apex(on)
    names = () if found.answer.aliases else found.answer.records[:MOST_SERVERS]
    servers = await asyncio.gather(*(_server(on, one) for one in names))
    return {on.domain: on.observed(NameServers(found.zone, tuple(servers), found.answer.security))}


async def _server(on: Context, name: str) -> NameServer:
    try:
        found = await on.resolver.addresses(name)
    except NotObservedError as error:
        return NameServer(name, reason=error.reason, detail=error.detail)
    allowed = all(on.dialer.permits(one) for one in found.addresses)
    return NameServer(
        name,
        found.presence,
        found.ipv4,
        found.ipv6,
        found.aliases,
        is_allowed=allowed,
        unseen=found.unseen,
    )


@gatherer(Delegation)
async def delegation(on: Context) -> Places:
    """Ask the parent's servers for the zone: what a resolver is told that knows nothing yet."""
    if on.settings.get("direct_dns") is False:
        raise NotObservedError(Reason.OUT_OF_SCOPE, NO_DIRECT)
    try:
        found = await delegated(on, (await apex(on)).zone)
    except NotObservedError:
        found = await _lowest(on)
    if isinstance(found, NotObservedError):
        raise found
    return {on.domain: on.observed(found)}


async def _lowest(on: Context) -> Delegation | NotObservedError:
    """Of a zone that does not answer: the first name from the target up that is delegated."""
    name = on.target.host
    while True:
        found = await delegated(on, name)
        if name == on.target.registrable or (isinstance(found, Delegation) and found.ns):
            return found
        name = name.partition(".")[2]


async def delegated(on: Context, zone: str) -> Delegation | NotObservedError:
    """What the parent's servers say of a zone, once a run; or why that was not heard."""
    return await on.shared.once(("delegation", zone), lambda: _seen(on, zone))


async def _seen(on: Context, zone: str) -> Delegation | NotObservedError:
    try:
        return await _delegated(on, zone)
    except NotObservedError as error:
        return error


async def _delegated(on: Context, zone: str) -> Delegation:
    parent, names = await _parent(on, zone.partition(".")[2])
    failure = NotObservedError(Reason.UNREACHABLE, f"no server of {parent or '.'} could be asked")
    tried = 0
    for name in names:
        try:
            addresses = (await on.resolver.addresses(name)).addresses
        except NotObservedError as error:
            failure = error
            continue
        for address in on.dialer.endpoints(name, DNS, addresses):
            if not on.dialer.has_family(address):
                continue
            tried += 1
            seen = await _ask(on, zone, parent, name, address)
            if isinstance(seen, Delegation):
                return seen
            failure = seen
            if tried >= MOST_PARENTS:
                raise failure
    raise failure


async def _parent(on: Context, name: str) -> tuple[str, tuple[str, ...]]:
    """The parent zone and its servers."""
    while True:
        answer = await on.resolver.ask(name, "NS")
        if answer.records and not answer.aliases:
            return name, answer.records
        if not name:
            raise NotObservedError(Reason.UNREACHABLE, "no name server of the parent is known")
        name = name.partition(".")[2]


async def _ask(
    on: Context, zone: str, parent: str, name: str, address: str
) -> Delegation | NotObservedError:
    try:
        server = on.dialer.admit(Subject(Role.NAME_SERVER, name), address)
    except NotObservedError as error:
        return error
    line = Line(server, on.dialer.network.source_address)
    try:
        async with on.dialer.budget.connection(address, seconds=SECONDS):
            said = await line.udp(question(zone, "NS", Way.DIRECT))
            if said.reply is None:
                said = await line.tcp(question(zone, "NS", Way.DIRECT))
    except TimeoutError:
        return NotObservedError(Reason.TIMEOUT, f"{name} gave no answer in time")
    if said.reply is None:
        return NotObservedError(said.answer.reason or Reason.TIMEOUT, f"{name}: {said.answer.text}")
    if said.reply.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return NotObservedError(Reason.SERVFAIL, f"{name} answered {said.answer.rcode}")
    return _read(zone, parent, name, said.reply)


def _read(zone: str, parent: str, server: str, reply: dns.message.Message) -> Delegation:
    owner = dns.name.from_text(zone)
    ns = dns.rdatatype.NS
    answered = [one for one in reply.answer if one.rdtype == ns and one.name == owner]
    if answered:
        names = tuple(sorted(plain(each.target) for each in answered[0]))
        return Delegation(zone, parent, (server,), names, same_server=True)
    above = dns.name.from_text(parent)
    referred = [
        one
        for one in reply.authority
        if one.rdtype == ns and owner.is_subdomain(one.name) and one.name != above
    ]
    referred = [one for one in referred if one.name.is_subdomain(above)]
    if not referred:
        return Delegation(zone, parent, (server,), missing=bool(reply.flags & dns.flags.AA))
    names = tuple(sorted(plain(each.target) for each in referred[0]))
    return Delegation(plain(referred[0].name), parent, (server,), names, _glue(reply, names))


def _glue(reply: dns.message.Message, names: tuple[str, ...]) -> tuple[NamedAddresses, ...]:
    """The addresses that came with the referral, for the names it gave alone."""
    found: dict[str, set[str]] = {}
    for one in reply.additional:
        if one.rdtype in {dns.rdatatype.A, dns.rdatatype.AAAA} and plain(one.name) in names:
            found.setdefault(plain(one.name), set()).update(each.address for each in one)
    return tuple(
        NamedAddresses(name, tuple(sorted(addresses))) for name, addresses in sorted(found.items())
    )
