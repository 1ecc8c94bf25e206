"""A null MX stands alone."""

from scanner import Effort, Judgement, Reference, Severity, check, failed, not_applicable, passed
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts

NULL = MailHost(0, ".")


def _hosts(*hosts: MailHost) -> MailHosts:
    return MailHosts("agency.example", Presence.PRESENT, hosts)


@check(
    id="null-mx",
    title="A null MX stands alone",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish either mail hosts, or the one record `0 .`, not both.",
    snippets={"bind": "@ IN MX 0 ."},
    references=(Reference("RFC 7505", "3"),),
    passes={"alone": _hosts(NULL)},
    fails={
        "beside a mail host": _hosts(
            NULL, MailHost(10, "mx.test", Presence.PRESENT, ("192.0.2.1",))
        ),
        "with another preference": _hosts(MailHost(10, ".")),
    },
    others={"no null MX": _hosts(MailHost(10, "mx.test", Presence.PRESENT, ("192.0.2.1",)))},
)
def null_mx(found: MailHosts) -> Judgement:
    """Senders read the contradiction differently: some mail comes back at once, some after days."""
    nulls = [one for one in found.hosts if one.name == "."]
    evidence = tuple(f"MX {one.preference} {one.name}" for one in found.hosts)
    if not nulls:
        return not_applicable("The domain publishes no null MX.")
    if len(found.hosts) > 1:
        return failed("It stands beside other mail hosts.", evidence=evidence)
    if nulls[0].preference:
        return failed(
            "Its preference is {n} instead of 0.",
            n=nulls[0].preference,
            severity=Severity.LOW,
            evidence=evidence,
        )
    return passed("The domain says that it takes no mail.", evidence=evidence)
