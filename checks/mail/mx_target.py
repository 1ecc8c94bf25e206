"""MX records name hosts that have an address."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import MAIL_RECEIVES
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts

GOOD = MailHost(10, "mx1.agency.example", Presence.PRESENT, ("192.0.2.25",))


def _hosts(*hosts: MailHost) -> MailHosts:
    return MailHosts("agency.example", Presence.PRESENT, hosts)


@check(
    id="mx-target",
    title="Every MX record names a host with an address of its own",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Let MX records name hosts with A or AAAA records: no alias, no IP address.",
    snippets={"bind": "@ IN MX 10 mx1.agency.example."},
    references=(Reference("RFC 5321", "5.1"), Reference("RFC 2181", "10.3")),
    records=(MAIL_RECEIVES,),
    passes={"addresses": _hosts(GOOD)},
    fails={
        "a host that does not exist": _hosts(GOOD, MailHost(20, "old.test", Presence.NXDOMAIN)),
        "an alias": _hosts(
            MailHost(10, "mail.test", Presence.PRESENT, ("192.0.2.25",), aliases=("x.test",))
        ),
    },
    others={
        "no MX": _hosts(),
        "null MX": _hosts(MailHost(0, ".")),
        "a host that could not be asked": _hosts(MailHost(10, "x.test", reason=Reason.SERVFAIL)),
    },
)
def mx_target(found: MailHosts) -> Judgement:
    """Mail to a host that is not there comes back, or never arrives."""
    facts = {MAIL_RECEIVES: found.receives}
    evidence = tuple(f"MX {one.preference} {one.name}" for one in found.hosts)
    if not found.hosts or found.is_null:
        return not_applicable("The domain has no mail host.", evidence=evidence, facts=facts)
    for one in found.hosts:
        if not one.reason and not one.addresses and one.name != ".":
            return failed(
                "The mail host {name} has no address.",
                name=one.name,
                evidence=evidence,
                facts=facts,
            )
    for one in found.hosts:
        if one.aliases:
            return failed(
                "The mail host {name} is an alias of {target}.",
                name=one.name,
                target=one.aliases[-1],
                severity=Severity.MEDIUM,
                evidence=evidence,
                facts=facts,
            )
    if missing := [one for one in found.hosts if one.reason]:
        return inconclusive(
            missing[0].reason or Reason.SERVFAIL,
            "The address of {name} could not be looked up.",
            name=missing[0].name,
            evidence=evidence,
            facts=facts,
        )
    return passed(
        "All {n} mail hosts have addresses.", n=len(found.hosts), evidence=evidence, facts=facts
    )
