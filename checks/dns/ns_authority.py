"""Every name server knows the zone."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.formats.name_server_examples import CLOSED, REFUSED, SILENT, at, server
from scanner.observation.name_server import AuthoritativeServer, DirectAnswer

LAME = server(REFUSED, REFUSED)
FINE = server()
NO_ZONE = DirectAnswer("NXDOMAIN", is_authoritative=True)


@check(
    id="ns-authority",
    title="Every name server of the zone answers for it",
    severity=Severity.CRITICAL,
    mildest=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
    Load the zone on that server, or take its NS record out of the zone and its parent. At a hosted
    panel: create the zone there again, at the very name servers that the registrar lists.
    """,
    snippets={
        "bind": "named-checkconf -z\nrndc zonestatus agency.example",
        "knot": "knotc zone-status agency.example",
        "powerdns": "pdnsutil check-zone agency.example",
        "windows": "Get-DnsServerZone -Name agency.example",
    },
    references=(Reference("RFC 1912", "2.8"), Reference("RFC 9499", "7")),
    passes={"authoritative": (FINE, at(FINE))},
    fails={
        "it refuses": (LAME, at(FINE, LAME)),
        "all of them do": (LAME, at(LAME, LAME)),
        "it answers, but not from the zone": (
            server(DirectAnswer("NOERROR", answers=1), DirectAnswer("NOERROR", answers=1)),
            at(FINE),
        ),
        "for it the zone does not exist": (
            server(NO_ZONE, NO_ZONE),
            at(FINE),
        ),
        "it refers upwards": (
            server(DirectAnswer("NOERROR", referral="."), DirectAnswer("NOERROR", referral=".")),
            at(FINE),
        ),
    },
    others={
        "silent": (server(SILENT, SILENT), at(FINE)),
        "one of two ways": (server(SILENT, REFUSED), at(FINE)),
        "no answer over TCP": (server(REFUSED, CLOSED), at(FINE)),
    },
)
def ns_authority(server: AuthoritativeServer, every: Every[AuthoritativeServer]) -> Judgement:
    """A lame server makes every look-up slow, and the last good one a single point of failure."""
    evidence = (f"UDP: {server.by_udp.text}", f"TCP: {server.by_tcp.text}")
    if server.is_good:
        return passed("It answers for {zone}.", zone=server.zone, evidence=evidence)
    if reason := server.by_udp.reason or server.by_tcp.reason:
        return inconclusive(reason, "It was not heard in both ways.", evidence=evidence)
    if any(one.is_good for one in every.values):
        return failed(
            "It does not answer for {zone}.",
            zone=server.zone,
            severity=Severity.HIGH,
            evidence=evidence,
            command=server.command(),
        )
    return failed(
        "It does not answer for {zone}, and no other server does.",
        zone=server.zone,
        evidence=evidence,
        command=server.command(),
    )
