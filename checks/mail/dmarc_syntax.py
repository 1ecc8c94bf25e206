"""The DMARC record is well formed."""

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
from scanner.formats.dmarc import parse
from scanner.formats.error import FormatError
from scanner.observation.mail import DmarcRecords, PolicyRecord

NAME = "agency.example"


def _dmarc(*texts: str) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts),))


@check(
    id="dmarc-syntax",
    title="The DMARC record is well formed",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Publish one record; `p` is none, quarantine or reject; addresses begin with mailto:.",
    references=(Reference("RFC 9989", "4.7"), Reference("RFC 9989", "4.10.1")),
    passes={"sound": _dmarc("v=DMARC1; p=reject; rua=mailto:a@agency.example")},
    fails={
        "two records": _dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject"),
        "a tag twice": _dmarc("v=DMARC1; p=none; p=reject"),
        "an unknown policy": _dmarc("v=DMARC1; p=maybe; rua=mailto:a@agency.example"),
        "an address without mailto": _dmarc("v=DMARC1; p=reject; rua=a@agency.example"),
    },
    others={"none of its own": _dmarc()},
)
def dmarc_syntax(found: DmarcRecords) -> Judgement:
    """Receivers drop a faulty record or read it each in their own way."""
    texts = found.steps[0].texts
    if not texts:
        return not_applicable("The domain has no DMARC record of its own.")
    if len(texts) > 1:
        return failed(
            "There are {n} records; receivers then ignore all.", n=len(texts), evidence=texts
        )
    try:
        record = parse(texts[0])
    except FormatError as error:
        return failed("Receivers ignore it: {why}.", why=error.message, evidence=texts)
    if record.defects:
        return failed(
            "Receivers read it differently: {why}.", why=record.defects[0], evidence=texts
        )
    if record.bad_reports:
        return failed("Reports cannot go to {uri}.", uri=record.bad_reports[0], evidence=texts)
    return passed("It is well formed.", evidence=texts)
