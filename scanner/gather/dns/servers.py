"""What each address of each name server says of the zone: at most eight questions an address."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from msgspec.structs import replace

from scanner.gather.dialer import unobserved
from scanner.gather.dns import direct
from scanner.gather.dns.delegation import DNS, MOST_SERVERS, NO_DIRECT
from scanner.gather.dns.direct import Heard, Line
from scanner.gather.dns.message import Way, question
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
from scanner.observation.dns import NameServers
from scanner.observation.name_server import (
    AuthoritativeServer,
    Delegation,
    DirectAnswer,
    SeenSignature,
    Transfer,
)

FOREIGN = "example.com"  # IANA-reserved, outside every scanned zone (RFC 6761 6.5)
SECONDS = 60.0
LATER_SECONDS = 5.0
ROUND_SECONDS = 60.0
RESIGN_SECONDS = 2.1
SHORT_SECONDS = 72 * 3600
NO_EDNS = frozenset({"FORMERR", "NOTIMP", "BADVERS"})


class _Servers(NamedTuple):
    zone: str
    addresses: dict[str, tuple[str, ...]]


@gatherer(AuthoritativeServer)
async def authoritative_servers(
    on: Context, zones: Every[NameServers], parents: Every[Delegation]
) -> Places:
    """Every address that the zone or its parent names; where serials differ, twice."""
    if on.settings.get("direct_dns") is False:
        raise NotObservedError(Reason.OUT_OF_SCOPE, NO_DIRECT)
    zone, parent = zones.seen[0].observation, parents.seen[0].observation
    if not isinstance(zone, Observed) and not isinstance(parent, Observed):
        return {on.domain: zone}
    known = await _servers(on, zone, parent)
    if not known.addresses:
        why = Message("The zone {zone} has no NS record.", {"zone": known.zone})
        return {on.domain: Inapplicable(why)}
    places: dict[Place, Observation] = {}

    async def look(place: Place) -> None:
        places[place] = await _direct(on, known.zone, place)

    async with asyncio.TaskGroup() as group:
        for place in _places(on, known):
            group.create_task(look(place))
    await _second_round(on, known.zone, places)
    return places or {on.domain: _unreachable(on)}


async def _servers(on: Context, zone: Observation, parent: Observation) -> _Servers:
    """Each server's addresses: of the zone's own NS records, and of the delegation's."""
    found: dict[str, tuple[str, ...]] = {}
    name = on.target.registrable
    if isinstance(zone, Observed):
        name = zone.value.zone
        found = {one.name: (*one.ipv4, *one.ipv6) for one in zone.value.servers}
    if isinstance(parent, Observed):
        given: Delegation = parent.value
        glue = {one.name: one.addresses for one in given.glue}
        name = name if isinstance(zone, Observed) else given.zone
        for server in given.ns:
            known = found.get(server) or await _addresses(on, server)
            found[server] = tuple(dict.fromkeys((*known, *glue.get(server, ()))))
    return _Servers(name, found)


async def _addresses(on: Context, name: str) -> tuple[str, ...]:
    try:
        return (await on.resolver.addresses(name)).addresses
    except NotObservedError:
        return ()


def _places(on: Context, known: _Servers) -> list[Place]:
    found = [
        Place(Subject(Role.NAME_SERVER, name), address)
        for name, addresses in known.addresses.items()
        for address in on.dialer.endpoints(name, DNS, addresses)
        if on.dialer.has_family(address)
    ]
    return found[:MOST_SERVERS]


def _unreachable(on: Context) -> Unobserved:
    detail = "none of the zone's name servers has an address that this machine can reach"
    return Unobserved(Reason.UNREACHABLE, detail, on.clock.now())


async def _direct(on: Context, zone: str, place: Place) -> Observation:
    subject, address = place.subject, place.address or ""
    key = ("ns", zone, address, on.dialer.port(subject.host, DNS), bool(on.authorised_by))
    seen = await on.shared.once(key, lambda: _see(on, zone, subject, address))
    if isinstance(seen, NotObservedError):
        return Unobserved(seen.reason, seen.detail, on.clock.now(), seen.reached)
    if (missing := seen.by_udp.reason) and seen.by_tcp.reason:
        detail = f"UDP: {seen.by_udp.text}; TCP: {seen.by_tcp.text}"
        return Unobserved(missing, detail, on.clock.now())
    return on.observed(seen, on.dialer.peer(subject, address))


async def _see(
    on: Context, zone: str, subject: Subject, address: str
) -> AuthoritativeServer | NotObservedError:
    try:
        line = Line(on.dialer.admit(subject, address), on.dialer.network.source_address)
        async with on.dialer.budget.connection(address, seconds=SECONDS):
            first, plain = await _first(line, zone)
            tcp = await line.tcp(direct.soa(zone), zone)
            if first.reply is None and tcp.reply is None:
                await asyncio.sleep(LATER_SECONDS)  # a lost datagram is not a lame server
                first = await line.udp(direct.soa(zone), zone)
            made = await _rest(on, line, zone, address, (first, plain, tcp))
    except (NotObservedError, OSError) as error:
        return unobserved(error)
    return made


