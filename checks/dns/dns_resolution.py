"""The name can be looked up."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.fact import HOST_IN_DNS
from scanner.formats.name_server_examples import REFUSED, at, server
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.name_server import AuthoritativeServer

NAME = "agency.example"
LAME = server(REFUSED, REFUSED)
FAILED = Unobserved(Reason.SERVFAIL, "the resolver answered SERVFAIL")


@check(
    id="dns-resolution",
    title="The name is answered by its name servers",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="Restore the zone on its name servers, or correct the delegation at the parent.",
    snippets={
        "bind": "named-checkzone agency.example agency.example.zone\nrndc reload agency.example",
        "knot": "kzonecheck agency.example.zone\nknotc zone-reload agency.example",
        "powerdns": "pdnsutil check-zone agency.example",
        "windows": "Resume-DnsServerZone -Name agency.example",
    },
    references=(Reference("RFC 1034", "4.1"), Reference("RFC 1912", "2.8")),
    records=(HOST_IN_DNS,),
    passes={
        "an address": (HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",)), at(server())),
        "it exists without one": (HostAddresses(NAME, Presence.NODATA), at(server())),
    },
    fails={"every server is lame": (FAILED, at(LAME, LAME))},
    others={
        "no such name": (HostAddresses(NAME, Presence.NXDOMAIN), at(server())),
        "one server answers": (FAILED, at(LAME, server())),
        "nobody was reached": (FAILED, at(Unobserved(Reason.TIMEOUT))),
    },
)
def dns_resolution(
    host: HostAddresses | Unobserved, servers: Every[AuthoritativeServer]
) -> Judgement:
    """A name that nobody answers for is off the Internet: site, mail and all."""
    if isinstance(host, HostAddresses):
        facts = {HOST_IN_DNS: bool(host.addresses)}
        if host.presence is Presence.NXDOMAIN:
            return inconclusive(
                Reason.NO_SUCH_NAME, "The name {host} does not exist.", host=host.name, facts=facts
            )
        if not host.addresses:
            return passed("It exists, without an address.", facts=facts)
        return passed(
            "Its addresses are {addresses}.", addresses=", ".join(host.addresses), facts=facts
        )
    unknown = {HOST_IN_DNS: Unknown(host.reason, host.detail)}
    heard = servers.values
    complete = bool(heard) and not any(
        isinstance(one.observation, Unobserved) for one in servers.seen
    )
    if complete and not any(one.is_good for one in heard):
        return failed(
            "None of the {n} addresses of its name servers answers for {zone}.",
            n=len(heard),
            zone=heard[0].zone,
            evidence=tuple(
                f"{one.place.subject.host} {one.place.address}: {value.by_udp.text}"
                for one, value in zip(servers.seen, heard, strict=True)
            ),
            command=heard[0].command(),
            facts=unknown,
        )
    return inconclusive(
        host.reason,
        "The name could not be looked up: {why}.",
        why=host.detail or host.reason,
        facts=unknown,
    )
