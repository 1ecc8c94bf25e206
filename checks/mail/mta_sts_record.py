"""MTA-STS is announced."""

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
from scanner.observation.mail import MailHost, MailHosts, MtaSts

MAIL = MailHosts("a.example", Presence.PRESENT, (MailHost(10, "mx.a.example"),))
NO_MAIL = MailHosts("a.example", Presence.NODATA)


@check(
    id="mta-sts-record",
    title="Senders are told to encrypt mail (MTA-STS)",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Publish the TXT record and the policy file, at first with `mode: testing`, together with
        TLS reporting; then `mode: enforce`.
    """,
    snippets={"bind": '_mta-sts IN TXT "v=STSv1; id=20261124"'},
    references=(Reference("RFC 8461", "3.1"),),
    passes={"one record": (MtaSts(("v=STSv1; id=1",)), MAIL)},
    fails={
        "none": (MtaSts(()), MAIL),
        "no id": (MtaSts(("v=STSv1; id=",)), MAIL),
        "two": (MtaSts(("v=STSv1; id=1", "v=STSv1; id=2")), MAIL),
    },
    others={"no mail": (MtaSts(()), NO_MAIL)},
)
def mta_sts_record(found: MtaSts, mail: MailHosts) -> Judgement:
    """STARTTLS alone can be taken out by whoever sits between; this makes senders insist."""
    if not mail.names_host:
        return not_applicable("No MX record names a mail host.")
    try:
        number = mta_sts.record_id(found.texts)
    except FormatError as error:
        return failed("Senders ignore the record: {why}.", why=error.message, evidence=found.texts)
    if number is None:
        return failed("There is no MTA-STS record.", evidence=found.texts)
    return passed("It is announced (id {id}).", id=number, evidence=found.texts)