async def _first(line: Line, zone: str) -> tuple[Heard, Heard | None]:
    """The SOA over UDP; once more without EDNS where EDNS may be the reason of its silence."""
    said = await line.udp(direct.soa(zone), zone)
    if said.reply is None and said.answer.reason is not Reason.TIMEOUT:
        said = await line.udp(direct.soa(zone), zone)
    if said.reply is not None and said.answer.rcode not in NO_EDNS:
        return said, None
    if said.answer.reason in {None, Reason.TIMEOUT}:
        line.uses_edns = False
        plain = await line.udp(direct.soa(zone), zone)
        line.uses_edns = plain.reply is None
        return said, plain
    return said, None


async def _rest(
    on: Context,
    line: Line,
    zone: str,
    address: str,
    heard: tuple[Heard, Heard | None, Heard],
) -> AuthoritativeServer:
    """What is asked of a server that answered at all."""
    with_edns, plain, tcp = heard
    udp = plain if plain is not None and plain.reply is not None else with_edns
    made = AuthoritativeServer(
        zone,
        udp.answer,
        tcp.answer,
        DirectAnswer(reason=Reason.DEPENDENCY_MISSING, detail="not asked"),
        address=address,
        edns=_edns(with_edns, plain),
    )
    soa = udp.reply or tcp.reply
    if soa is None:
        return replace(made, questions=line.questions)
    ask = line.udp if udp.reply is not None else line.tcp
    ns = await ask(question(zone, "NS", Way.DIRECT))
    keys = await ask(question(zone, "DNSKEY", Way.DIRECT))
    timers = direct.timers(soa, zone)
    seen = direct.signatures(soa, keys.reply)
    about = await on.shared.once(
        ("ns-address", line.server), lambda: _about(on, line, use_udp=udp.reply is not None)
    )
    made = replace(
        made,
        foreign=about[0],
        version=about[1],
        serial=timers.serial if timers else None,
        timers=timers,
        ns=direct.names(ns.reply, zone),
        keys=direct.key_tags(keys.reply),
        signatures=seen,
        transfer=await _transfer(on, line, zone),
        resigned=await _resigned(on, line, zone, made, seen),
    )
    return replace(made, questions=line.questions)


def _edns(with_edns: Heard, plain: Heard | None) -> bool | None:
    """Whether it answers with EDNS; unknown where it answered neither way."""
    if with_edns.reply is not None and with_edns.answer.rcode not in NO_EDNS:
        return bool(with_edns.reply.edns >= 0)
    if plain is not None and plain.reply is not None and plain.answer.rcode not in NO_EDNS:
        return False
    return None


async def _about(on: Context, line: Line, *, use_udp: bool) -> tuple[DirectAnswer, str]:
    """Whether the address resolves for strangers, and what software it names: once a run."""
    ask = line.udp if use_udp else line.tcp
    probe = on.settings.get("recursion_probe_name") or FOREIGN
    foreign = await ask(question(str(probe), "A", Way.CHECKED))
    version = await ask(direct.version())
    return foreign.answer, direct.text(version.reply)


async def _transfer(on: Context, line: Line, zone: str) -> Transfer:
    if not on.authorised_by:
        return Transfer(given=False, detail="nobody authorised it", reason=Reason.NOT_AUTHORISED)
    return await line.transfer(zone)


async def _resigned(
    on: Context,
    line: Line,
    zone: str,
    made: AuthoritativeServer,
    seen: tuple[SeenSignature, ...],
) -> bool:
    """Whether a second answer bears a later inception: only asked where little time is left."""
    ours = [one for one in seen if one.rdtype == "SOA"]
    now = on.clock.now().timestamp()
    if not ours or made.by_udp.reason or min(one.expiration for one in ours) - now > SHORT_SECONDS:
        return False
    await asyncio.sleep(RESIGN_SECONDS)
    again = direct.signatures((await line.udp(direct.soa(zone), zone)).reply)
    latest = max((one.inception for one in again if one.rdtype == "SOA"), default=0)
    return bool(latest > max(one.inception for one in ours))


async def _second_round(on: Context, zone: str, places: dict[Place, Observation]) -> None:
    """Where copies of the zone differ, look again a minute later: it may just have changed."""
    seen = {place: one for place, one in places.items() if isinstance(one, Observed)}
    serials = {one.value.serial for one in seen.values() if one.value.timers}
    if len(serials) < 2:  # noqa: PLR2004 - two differ
        return
    await asyncio.sleep(ROUND_SECONDS)
    for place, one in seen.items():
        address = place.address or ""
        line = Line(on.dialer.admit(place.subject, address), on.dialer.network.source_address)
        said = await line.udp(direct.soa(zone), zone)
        value = replace(one.value, later=direct.timers(said.reply, zone))
        places[place] = Observed(value, one.at, one.peer)
