"""The zone can be reached over IPv6."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.name_server_examples import GOOD_SERVER, NOW
from scanner.formats.reach import over_ipv6
from scanner.observation import Seen
from scanner.observation.dns import NameServer, NameServers, Presence
from scanner.observation.name_server import AuthoritativeServer

TWO = 2


def _server(name: str, *ipv6: str) -> NameServer:
    return NameServer(name, Presence.PRESENT, ("192.0.2.1",), ipv6)


def _at(*given: tuple[str, Unobserved | None]) -> Every[AuthoritativeServer]:
    return Every(
        tuple(
            Seen(
                Place(Subject(Role.NAME_SERVER, name), "2001:db8::1"),
                missing or Observed(GOOD_SERVER, NOW),
            )
            for name, missing in given
        )
    )


BOTH = NameServers(
    "a.example", (_server("a.test", "2001:db8::1"), _server("b.test", "2001:db8::2"))
)


@check(
    id="ns-ipv6",
    title="At least two name servers are reached over IPv6",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Give the name servers AAAA records, with glue at the parent where it is needed.",
    snippets={
        "bind": "options { listen-on-v6 { any; }; };",
        "knot": "server:\n    listen: [ 192.0.2.53, 2001:db8::53 ]",
        "powerdns": "local-address=0.0.0.0, ::",
    },
    references=(Reference("RFC 3901", "4"), Reference("OMB M-21-07")),
    passes={"two": (BOTH, _at(("a.test", None), ("b.test", None)))},
    fails={
        "one": (
            NameServers("a.example", (_server("a.test", "2001:db8::1"), _server("b.test"))),
            _at(("a.test", None)),
        ),
        "two, one of which refuses": (
            BOTH,
            _at(("a.test", None), ("b.test", Unobserved(Reason.REFUSED))),
        ),
    },
    others={
        "no zone": (NameServers("a.example", ()), Every()),
        "an address is unknown": (
            NameServers(
                "a.example",
                (_server("a.test", "2001:db8::1"), NameServer("b.test", reason=Reason.TIMEOUT)),
            ),
            _at(("a.test", None)),
        ),
        "we have no IPv6": (BOTH, Every()),
        "one is silent": (BOTH, _at(("a.test", None), ("b.test", Unobserved(Reason.TIMEOUT)))),
    },
)
def ns_ipv6(zone: NameServers, servers: Every[AuthoritativeServer]) -> Judgement:
    """Networks that have IPv6 alone, as phones more and more do, must find the agency too."""
    if not zone.servers:
        return not_applicable("The name {zone} has no NS record.", zone=zone.zone)
    evidence = tuple(f"{one.name} AAAA {', '.join(one.ipv6) or 'none'}" for one in zone.servers)
    named = [one.name for one in zone.servers if one.ipv6]
    reached = {name: over_ipv6(name, servers) for name in named}
    answering = [name for name, one in reached.items() if one.yes]
    if len(answering) >= TWO:
        return passed(
            "{n} of its name servers answer over IPv6.", n=len(answering), evidence=evidence
        )
    unknown = [one for one in zone.servers if one.reason or (one.unseen and not one.ipv6)]
    if unknown and len(named) < TWO:
        return inconclusive(
            unknown[0].reason or unknown[0].unseen or Reason.TIMEOUT,
            "The address of {name} is unknown.",
            name=unknown[0].name,
            evidence=evidence,
        )
    open_ = [(name, one) for name, one in reached.items() if not one.yes and not one.is_definite]
    if open_ and len(answering) + len(open_) >= TWO:
        name, one = open_[0]
        return inconclusive(
            one.reason,
            "The server {name} has an IPv6 address, but we did not reach it ({why}).",
            name=name,
            why=one.detail,
            evidence=evidence,
        )
    return failed(
        "Of its {all} name servers, {n} are reached over IPv6.",
        all=len(zone.servers),
        n=len(answering),
        evidence=evidence,
    )
