"""Name servers answer over TCP."""

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
    id="ns-tcp",
    title="Every name server answers over TCP too",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Open TCP port 53 in the firewall before the name server.",
    references=(Reference("RFC 7766", "5"),),
    passes={"both": _server()},
    fails={"refused": _server(tcp=CLOSED), "silent": _server(tcp=SILENT)},
    others={"nothing answers": _server(SILENT, SILENT)},
)
def ns_tcp(server: AuthoritativeServer) -> Judgement:
    """Long answers come by TCP alone: signed records, long mail policies."""
    if not server.by_tcp.reason:
        return passed("It answers over TCP.")
    if server.by_udp.reason:
        return inconclusive(server.by_udp.reason, "It was heard neither over UDP nor over TCP.")
    return failed(
        "It answers over UDP, but TCP gives: {why}.",
        why=server.by_tcp.reason,
        command=server.command("+tcp"),
    )
