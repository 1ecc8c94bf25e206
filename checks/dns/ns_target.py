"""Every name server has an address and is no alias."""

import re
from ipaddress import ip_address

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.observation.dns import NameServer, NameServers, Presence

_NUMBERS = re.compile(r"[0-9.]+", re.ASCII)
GOOD = NameServer("ns1.x.test", Presence.PRESENT, ("9.9.9.9",))


@check(
    id="ns-target",
    title="Every name server of the zone has an address and is no alias",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Let the NS records name hosts that have A or AAAA records of their own.",
    references=(Reference("RFC 2181", "10.3"), Reference("RFC 1912", "2.8")),
    passes={"addresses": NameServers("a.example", (GOOD,))},
    fails={
        "an alias": NameServers(
            "a.example",
            (NameServer("ns.x.test", Presence.PRESENT, ("192.0.2.1",), aliases=("y.test",)),),
        ),
        "an address that is no name": NameServers(
            "a.example", (NameServer("192.0.2.1", Presence.NXDOMAIN),)
        ),
        "a private address": NameServers(
            "a.example", (NameServer("ns.x.test", Presence.PRESENT, ("10.0.0.1",)),)
        ),
        "a name that does not exist": NameServers(
            "a.example", (GOOD, NameServer("gone.test", Presence.NXDOMAIN))
        ),
    },
    others={
        "no zone": NameServers("a.example", ()),
        "unknown": NameServers("a.example", (NameServer("x.test", reason=Reason.TIMEOUT),)),
    },
)
def ns_target(zone: NameServers) -> Judgement:
    """Resolvers waste time on such a server, or lose the domain when the others fail."""
    if not zone.servers:
        return not_applicable("The name {zone} has no NS record.", zone=zone.zone)
    for one in zone.servers:
        if one.aliases:
            return failed(
                "The server {name} is an alias of {target}.",
                name=one.name,
                target=one.aliases[-1],
                evidence=(f"NS {one.name}",),
            )
        if special := _special(one):
            return failed(
                "The server {name} has the address {address}, which nobody reaches from outside.",
                name=one.name,
                address=special,
                evidence=(f"NS {one.name} {special}",),
            )
        if not one.reason and not (one.ipv4 or one.ipv6):
            return failed(
                "The server {name} has no address.", name=one.name, evidence=(f"NS {one.name}",)
            )
    if missing := [one for one in zone.servers if one.reason]:
        reason = missing[0].reason or Reason.TIMEOUT
        return inconclusive(reason, "The address of {name} is unknown.", name=missing[0].name)
    return passed("All {n} name servers have addresses.", n=len(zone.servers))


def _special(one: NameServer) -> str:
    """An address of the IANA special-purpose registries, or a name that is an address."""
    if _NUMBERS.fullmatch(one.name):
        return one.name
    return next(
        (
            each
            for each in (*one.ipv4, *one.ipv6)
            if not ip_address(each).is_global and not one.is_allowed
        ),
        "",
    )
