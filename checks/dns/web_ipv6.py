"""The web site has an IPv6 address."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.observation.dns import HostAddresses, Presence

NAME = "www.agency.example"


@check(
    id="web-ipv6",
    title="The web site has an IPv6 address",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="Have the provider assign an IPv6 address, and publish it as AAAA.",
    snippets={"bind": "www IN AAAA 2001:db8::7"},
    references=(Reference("RFC 8200"), Reference("OMB M-21-07")),
    passes={
        "both families": HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",), ("2001:db8::7",))
    },
    fails={"IPv4 alone": HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))},
    others={
        "no address": HostAddresses(NAME, Presence.NODATA),
        "from the hosts file": HostAddresses(
            NAME, Presence.PRESENT, ("127.0.0.7",), from_hosts_file=True
        ),
    },
)
def web_ipv6(host: HostAddresses) -> Judgement:
    """Visitors whose network has IPv6 alone reach the site by detours, or not at all."""
    if host.from_hosts_file:
        return not_applicable("The address comes from the operator's hosts file, not from DNS.")
    if not host.addresses:
        return not_applicable("The name {host} has no address.", host=host.name)
    if host.ipv6:
        return passed("It has {address}.", address=host.ipv6[0], evidence=host.ipv6)
    return failed("It has IPv4 addresses only.", evidence=host.ipv4)
