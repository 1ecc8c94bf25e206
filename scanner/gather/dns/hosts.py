"""Which web hosts a target has, and their addresses."""

from __future__ import annotations

from scanner.gather.dialer import unobserved
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
from scanner.observation.dns import HostAddresses, Presence
from scanner.targets import WwwRule

WEB_ADDRESSES_EACH = 2


@gatherer(HostAddresses)
async def host_addresses(on: Context) -> Places:
    """The apex and its ``www``; a sub-domain's ``www`` only where it resolves."""
    host = on.target.host
    places = {Place(Subject(Role.HOST, host)): await _addresses(on, host)}
    if on.target.www is not WwwRule.NONE:
        www = f"www.{host}"
        seen = await _addresses(on, www)
        if _belongs(on, www, seen):
            places[Place(Subject(Role.HOST, www))] = seen
    return places


async def _addresses(on: Context, host: str) -> Observation:
    try:
        return on.observed(await on.resolver.addresses(host))
    except (NotObservedError, OSError) as error:
        missing = unobserved(error)
        return Unobserved(missing.reason, missing.detail, on.clock.now())


def _belongs(on: Context, www: str, seen: Observation) -> bool:
    """An absent ``www`` is no endpoint at all; an unknown one is unknown, if it is a pair's."""
    if not isinstance(seen, Observed):
        return on.target.www is WwwRule.PAIR
    found: HostAddresses = seen.value
    return bool(found.addresses) or on.dialer.is_routed(www, 443) or on.dialer.is_routed(www, 80)


def web_endpoints(
    on: Context, hosts: Every[HostAddresses], port: int, most: int = WEB_ADDRESSES_EACH
) -> dict[Place, Observation]:
    """Every place where a web service is to be asked; what cannot be is said at once.

    A place with an ``Inapplicable`` or ``Unobserved`` needs no more; the others are to be dialled
    and hold an ``Unobserved`` until they were.
    """
    places: dict[Place, Observation] = {}
    for seen in hosts.seen:
        host = seen.place.subject.host
        service = Subject(Role.WEB, host, port)
        routed = on.dialer.is_routed(host, port)
        if isinstance(seen.observation, Unobserved) and not routed:
            places[Place(service)] = seen.observation
            continue
        found = seen.observation.value if isinstance(seen.observation, Observed) else None
        known = (*found.ipv4, *found.ipv6) if found else ()
        addresses = on.dialer.endpoints(host, port, known)
        if not addresses:
            places[Place(Subject(Role.HOST, host))] = Inapplicable(_absent(host, found))
            continue
        places |= _dialled(on, service, addresses, most)
    return places


def _dialled(
    on: Context, service: Subject, addresses: tuple[str, ...], most: int
) -> dict[Place, Observation]:
    """The first addresses of each family that this machine has a route for."""
    ours = [one for one in addresses if on.dialer.has_family(one)]
    if not ours:
        detail = "this machine has no route for the address family of its addresses"
        return {Place(service): Unobserved(Reason.UNREACHABLE, detail, on.clock.now())}
    four = [one for one in ours if ":" not in one][:most]
    six = [one for one in ours if ":" in one][:most]
    waiting = Unobserved(Reason.BUDGET_EXHAUSTED, "not yet asked", on.clock.now())
    return {Place(service, one): waiting for one in (*four, *six)}


def _absent(host: str, found: HostAddresses | None) -> Message:
    if found is not None and found.presence is Presence.NXDOMAIN:
        return Message("The name {host} does not exist in DNS (NXDOMAIN).", {"host": host})
    return Message("The name {host} has no address in DNS, so no web site.", {"host": host})
