"""SPF says who may send."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    Unobserved,
    check,
    failed,
    passed,
)
from scanner.fact import SPF_NULL, SPF_PRESENT
from scanner.formats import spf_static
from scanner.formats.dmarc import discover
from scanner.observation import Reason
from scanner.observation.mail import DmarcRecords, PolicyRecord, SpfLookup, SpfRecords

NAME = "agency.example"


def _spf(*texts: str) -> SpfRecords:
    return SpfRecords((SpfLookup(NAME, texts),))


def _dmarc(*texts: str) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts),))


@check(
    id="spf-presence",
    title="An SPF record says which servers may send for the domain",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        List every service that sends for the domain, and publish one TXT record that ends in
        `-all`. A domain that never sends publishes `v=spf1 -all`.
    """,
    snippets={"bind": '@ IN TXT "v=spf1 mx -all"'},
    references=(Reference("RFC 7208", "4.5"), Reference("CISA BOD 18-01")),
    records=(SPF_PRESENT, SPF_NULL),
    passes={
        "a record": (_spf("v=spf1 mx -all"), _dmarc()),
        "nobody sends": (_spf("v=spf1 -all"), Unobserved(Reason.SERVFAIL)),
    },
    fails={
        "none": (_spf(), _dmarc()),
        "none, but DMARC rejects": (_spf(), _dmarc("v=DMARC1; p=reject")),
        "none, and DMARC is not known": (_spf(), Unobserved(Reason.SERVFAIL)),
    },
)
def spf_presence(found: SpfRecords, dmarc: DmarcRecords | Unobserved) -> Judgement:
    """Without it receivers cannot tell the agency's servers from anybody's."""
    reading = spf_static.read(found)
    if reading.text:
        null = reading.record is not None and reading.record.passes_nobody
        return passed(
            "There is one.",
            evidence=found.lookups[0].texts,
            facts={SPF_PRESENT: True, SPF_NULL: null},
        )
    effective = None if isinstance(dmarc, Unobserved) else discover(dmarc).effective
    covered = effective is not None and effective.policy == "reject"
    return failed(
        "There is no SPF record at {name}.",
        name=found.lookups[0].name,
        severity=Severity.MEDIUM if covered else Severity.HIGH,
        facts={SPF_PRESENT: False, SPF_NULL: False},
    )
