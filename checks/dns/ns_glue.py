"""The addresses at the parent are those of the zone."""

from collections.abc import Iterator

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
from scanner.observation.name_server import Delegation, NamedAddresses

NS1 = "ns1.agency.example"


def _zone(*addresses: str, reason: Reason | None = None) -> NameServers:
    return NameServers(
        "agency.example", (NameServer(NS1, Presence.PRESENT, addresses, reason=reason),)
    )


def _parent(*glue: str, names: tuple[str, ...] = (NS1,)) -> Delegation:
    given = (NamedAddresses(NS1, glue),) if glue else ()
    return Delegation("agency.example", "example", ("a.nic.example",), names, given)


@check(
    id="ns-glue",
    title="The addresses that the parent gives for the name servers are right",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Have the registrar correct the glue (host) records of these name servers.",
    references=(Reference("RFC 1034", "4.2.1"), Reference("RFC 1912", "2.3")),
    passes={"the same": (_zone("192.0.2.1"), _parent("192.0.2.1"))},
    fails={
        "an old address": (_zone("192.0.2.1"), _parent("192.0.2.1", "198.51.100.9")),
        "none, though it is needed": (_zone("192.0.2.1"), _parent()),
    },
    others={
        "none needed": (_zone("192.0.2.1"), _parent(names=("ns.host.test",))),
        "its address is unknown": (_zone(reason=Reason.TIMEOUT), _parent("192.0.2.1")),
    },
)
def ns_glue(zone: NameServers, parent: Delegation) -> Iterator[Judgement]:
    """Resolvers begin with these addresses: who holds an abandoned one answers for the agency."""
    within = [one for one in parent.ns if _is_below(one, zone.zone)]
    if parent.same_server or not (within or parent.glue):
        yield not_applicable("No name server of {zone} needs glue.", zone=zone.zone)
        return
    glue = {one.name: one.addresses for one in parent.glue}
    known = {one.name: one for one in zone.servers}
    unknown = [known[name].reason for name in glue if name in known and known[name].reason]
    if unknown:
        yield inconclusive(
            unknown[0] or Reason.TIMEOUT, "Not every server's address could be looked up."
        )
        return
    faults = [*_stale(glue, known), *_missing(within, glue)]
    yield from faults
    if not faults:
        yield passed("The glue of {n} name servers is right.", n=len(glue))


def _is_below(name: str, zone: str) -> bool:
    return name.endswith(f".{zone}")


def _stale(glue: dict[str, tuple[str, ...]], known: dict[str, NameServer]) -> Iterator[Judgement]:
    for name, addresses in glue.items():
        own = {*known[name].ipv4, *known[name].ipv6} if name in known else set()
        wrong = sorted(set(addresses) - own)
        if own and wrong:
            yield failed(
                "The parent gives {wrong} for {name}; the zone gives {own}.",
                wrong=", ".join(wrong),
                name=name,
                own=", ".join(sorted(own)),
                item=name,
                evidence=(
                    f"glue {name} {', '.join(addresses)}",
                    f"zone {name} {', '.join(sorted(own))}",
                ),
            )


def _missing(within: list[str], glue: dict[str, tuple[str, ...]]) -> Iterator[Judgement]:
    for name in within:
        if name not in glue:
            yield failed(
                "The parent gives no address for {name}, which lies in the zone itself.",
                name=name,
                item=name,
            )
