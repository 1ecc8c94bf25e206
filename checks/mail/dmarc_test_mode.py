"""The DMARC policy is meant in full."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import DMARC_TEST_MODE
from scanner.formats.dmarc import discover
from scanner.formats.mail_examples import UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords

WHOLE = 100


@check(
    id="dmarc-test-mode",
    title="The DMARC policy is meant in full: no test mode, no percentage",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Take `t=y` and `pct` out of the record once the reports are clean.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'},
    references=(Reference("RFC 9989", "4.7"), Reference("RFC 9989", "A.6")),
    records=(DMARC_TEST_MODE,),
    passes={
        "neither": dmarc("v=DMARC1; p=reject"),
        "pct=100": dmarc("v=DMARC1; p=reject; pct=100"),
    },
    fails={
        "t=y": dmarc("v=DMARC1; p=reject; t=y"),
        "pct=50": dmarc("v=DMARC1; p=reject; pct=50"),
    },
    others={"no record": dmarc(), "no answer": UNANSWERED},
)
def dmarc_test_mode(found: DmarcRecords) -> Judgement:
    """Under test receivers act one level below what is published: reject becomes quarantine."""
    seen = discover(found)
    if seen.reason:
        return inconclusive(
            seen.reason,
            "The record was not answered ({where}).",
            where=seen.unknown,
            facts={DMARC_TEST_MODE: Unknown(seen.reason)},
        )
    if seen.effective is None:
        return not_applicable("No DMARC record applies.", facts={DMARC_TEST_MODE: None})
    record = seen.effective.record
    facts: dict[Fact, FactValue] = {DMARC_TEST_MODE: record.is_test}
    evidence = tuple(text for one in found.steps for text in one.texts)
    if record.is_test:
        return failed(
            "The record of {owner} is a test (t=y): the policy in force is {policy}.",
            owner=seen.owner,
            policy=seen.effective.policy,
            evidence=evidence,
            facts=facts,
        )
    if record.percent < WHOLE:
        return failed(
            "It says pct={n}: RFC 9989 knows it no more, older receivers spare the rest.",
            n=record.percent,
            evidence=evidence,
            facts=facts,
        )
    return passed("It is.", evidence=evidence, facts=facts)
