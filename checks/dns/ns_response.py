"""Name servers answer as the protocol says."""

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
from scanner.formats.name_server_examples import SILENT, server
from scanner.observation.name_server import AuthoritativeServer, DirectAnswer

GARBAGE = DirectAnswer(reason=Reason.MALFORMED_REPLY, detail="no answer to the question")
PROTOCOL = frozenset({"FORMERR", "NOTIMP", "BADVERS", "NOTAUTH", "YXDOMAIN"})


@check(
    id="ns-response",
    title="The answers of the name servers follow the protocol",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Update the server's software, or the load balancer before it.",
    references=(Reference("RFC 8906", "3"), Reference("RFC 1035", "4.1")),
    passes={
        "as they should be": server(),
        "a refusal is an answer": server(DirectAnswer("REFUSED")),
    },
    fails={
        "what cannot be read": server(GARBAGE),
        "a code that is none for this": server(DirectAnswer("NOTIMP"), DirectAnswer("NOTIMP")),
    },
    others={"silence": server(SILENT, SILENT)},
)
def ns_response(server: AuthoritativeServer) -> Judgement:
    """Each resolver makes something else of a wrong answer: the domain works for some only."""
    both = {"UDP": server.by_udp, "TCP": server.by_tcp}
    evidence = tuple(f"{name}: {said.text}" for name, said in both.items())
    for name, said in both.items():
        if said.reason is Reason.MALFORMED_REPLY or said.rcode in PROTOCOL:
            return failed(
                "Over {way} it answers {what}.",
                way=name,
                what=said.detail or said.rcode,
                evidence=evidence,
                command=server.command("+tcp") if name == "TCP" else server.command(),
            )
    if server.by_udp.reason and server.by_tcp.reason:
        return inconclusive(server.by_udp.reason, "It was not heard.", evidence=evidence)
    return passed("It answers as it should.", evidence=evidence)
