"""Name servers speak EDNS."""

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
from scanner.formats.name_server_examples import server
from scanner.observation.name_server import AuthoritativeServer


@check(
    id="ns-edns",
    title="Every name server answers questions with EDNS",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Update the server; let the firewall before it pass EDNS and answers over 512 bytes.",
    snippets={
        "bind": "# no server entry may switch it off: remove  server … { edns no; };",
        "windows": "Set-DnsServerEDns -EnableReception $true",
    },
    references=(Reference("RFC 6891", "7"), Reference("RFC 8906", "3.2")),
    passes={"it does": server()},
    fails={"it does not": server(edns=False)},
    others={"not heard": server(edns=None)},
)
def ns_edns(server: AuthoritativeServer) -> Judgement:
    """Without it there is no DNSSEC, and resolvers have stopped working around it."""
    if server.edns is None:
        return inconclusive(Reason.TIMEOUT, "It was not heard over UDP.")
    if server.edns:
        return passed("It answers with EDNS.")
    return failed(
        "It answers only without EDNS.",
        evidence=(f"with EDNS: {server.by_udp.text}",),
        command=server.command("+edns=0"),
    )
