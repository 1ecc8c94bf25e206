"""Name servers answer over TCP."""

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
from scanner.formats.name_server_examples import CLOSED, SILENT, server
from scanner.observation.name_server import AuthoritativeServer


@check(
    id="ns-tcp",
    title="Every name server answers over TCP too",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Open TCP port 53 in the firewall before the name server.",
    snippets={
        "bind": "options { tcp-clients 150; };",
        "knot": "server:\n    tcp-max-clients: 1000",
        "powerdns": "max-tcp-connections=128",
        "windows": "New-NetFirewallRule -DisplayName 'DNS TCP' -Protocol TCP -LocalPort 53 -Action Allow",
    },
    references=(Reference("RFC 7766", "5"),),
    passes={"both": server()},
    fails={"refused": server(tcp=CLOSED), "silent": server(tcp=SILENT)},
    others={"nothing answers": server(SILENT, SILENT)},
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
