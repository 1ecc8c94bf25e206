"""Somebody receives the DMARC reports."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Members,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import DMARC_REPORT_ADDRESSES, DMARC_RUA
from scanner.formats.dmarc import discover
from scanner.observation.mail import DmarcRecords, PolicyRecord

NAME = "agency.example"


def _dmarc(*texts: str, parent: tuple[str, ...] = ()) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts), PolicyRecord("example", parent)))


UNKNOWN = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))


@check(
    id="dmarc-report-address",
    title="DMARC reports go somewhere",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `rua=mailto:…` with an address that a person or a service reads.",
    references=(Reference("RFC 9990", "3"), Reference("RFC 9989", "4.7")),
    records=(DMARC_RUA, DMARC_REPORT_ADDRESSES),
    passes={"an address": _dmarc("v=DMARC1; p=reject; rua=mailto:a@agency.example")},
    fails={
        "none": _dmarc("v=DMARC1; p=reject"),
        "none while only watching": _dmarc("v=DMARC1; p=none"),
    },
    others={"no record": _dmarc(), "no answer": UNKNOWN},
)
def dmarc_report_address(found: DmarcRecords) -> Judgement:
    """The reports tell who forges the domain, and which service of one's own would be refused."""
    seen = discover(found)
    if seen.unknown:
        reason = next(one.reason for one in found.steps if one.reason) or Reason.SERVFAIL
        unknown = Unknown(reason)
        return inconclusive(
            reason,
            "The record was not answered ({where}).",
            where=seen.unknown,
            facts={DMARC_RUA: unknown, DMARC_REPORT_ADDRESSES: unknown},
        )
    if seen.effective is None:
        return not_applicable(
            "No DMARC record applies.", facts={DMARC_RUA: None, DMARC_REPORT_ADDRESSES: None}
        )
    reports = seen.effective.record.reports
    facts: dict[Fact, FactValue] = {
        DMARC_RUA: Members(reports),
        DMARC_REPORT_ADDRESSES: len(reports),
    }
    if reports:
        return passed("Reports go to {uri}.", uri=reports[0], evidence=reports, facts=facts)
    watching = seen.effective.policy == "none"
    return failed(
        "The record of {owner} names no address for reports.",
        owner=seen.effective.owner,
        severity=Severity.MEDIUM if watching else Severity.LOW,
        facts=facts,
    )
