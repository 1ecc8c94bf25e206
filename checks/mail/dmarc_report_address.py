"""Somebody receives the DMARC reports."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Members,
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
from scanner.formats.mail_examples import UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords


@check(
    id="dmarc-report-address",
    title="DMARC reports go somewhere",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `rua=mailto:…` with an address that a person or a service reads.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'},
    references=(Reference("RFC 9990", "3"), Reference("RFC 9989", "4.7")),
    records=(DMARC_RUA, DMARC_REPORT_ADDRESSES),
    passes={
        "an address": dmarc("v=DMARC1; p=reject; rua=mailto:a@agency.example"),
        "failure reports too": dmarc(
            "v=DMARC1; p=reject; rua=mailto:a@agency.example; ruf=mailto:b@agency.example"
        ),
    },
    fails={
        "none": dmarc("v=DMARC1; p=reject"),
        "none while only watching": dmarc("v=DMARC1; p=none"),
        "a bare address": dmarc("v=DMARC1; p=reject; rua=a@agency.example"),
    },
    others={"no record": dmarc(), "no answer": UNANSWERED},
)
def dmarc_report_address(found: DmarcRecords) -> Judgement:
    """The reports tell who forges the domain, and which service of one's own would be refused."""
    seen = discover(found)
    if seen.reason:
        return inconclusive(
            seen.reason,
            "The record was not answered ({where}).",
            where=seen.unknown,
            facts=dict.fromkeys((DMARC_RUA, DMARC_REPORT_ADDRESSES), Unknown(seen.reason)),
        )
    if seen.effective is None:
        return not_applicable(
            "No DMARC record applies.", facts={DMARC_RUA: None, DMARC_REPORT_ADDRESSES: None}
        )
    record = seen.effective.record
    facts: dict[Fact, FactValue] = {
        DMARC_RUA: Members(record.reports),
        DMARC_REPORT_ADDRESSES: len(record.reports) + len(record.failure_reports),
    }
    evidence = (
        *record.reports,
        *(f"ruf={one} (copies of mail: mind the privacy)" for one in record.failure_reports),
    )
    if record.bad_reports:
        return failed(
            "The URI {uri} is no address for reports: it has to begin with mailto:.",
            uri=record.bad_reports[0],
            severity=Severity.MEDIUM,
            evidence=(record.tags["rua"],),
            facts=facts,
        )
    if record.reports:
        return passed("Reports go to {uri}.", uri=record.reports[0], evidence=evidence, facts=facts)
    watching = seen.effective.policy == "none"
    return failed(
        "The record of {owner} names no address for reports.",
        owner=seen.effective.owner,
        severity=Severity.MEDIUM if watching else Severity.LOW,
        facts=facts,
    )
