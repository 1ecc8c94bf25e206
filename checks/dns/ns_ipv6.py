"""The zone can be reached over IPv6."""

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

TWO = 2


def _server(name: str, *ipv6: str) -> NameServer:
    return NameServer(name, Presence.PRESENT, ("192.0.2.1",), ipv6)


@check(
    id="ns-ipv6",
    title="At least two name servers have an IPv6 address",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Give the name servers AAAA records, with glue at the parent where it is needed.",
    references=(Reference("RFC 3901", "4"), Reference("OMB M-21-07")),
    passes={
        "two": NameServers(
            "a.example", (_server("a.test", "2001:db8::1"), _server("b.test", "2001:db8::2"))
        )
    },
    fails={"one": NameServers("a.example", (_server("a.test", "2001:db8::1"), _server("b.test")))},
    others={
        "no zone": NameServers("a.example", ()),
        "unknown": NameServers(
            "a.example",
            (_server("a.test", "2001:db8::1"), NameServer("b.test", reason=Reason.TIMEOUT)),
        ),
    },
)
def ns_ipv6(zone: NameServers) -> Judgement:
    """Networks that have IPv6 alone, as phones more and more do, must find the agency too."""
    if not zone.servers:
        return not_applicable("The name {zone} has no NS record.", zone=zone.zone)
    reached = [one.name for one in zone.servers if one.ipv6]
    if len(reached) >= TWO:
        return passed("{n} of its name servers have one.", n=len(reached))
    if missing := [one for one in zone.servers if one.reason]:
        reason = missing[0].reason or Reason.TIMEOUT
        return inconclusive(reason, "The address of {name} is unknown.", name=missing[0].name)
    return failed("Of its {all} name servers, {n} have one.", all=len(zone.servers), n=len(reached))
