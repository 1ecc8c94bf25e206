"""The zone has at least two name servers."""

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


def _zone(*servers: NameServer) -> NameServers:
    return NameServers("agency.example", servers)


def _server(name: str, *addresses: str) -> NameServer:
    return NameServer(name, Presence.PRESENT, addresses)


@check(
    id="ns-count",
    title="The zone has at least two name servers at two addresses",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Add a second name server, on another network, in the zone and at the parent.",
    snippets={
        "bind": "@ IN NS ns2.agency.example.\nns2 IN A 198.51.100.53",
        "powerdns": "pdnsutil add-record agency.example @ NS ns2.agency.example",
        "windows": "Add-DnsServerResourceRecord -ZoneName agency.example -Name . -NS "
        "-NameServer ns2.agency.example",
    },
    references=(Reference("RFC 1034", "4.1"), Reference("RFC 2182", "5")),
    passes={
        "two": _zone(_server("ns1.x.test", "192.0.2.1"), _server("ns2.x.test", "198.51.100.1"))
    },
    fails={
        "one": _zone(_server("ns1.x.test", "192.0.2.1")),
        "two names for one machine": _zone(
            _server("ns1.x.test", "192.0.2.1"), _server("ns2.x.test", "192.0.2.1")
        ),
    },
    others={
        "not a zone": _zone(),
        "one did not resolve": _zone(
            _server("ns1.x.test", "192.0.2.1"), NameServer("ns2.x.test", reason=Reason.SERVFAIL)
        ),
    },
)
def ns_count(zone: NameServers) -> Judgement:
    """When the only server fails, site and mail of the agency are gone from the Internet."""
    names = [one.name for one in zone.servers]
    addresses = {address for one in zone.servers for address in (*one.ipv4, *one.ipv6)}
    evidence = tuple(f"NS {name}" for name in names)
    if not names:
        return not_applicable("The name {zone} has no NS record.", zone=zone.zone)
    if len(names) >= TWO and len(addresses) >= TWO:
        return passed("It has {n} name servers.", n=len(names), evidence=evidence)
    unknown = [one.reason for one in zone.servers if one.reason]
    if len(names) >= TWO and unknown:
        return inconclusive(
            unknown[0], "Not every name server's address could be looked up.", evidence=evidence
        )
    return failed(
        "It has {n} name servers at {addresses} addresses.",
        n=len(names),
        addresses=len(addresses),
        evidence=evidence,
    )
