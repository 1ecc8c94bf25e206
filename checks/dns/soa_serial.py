"""All name servers have the same copy of the zone."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Message,
    Observed,
    Reason,
    Reference,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.direct_answers import unheard
from scanner.formats.name_server_examples import NO_SERVER, TIMERS, at, server
from scanner.observation.name_server import AuthoritativeServer, Timers

NEW = Timers(2, 3600, 600, 1_209_600, 3600)


@check(
    id="soa-serial",
    title="All name servers have the same copy of the zone",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Repair the transfer from the primary: NOTIFY, access lists, TSIG keys and time.",
    snippets={
        "bind": "rndc retransfer agency.example",
        "knot": "knotc zone-refresh agency.example",
        "powerdns": "pdns_control retrieve agency.example",
        "windows": "Start-DnsServerZoneTransfer -Name agency.example",
    },
    references=(Reference("RFC 1034", "4.3.5"), Reference("RFC 1912", "2.2")),
    passes={"the same": at(server(), server())},
    fails={
        "still different a minute later": at(
            server(later=TIMERS), server(serial=2, timers=NEW, later=NEW)
        )
    },
    others={
        "just changed": at(server(later=NEW), server(serial=2, timers=NEW, later=NEW)),
        "no server at all": NO_SERVER,
        "one that gave none": at(server(timers=None)),
        "one alone": at(Unobserved(Reason.TIMEOUT)),
        "not looked at again": at(server(), server(serial=2, timers=NEW)),
    },
)
def soa_serial(servers: Every[AuthoritativeServer]) -> Judgement:
    """A change, or a new signature, then reaches some visitors and not others."""
    known = [
        (f"{one.place.subject.host} {one.place.address}", one.observation.value)
        for one in servers.seen
        if isinstance(one.observation, Observed) and one.observation.value.timers
    ]
    if not known:
        match unheard(servers):
            case Message() as why:
                return not_applicable(why)
            case reason:
                return inconclusive(
                    reason or Reason.MALFORMED_REPLY, "No server said which copy it has."
                )
    evidence = tuple(f"{where}: serial {_shown(value)}" for where, value in known)
    if len({value.serial for _, value in known}) == 1:
        return passed("All {n} addresses have the same serial.", n=len(known), evidence=evidence)
    later = {value.later.serial for _, value in known if value.later}
    if not later:
        return inconclusive(
            Reason.TIMEOUT, "The serials differ, and could not be asked again.", evidence=evidence
        )
    if len(later) == 1:
        return informational(
            "The serials differed once: the zone had just changed.", evidence=evidence
        )
    return failed(
        "The serials still differ a minute later: {serials}.",
        serials=", ".join(map(str, sorted(later))),
        evidence=evidence,
    )


def _shown(value: AuthoritativeServer) -> str:
    return f"{value.serial}, then {value.later.serial}" if value.later else str(value.serial)
