"""Name servers do not resolve for strangers."""

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
from scanner.observation.command import dig
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
    id="ns-recursion",
    title="The name servers do not resolve other names for strangers",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Allow recursion for the agency's own networks only, best on another server.",
    snippets={"bind": "recursion no;"},
    references=(Reference("RFC 5358", "4"),),
    passes={
        "refused": _server(),
        "offered, but nothing came": _server(
            foreign=DirectAnswer("SERVFAIL", offers_recursion=True)
        ),
    },
    fails={"it resolves": _server(foreign=RESOLVES)},
    others={"not heard": _server(foreign=SILENT)},
)
def ns_recursion(server: AuthoritativeServer) -> Judgement:
    """Open resolvers are used to flood others, and to poison what the agency itself looks up."""
    said = server.foreign
    if said.reason:
        return inconclusive(said.reason, "It was not heard: {why}.", why=said.reason)
    resolved = said.rcode == "NXDOMAIN" or (said.rcode == "NOERROR" and said.answers > 0)
    evidence = (f"{said.rcode}, RA {int(said.offers_recursion)}, {said.answers} answers",)
    if said.offers_recursion and resolved:
        return failed(
            "It resolved a name of no zone of its own.",
            evidence=evidence,
            command=dig("example.com", "A", server=server.address),
        )
    return passed("It does not resolve other names ({rcode}).", rcode=said.rcode, evidence=evidence)
