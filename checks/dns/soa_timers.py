"""The timers of the zone."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Every,
    Judgement,
    Message,
    Reason,
    Reference,
    Severity,
    Unobserved,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.formats.direct_answers import unheard
from scanner.formats.name_server_examples import NO_SERVER, at, server
from scanner.observation.name_server import AuthoritativeServer, Timers

MINUTE, HOUR, DAY = 60, 3600, 86_400


@check(
    id="soa-timers",
    title="The timers of the zone are within the usual bounds",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Refresh 20 minutes to 12 hours, retry less than that, expire 14 days or more.",
    snippets={
        "bind": "@ IN SOA ns1 hostmaster ( 2026112501 2h 15m 2w 1h )",
        "powerdns": "pdnsutil edit-zone agency.example",
    },
    references=(Reference("RFC 1912", "2.2"), Reference("RFC 2308", "5")),
    others={
        "usual": at(server()),
        "all unusual": at(server(timers=Timers(1, 60, 60, 3600, 2 * DAY))),
        "refresh too long": at(server(timers=Timers(1, 13 * HOUR, 600, 15 * DAY, HOUR))),
        "no server at all": NO_SERVER,
        "one that gave none": at(server(timers=None)),
        "not heard": at(Unobserved(Reason.TIMEOUT)),
    },
)
def soa_timers(servers: Every[AuthoritativeServer]) -> Judgement:
    """They decide how long an error lives, and how long the zone outlives its primary."""
    found = [one.timers for one in servers.values if one.timers]
    if not found:
        match unheard(servers):
            case Message() as why:
                return not_applicable(why)
            case reason:
                return inconclusive(
                    reason or Reason.MALFORMED_REPLY, "No server gave its SOA record."
                )
    said = tuple(_unusual(found[0]))
    seen = found[0]
    first = f"refresh {seen.refresh}, retry {seen.retry}"
    evidence = (f"{first}, expire {seen.expire}, negative TTL {seen.minimum}",)
    if not said:
        return informational("All timers are within the usual bounds.", evidence=evidence)
    return informational("Unusual: {what}.", what="; ".join(said), evidence=evidence)


def _unusual(timers: Timers) -> Iterator[str]:
    if timers.refresh < 20 * MINUTE:
        yield "refresh under 20 minutes"
    if timers.refresh > 12 * HOUR:
        yield "refresh over 12 hours"
    if timers.retry >= timers.refresh:
        yield "retry not shorter than refresh"
    if timers.expire < 14 * DAY:
        yield "expire under 14 days"
    if timers.minimum > DAY:
        yield "negative answers are kept over a day"
