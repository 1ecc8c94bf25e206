"""MX records name hosts that have an address."""

from collections.abc import Iterator
from ipaddress import ip_address

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    counted,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import MAIL_RECEIVES
from scanner.formats.mail_examples import MAIL, NAME, NO_MX, NULL_MX, SITE_ALONE
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts

GOOD = MAIL.hosts[0]


def _hosts(*hosts: MailHost) -> MailHosts:
    return MailHosts(NAME, Presence.PRESENT, hosts)


def _at(*addresses: str, name: str = "mx.test", aliases: tuple[str, ...] = ()) -> MailHost:
    return MailHost(10, name, Presence.PRESENT, addresses, aliases)


@check(
    id="mx-target",
    title="Every MX record names a host with an address of its own",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Let MX records name hosts with A or AAAA records: no alias, no IP address.",
    snippets={"bind": "@ IN MX 10 mx1.agency.example.\nmx1 IN A 192.0.2.25"},
    references=(Reference("RFC 5321", "5.1"), Reference("RFC 2181", "10.3")),
    records=(MAIL_RECEIVES,),
    passes={"addresses": _hosts(GOOD)},
    fails={
        "a host that does not exist": _hosts(GOOD, MailHost(20, "old.test", Presence.NXDOMAIN)),
        "a host without address": _hosts(MailHost(20, "old.test", Presence.NODATA)),
        "an alias": _hosts(_at("192.0.2.25", aliases=("x.test",))),
        "an address": _hosts(MailHost(10, "192.0.2.1", Presence.NXDOMAIN)),
        "this very machine": _hosts(_at("127.0.0.1", name="localhost")),
        "loopback": _hosts(
            MailHost(10, "mx.test", Presence.PRESENT, ("127.0.0.1",), foreign=("127.0.0.1",))
        ),
    },
    others={
        "no MX": NO_MX,
        "no MX, but an address": SITE_ALONE,
        "null MX": NULL_MX,
        "a host that could not be asked": _hosts(MailHost(10, "x.test", reason=Reason.SERVFAIL)),
    },
)
def mx_target(found: MailHosts) -> Judgement:
    """Mail to a host that is not there comes back, or never arrives."""
    facts: dict[Fact, FactValue] = {MAIL_RECEIVES: bool(found.hosts) and not found.is_null}
    if not found.hosts and found.has_address:
        facts = {MAIL_RECEIVES: Unknown(Reason.FACT_UNKNOWN, "see implicit-mx")}
    evidence = tuple(
        f"MX {one.preference} {one.name} {' '.join(one.addresses)}" for one in found.hosts
    )
    if not found.hosts or found.is_null:
        return not_applicable("The domain has no mail host.", evidence=evidence, facts=facts)
    wrong = sorted(_wrong(found), key=lambda one: one[0].rank)
    if wrong:
        severity, template, name = wrong[0]
        return failed(template, name=name, severity=severity, evidence=evidence, facts=facts)
    if missing := [one for one in found.hosts if one.reason]:
        return inconclusive(
            missing[0].reason or Reason.SERVFAIL,
            "The address of {name} could not be looked up.",
            name=missing[0].name,
            evidence=evidence,
            facts=facts,
        )
    said = counted(
        "The mail host has an address.", "All {n} mail hosts have addresses.", n=len(found.hosts)
    )
    return passed(said, evidence=evidence, facts=facts)


def _wrong(found: MailHosts) -> Iterator[tuple[Severity, str, str]]:
    for one in found.hosts:
        if _is_address(one.name):
            yield Severity.HIGH, "The MX record names an address, {name}, and not a host.", one.name
        elif one.name == "localhost" or one.foreign:
            text = "Nobody on the Internet reaches the mail host {name}: its address is private."
            yield Severity.MEDIUM, text, one.name
        elif not one.reason and not one.addresses and one.name != ".":
            text = "The mail host {name} has no address."
            if one.presence is Presence.NXDOMAIN:
                text = "The mail host {name} does not exist."
            yield Severity.HIGH, text, one.name
        if one.aliases:
            yield Severity.MEDIUM, "The mail host {name} is an alias, which MX forbids.", one.name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
