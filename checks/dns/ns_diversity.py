"""The name servers are not all in one network."""

from ipaddress import ip_network

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


def _zone(*addresses: str, reason: Reason | None = None) -> NameServers:
    servers = tuple(
        NameServer(f"ns{number}.x.test", Presence.PRESENT, *_families(one))
        for number, one in enumerate(addresses)
    )
    lost = (NameServer("lost.x.test", reason=reason),) if reason else ()
    return NameServers("agency.example", (*servers, *lost))


def _families(address: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return ((), (address,)) if ":" in address else ((address,), ())


@check(
    id="ns-diversity",
    title="The name servers stand in more than one network",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="Add a name server at another place, with another provider.",
    references=(Reference("RFC 2182", "3.1"),),
    passes={"two networks": _zone("192.0.2.1", "198.51.100.1")},
    fails={
        "one /24": _zone("192.0.2.1", "192.0.2.200"),
        "one /48": _zone("2001:db8::1", "2001:db8:0:7::1"),
    },
    others={
        "one server": _zone("192.0.2.1"),
        "one is unknown": _zone("192.0.2.1", "192.0.2.2", reason=Reason.TIMEOUT),
    },
)
def ns_diversity(zone: NameServers) -> Judgement:
    """One cut cable, one flood, one power failure then takes the whole domain away."""
    addresses = [address for one in zone.servers for address in (*one.ipv4, *one.ipv6)]
    if len(set(addresses)) < TWO:
        return not_applicable("It has fewer than two addresses (see ns-count).")
    networks = sorted({_network(one) for one in addresses})
    evidence = tuple(f"{one} in {_network(one)}" for one in addresses)
    if len(networks) >= TWO:
        return passed("They stand in {n} networks.", n=len(networks), evidence=evidence)
    if missing := [one.reason for one in zone.servers if one.reason]:
        return inconclusive(
            missing[0], "Not every server's address could be looked up.", evidence=evidence
        )
    return failed("All stand in {network}.", network=networks[0], evidence=evidence)


def _network(address: str) -> str:
    return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))
