"""The zone a target lies in: its name servers, what each says when asked directly, CAA, aliases."""

from __future__ import annotations

from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.dns import (
    AliasEnd,
    CaaRecords,
    HostAddresses,
    HostAlias,
    Presence,
)
from scanner.targets import icann_registrable


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
