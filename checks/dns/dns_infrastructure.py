"""What the domain's services stand on."""

from datetime import UTC, datetime
from ipaddress import ip_network

from scanner import (
    Effort,
    Every,
    Judgement,
    Members,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.fact import DNS_MAIL_HOSTS, DNS_NAME_SERVERS, DNS_NETWORKS
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, NameServer, NameServers, Presence
from scanner.observation.mail import MailHost, MailHosts

NAME = "agency.example"
WHEN = datetime(2026, 11, 25, tzinfo=UTC)
ZONE = NameServers(NAME, (NameServer("ns1.x.test", Presence.PRESENT, ("192.0.2.1",)),))
MAIL = MailHosts(
    NAME, Presence.PRESENT, (MailHost(10, "mx.x.test", Presence.PRESENT, ("2001:db8::1",)),)
)
NULL = MailHosts(NAME, Presence.PRESENT, (MailHost(0, "."),))


def _web(seen: HostAddresses | Unobserved) -> Every[HostAddresses]:
    given = seen if isinstance(seen, Unobserved) else Observed(seen, WHEN)
    return Every((Seen(Place(Subject(Role.HOST, NAME)), given),))


@check(
    id="dns-infrastructure",
    title="The name servers, mail hosts and networks of the domain are known",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Nothing to be done here; see `shared-infrastructure` for what many agencies share.",
    references=(Reference("RFC 2182", "3.1"),),
    records=(DNS_NAME_SERVERS, DNS_MAIL_HOSTS, DNS_NETWORKS),
    others={
        "all seen": (ZONE, MAIL, _web(HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",)))),
        "no mail, no web address": (ZONE, NULL, _web(HostAddresses(NAME, Presence.NODATA))),
        "nothing there": (
            NameServers(NAME, ()),
            MailHosts(NAME, Presence.NXDOMAIN),
            _web(HostAddresses(NAME, Presence.NXDOMAIN)),
        ),
        "nothing was seen": (
            NameServers(NAME, ()),
            Unobserved(Reason.TIMEOUT),
            _web(Unobserved(Reason.TIMEOUT)),
        ),
        "mail was not seen": (
            ZONE,
            Unobserved(Reason.TIMEOUT),
            _web(HostAddresses(NAME, Presence.NODATA)),
        ),
        "an address was not seen": (
            NameServers(NAME, (NameServer("ns.x.test", reason=Reason.TIMEOUT),)),
            MAIL,
            _web(Unobserved(Reason.TIMEOUT)),
        ),
    },
)
def dns_infrastructure(
    zone: NameServers, mail: MailHosts | Unobserved, hosts: Every[HostAddresses]
) -> Judgement:
    """What many agencies share is one risk for all of them, and one place to mend it for all."""
    named = mail.hosts if isinstance(mail, MailHosts) else ()
    servers = tuple(sorted(one.name for one in zone.servers))
    posts = tuple(sorted(one.name for one in named if one.name != "."))
    web = [value.addresses for value in hosts.values]
    every = [
        *(address for one in zone.servers for address in (*one.ipv4, *one.ipv6)),
        *(address for one in named for address in one.addresses),
        *(address for addresses in web for address in addresses),
    ]
    networks = tuple(sorted({_network(one) for one in every}))
    has_mail = isinstance(mail, MailHosts)
    complete = (
        has_mail
        and len(web) == len(hosts.seen)
        and not any(one.reason for one in zone.servers)
        and not any(one.reason for one in named)
    )
    facts = {
        DNS_NAME_SERVERS: Members(servers),
        DNS_MAIL_HOSTS: Members(posts, complete=has_mail),
        DNS_NETWORKS: Members(networks, complete=complete),
    }
    if not servers and not every:
        seen = (mail, *(each.observation for each in hosts.seen))
        unseen = [one.reason for one in seen if isinstance(one, Unobserved)]
        if unseen:
            return inconclusive(unseen[0], "Nothing of it was seen.", facts=facts)
        return not_applicable("It has neither name servers nor addresses.", facts=facts)
    return informational(
        "It stands on {servers} name servers, {mail} mail hosts and {networks} networks.",
        servers=len(servers),
        mail=len(posts),
        networks=len(networks),
        evidence=(*servers, *posts, *networks),
        facts=facts,
    )


def _network(address: str) -> str:
    return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))
