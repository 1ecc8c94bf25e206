"""Name servers do not resolve for strangers."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.formats.name_server_examples import SILENT, server
from scanner.observation.command import dig
from scanner.observation.name_server import AuthoritativeServer, DirectAnswer


@check(
    id="ns-recursion",
    title="The name servers do not resolve other names for strangers",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Allow recursion for the agency's own networks only, best on another server.",
    snippets={
        "bind": "options { recursion no; };",
        "knot": "# Knot DNS never recurses: another server answers at that address",
        "powerdns": "# the Authoritative Server never recurses: look for a Recursor at that address",
        "windows": "Set-DnsServerRecursion -Enable $false",
    },
    references=(Reference("RFC 5358", "4"),),
    passes={
        "refused": server(),
        "offered, but nothing came": server(
            foreign=DirectAnswer("SERVFAIL", offers_recursion=True)
        ),
    },
    fails={
        "it resolves": server(foreign=DirectAnswer("NOERROR", offers_recursion=True, answers=1))
    },
    others={"not heard": server(foreign=SILENT)},
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
