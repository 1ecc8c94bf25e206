"""Every name server knows the zone."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.observation.dns import AuthoritativeServer, DirectAnswer

GOOD = DirectAnswer("NOERROR", is_authoritative=True, answers=1)
REFUSED = DirectAnswer("REFUSED")
SILENT = DirectAnswer(reason=Reason.TIMEOUT, detail="no answer in time")
CLOSED = DirectAnswer(reason=Reason.REFUSED, detail="the connection was refused")
RESOLVES = DirectAnswer("NOERROR", offers_recursion=True, answers=1)


def _server(
    udp: DirectAnswer = GOOD, tcp: DirectAnswer = GOOD, foreign: DirectAnswer = REFUSED
) -> AuthoritativeServer:
    return AuthoritativeServer("agency.example", udp, tcp, foreign, 1)


@check(
    id="ns-authority",
    title="Every name server of the zone answers for it",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Load the zone on that server, or take its NS record out of the zone and its parent.",
    references=(Reference("RFC 1912", "2.8"), Reference("RFC 9499", "7")),
    passes={"authoritative": _server()},
    fails={
        "it refuses": _server(REFUSED, REFUSED),
        "it answers, but not from the zone": _server(
            DirectAnswer("NOERROR", answers=1), DirectAnswer("NOERROR", answers=1)
        ),
    },
    others={"silent": _server(SILENT, SILENT), "one of two ways": _server(SILENT, REFUSED)},
)
def ns_authority(server: AuthoritativeServer) -> Judgement:
    """A lame server makes every look-up slow, and the last good one a single point of failure."""
    evidence = (f"UDP: {_said(server.by_udp)}", f"TCP: {_said(server.by_tcp)}")
    if server.by_udp.is_authoritative or server.by_tcp.is_authoritative:
        return passed("It answers for {zone}.", zone=server.zone, evidence=evidence)
    if reason := server.by_udp.reason or server.by_tcp.reason:
        return inconclusive(reason, "It was not heard in both ways.", evidence=evidence)
    return failed(
        "It does not answer for {zone}.",
        zone=server.zone,
        evidence=evidence,
        command=server.command(),
    )


def _said(answer: DirectAnswer) -> str:
    return str(answer.reason) if answer.reason else answer.rcode
