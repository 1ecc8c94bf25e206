"""Parent and zone name the same name servers."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.name_server_examples import at, server
from scanner.observation.dns import NameServer, NameServers
from scanner.observation.name_server import AuthoritativeServer, Delegation

NS = ("ns1.agency.example", "ns2.agency.example")
ZONE = NameServers("agency.example", tuple(NameServer(one) for one in NS))


def _parent(*ns: str, same: bool = False, missing: bool = False) -> Delegation:
    return Delegation("agency.example", "example", ("a.nic.example",), ns, (), same, missing)


@check(
    id="ns-consistency",
    title="The parent, the zone and all its servers name the same name servers",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Let the registrar list exactly the NS records that the zone itself has.",
    references=(Reference("RFC 1034", "4.2.2"), Reference("RFC 1912", "2.3")),
    passes={
        "the same": (ZONE, _parent(*NS), at(server(), server())),
        "parent and zone on one server": (ZONE, _parent(*NS, same=True), at(server())),
    },
    fails={
        "the parent names another": (ZONE, _parent(NS[0], "old.test"), at(server())),
        "servers differ": (ZONE, _parent(*NS), at(server(), server(ns=(NS[0],)))),
    },
    others={
        "no zone": (NameServers("agency.example", ()), _parent(*NS), at(server())),
        "no referral seen": (ZONE, _parent(missing=True), at()),
    },
)
def ns_consistency(
    zone: NameServers, parent: Delegation, servers: Every[AuthoritativeServer]
) -> Iterator[Judgement]:
    """Part of the world then asks servers that the agency believes to be out of use."""
    if not zone.servers:
        yield not_applicable("The name {zone} has no NS record.", zone=zone.zone)
        return
    own = {one.name for one in zone.servers}
    faults = [*_by_parent(own, parent), *_by_servers(servers)]
    yield from faults
    if not faults and not parent.ns:
        yield not_applicable("The parent's servers gave no referral for {zone}.", zone=zone.zone)
    elif not faults:
        yield passed("All name the same {n} servers.", n=len(own), evidence=tuple(sorted(own)))


def _by_parent(own: set[str], parent: Delegation) -> Iterator[Judgement]:
    given = set(parent.ns)
    if not given or parent.same_server or given == own:
        return
    alone = sorted(given - own)
    missing = sorted(own - given)
    yield failed(
        "Only the parent names: {parent}. Only the zone names: {zone}.",
        parent=", ".join(alone) or "none",
        zone=", ".join(missing) or "none",
        severity=Severity.LOW,
        item="parent",
        evidence=(
            f"parent ({', '.join(parent.asked)}): {', '.join(parent.ns)}",
            f"zone: {', '.join(sorted(own))}",
        ),
    )


def _by_servers(servers: Every[AuthoritativeServer]) -> Iterator[Judgement]:
    heard = [
        (one.place, one.observation.value.ns)
        for one in servers.seen
        if isinstance(one.observation, Observed) and one.observation.value.ns
    ]
    if len({ns for _, ns in heard}) > 1:
        yield failed(
            "The servers of the zone name different name servers.",
            item="servers",
            evidence=tuple(
                f"{place.subject.host} {place.address}: {', '.join(ns)}" for place, ns in heard
            ),
        )
