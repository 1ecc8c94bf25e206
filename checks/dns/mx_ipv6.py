"""A mail server is reached over IPv6."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.name_server_examples import NOW
from scanner.formats.reach import over_ipv6
from scanner.observation import Seen
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts, MailServer

NAME = "agency.example"
MX = "mx.agency.example"
ANSWER = MailServer("220 mx", ("STARTTLS",))


def _hosts(*addresses: str, reason: Reason | None = None) -> MailHosts:
    presence = None if reason else Presence.PRESENT
    return MailHosts(
        NAME, Presence.PRESENT, (MailHost(10, MX, presence, addresses, reason=reason),)
    )


def _mail(seen: MailServer | Unobserved) -> Every[MailServer]:
    place = Place(Subject(Role.MAIL, MX, 25), "2001:db8::25")
    return Every((Seen(place, seen if isinstance(seen, Unobserved) else Observed(seen, NOW)),))


@check(
    id="mx-ipv6",
    title="A mail server of the domain is reached over IPv6",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Give an MX host an AAAA record and let its server listen there.",
    snippets={"bind": "mx IN AAAA 2001:db8::25", "postfix": "inet_protocols = all"},
    references=(Reference("RFC 8200"), Reference("OMB M-21-07")),
    passes={"it answers": (_hosts("192.0.2.25", "2001:db8::25"), _mail(ANSWER))},
    fails={
        "IPv4 alone": (_hosts("192.0.2.25"), Every()),
        "nothing listens": (_hosts("2001:db8::25"), _mail(Unobserved(Reason.REFUSED))),
    },
    others={
        "no mail": (MailHosts(NAME, Presence.PRESENT, (MailHost(0, "."),)), Every()),
        "no MX record": (MailHosts(NAME, Presence.NODATA, (), has_address=True), Every()),
        "its address is unknown": (_hosts(reason=Reason.SERVFAIL), Every()),
        "we have no IPv6": (_hosts("2001:db8::25"), Every()),
    },
)
def mx_ipv6(mail: MailHosts, servers: Every[MailServer]) -> Judgement:
    """Senders that have IPv6 alone must deliver too."""
    if mail.is_null or not mail.hosts:
        return not_applicable("The domain names no mail server.")
    named = [one for one in mail.hosts if any(":" in address for address in one.addresses)]
    evidence = tuple(f"MX {one.name} {', '.join(one.addresses) or '-'}" for one in mail.hosts)
    reached = {one.name: over_ipv6(one.name, servers) for one in named}
    if any(one.yes for one in reached.values()):
        name = next(name for name, one in reached.items() if one.yes)
        return passed("Its mail server {name} answers over IPv6.", name=name, evidence=evidence)
    unknown = [one for one in mail.hosts if one.reason or one.unseen]
    if not named and unknown:
        return inconclusive(
            unknown[0].reason or unknown[0].unseen or Reason.TIMEOUT,
            "The address of {name} is unknown.",
            name=unknown[0].name,
            evidence=evidence,
        )
    open_ = [(name, one) for name, one in reached.items() if not one.is_definite]
    if open_:
        name, one = open_[0]
        return inconclusive(
            one.reason,
            "The mail server {name} has an IPv6 address, which we did not reach ({why}).",
            name=name,
            why=one.detail,
            evidence=evidence,
        )
    return failed("No mail server of the domain is reached over IPv6.", evidence=evidence)
