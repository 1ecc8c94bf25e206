"""Somebody is told when mail cannot be encrypted."""

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
from scanner.formats import mta_sts
from scanner.formats.error import FormatError
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts, TlsReporting

MAIL = MailHosts("a.example", Presence.PRESENT, (MailHost(10, "mx.a.example"),))
NO_MAIL = MailHosts("a.example", Presence.NODATA)


@check(
    id="tls-rpt-record",
    title="Failures of mail encryption are reported to the domain",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish a TLS reporting record with an address that is read.",
    snippets={"bind": '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@agency.example"'},
    references=(Reference("RFC 8460", "3"),),
    passes={"one record": (TlsReporting(("v=TLSRPTv1; rua=mailto:a@a.example",)), MAIL)},
    fails={
        "none": (TlsReporting(()), MAIL),
        "no address": (TlsReporting(("v=TLSRPTv1; rua=",)), MAIL),
    },
    others={"no mail": (TlsReporting(()), NO_MAIL)},
)
def tls_rpt_record(found: TlsReporting, mail: MailHosts) -> Judgement:
    """When somebody takes the encryption out on the way, this is how the agency hears of it."""
    if not mail.names_host:
        return not_applicable("No MX record names a mail host.")
    try:
        uris = mta_sts.reporting(found.texts)
    except FormatError as error:
        return failed("Senders ignore the record: {why}.", why=error.message, evidence=found.texts)
    if uris is None:
        return failed("There is no TLS reporting record.", evidence=found.texts)
    return passed("Reports go to {uri}.", uri=uris[0], evidence=found.texts)
