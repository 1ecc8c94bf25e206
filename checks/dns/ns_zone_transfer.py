"""The whole zone is not given to strangers."""

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
from scanner.observation.command import dig
from scanner.observation.name_server import AuthoritativeServer, Transfer


@check(
    id="ns-zone-transfer",
    title="The name servers do not give the whole zone to strangers",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Allow transfers to the other servers of the zone alone, best with TSIG.",
    snippets={
        "bind": "allow-transfer { key transfer-key; };",
        "knot": "acl:\n  - id: secondaries\n    key: transfer-key\n    action: transfer",
        "powerdns": "allow-axfr-ips=192.0.2.2",
        "windows": "Set-DnsServerPrimaryZone -Name agency.example -SecureSecondaries TransferToZoneNameServer",
    },
    references=(Reference("RFC 5936", "5"),),
    passes={"refused": server(transfer=Transfer(given=False, detail="REFUSED"))},
    fails={"given": server(transfer=Transfer(given=True, detail="the SOA and 9 more at once"))},
    others={
        "nobody authorised it": server(
            transfer=Transfer(given=False, reason=Reason.NOT_AUTHORISED)
        ),
        "no connection": server(transfer=Transfer(given=False, reason=Reason.REFUSED)),
        "never asked": server(),
    },
)
def ns_zone_transfer(server: AuthoritativeServer) -> Judgement:
    """Who has the zone has every internal name in it: a map for the first attack."""
    said = server.transfer
    if said is None:
        return inconclusive(Reason.DEPENDENCY_MISSING, "It was not asked for the zone.")
    if said.reason is Reason.NOT_AUTHORISED:
        return inconclusive(said.reason, "It was not asked for the zone: {why}.", why=said.reason)
    if said.reason:
        return inconclusive(
            said.reason,
            "Whether it gives the zone was not seen: over TCP it gave no answer ({why}).",
            why=said.reason,
        )
    if said.given:
        return failed(
            "It began to send the whole zone {zone} ({what}).",
            zone=server.zone,
            what=said.detail,
            evidence=(f"AXFR {server.zone}: {said.detail}",),
            command=dig(server.zone, "AXFR", server=server.address),
        )
    return passed("It does not give the zone: {why}.", why=said.detail)
