"""The BIMI record."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats import bimi
from scanner.formats.dmarc import discover
from scanner.formats.error import FormatError
from scanner.formats.mail_examples import dmarc
from scanner.observation.mail import BimiRecords, DmarcRecords

REJECT = dmarc("v=DMARC1; p=reject")


@check(
    id="bimi-record",
    title="A BIMI record names the image that mail programs show",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Publish `v=BIMI1; l=https://…svg; a=https://…pem` once DMARC refuses forged mail.",
    snippets={"bind": 'default._bimi IN TXT "v=BIMI1; l=https://agency.example/logo.svg; a="'},
    references=(Reference("draft-brand-indicators-for-message-identification", "4.2"),),
    others={
        "none": (BimiRecords(()), REJECT),
        "sound": (
            BimiRecords(("v=BIMI1; l=https://a.example/l.svg; a=https://a.example/c.pem",)),
            REJECT,
        ),
        "without certificate": (BimiRecords(("v=BIMI1; l=https://a.example/l.svg",)), REJECT),
        "names below are open": (
            BimiRecords(("v=BIMI1; l=https://a.example/l.svg",)),
            dmarc("v=DMARC1; p=reject; sp=none"),
        ),
        "declined": (BimiRecords(("v=BIMI1; l=; a=",)), REJECT),
        "void": (BimiRecords(("v=BIMI1; l=http://a.example",)), REJECT),
    },
)
def bimi_record(found: BimiRecords, policies: DmarcRecords) -> Judgement:
    """A shown crest is worth what the proof behind it is worth: it needs enforced DMARC."""
    try:
        read = bimi.read(found.texts)
    except FormatError as error:
        return informational(
            "Receivers ignore the record: {why}.", why=error.message, evidence=found.texts
        )
    if read is None:
        return not_applicable("There is no BIMI record.")
    if not read.location:
        return informational("The domain declines to show an image.", evidence=found.texts)
    effective = discover(policies).effective
    if effective and effective.sub == "none":
        return informational(
            "It has no effect: names below the domain have the DMARC policy none.",
            evidence=found.texts,
        )
    if not read.authority:
        return informational(
            "It names an image, but no certificate, which most mail programs ask for.",
            evidence=found.texts,
        )
    return informational("It names an image and a certificate.", evidence=found.texts)
