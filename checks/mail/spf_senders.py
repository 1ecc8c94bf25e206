"""Who may send in the name of the domain."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats import spf_static
from scanner.formats.address_space import size
from scanner.formats.mail_examples import included, spf
from scanner.formats.mail_providers import MailProviders, bundled
from scanner.observation.mail import SpfRecords

PROVIDER = "spf.protection.outlook.com"
MOST_NETWORKS = 25


@check(
    id="spf-senders",
    title="The servers that may send for the domain are known",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Compare the list with the services that send for you, and take out the others.",
    references=(Reference("RFC 7208", "5"), Reference("RFC 7208", "11.4")),
    others={
        "networks and a provider": (
            spf(
                f"v=spf1 ip4:9.9.9.0/24 include:{PROVIDER} include:x.test -all",
                below=(included(PROVIDER, "v=spf1 ip4:9.9.8.0/24 -all"), included("x.test")),
            ),
            bundled(),
        ),
        "nobody": (spf("v=spf1 -all"), bundled()),
        "who cannot be listed": (spf("v=spf1 exists:%{i}.x.test -all"), bundled()),
        "no record": (spf(), bundled()),
    },
)
def spf_senders(found: SpfRecords, known: MailProviders) -> Judgement:
    """A service that once sent and was forgotten in the record may send for ever."""
    reading = spf_static.read(found)
    if reading.record is None:
        return not_applicable("There is no SPF record that can be read.")
    if reading.passes_nobody:
        return informational("Nobody may send.", evidence=(reading.text,))
    providers = [f"{known.of_include(one) or 'unknown'}: {one}" for one in reading.includes]
    evidence = (
        *providers,
        *(f"{one} ({one.num_addresses} addresses)" for one in reading.networks[:MOST_NETWORKS]),
        *(f"not to be listed: {one}" for one in reading.unbounded),
    )
    return informational(
        "From {four} IPv4 and {six} IPv6 addresses of the Internet one may send; the records of "
        "{includes} other names say so too.",
        four=size(reading.networks, 4),
        six=f"{size(reading.networks, 6):.3g}",
        includes=len(reading.includes),
        evidence=evidence,
    )
