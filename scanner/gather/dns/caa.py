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
    Unobserved,
)
from scanner.observation.dns import (
    CaaRecords,
    HostAddresses,
)


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
