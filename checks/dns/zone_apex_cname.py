"""The domain itself is no alias."""

from scanner import Effort, Judgement, Reference, Severity, check, failed, not_applicable, passed
from scanner.observation.dns import HostAddresses, NameServers, Presence


@check(
    id="zone-apex-cname",
    title="The domain itself is no alias",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Replace the CNAME at the domain by address records, or by the provider's ALIAS.",
    snippets={
        "bind": "; instead of: @ IN CNAME agency.provider.example.\n@ IN A 192.0.2.7",
        "powerdns": "# with expand-alias=yes and resolver=…\n"
        "pdnsutil add-record agency.example @ ALIAS agency.provider.example.",
    },
    references=(Reference("RFC 1034", "3.6.2"), Reference("RFC 2181", "10.1")),
    passes={
        "addresses": (
            HostAddresses("a.example", Presence.PRESENT, ("192.0.2.7",)),
            NameServers("a.example", ()),
        )
    },
    fails={
        "an alias": (
            HostAddresses("a.example", Presence.PRESENT, ("192.0.2.7",), aliases=("x.test",)),
            NameServers("a.example", ()),
        )
    },
    others={
        "a name below the zone's": (
            HostAddresses("www.a.example", Presence.PRESENT, ("192.0.2.7",)),
            NameServers("a.example", ()),
        )
    },
)
def zone_apex_cname(host: HostAddresses, zone: NameServers) -> Judgement:
    """An alias there hides the mail and name server records of the whole domain."""
    if host.name != zone.zone or host.presence is Presence.NXDOMAIN:
        return not_applicable("The name {host} is not that of a zone.", host=host.name)
    if host.aliases:
        return failed(
            "It is an alias of {target}.",
            target=host.aliases[0],
            evidence=(f"CNAME {host.aliases[0]}",),
        )
    return passed("It has records of its own.")
