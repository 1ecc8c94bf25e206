"""DMARC has forged mail refused."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.fact import (
    DMARC_EFFECTIVE_NP,
    DMARC_EFFECTIVE_P,
    DMARC_EFFECTIVE_PCT,
    DMARC_EFFECTIVE_SP,
    DMARC_TEST_MODE,
)
from scanner.formats.dmarc import discover
from scanner.observation.mail import DmarcRecords, PolicyRecord

NAME = "agency.example"


def _dmarc(*texts: str, parent: tuple[str, ...] = ()) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts), PolicyRecord("example", parent)))


UNKNOWN = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))


RECORDS = (
    DMARC_EFFECTIVE_P,
    DMARC_EFFECTIVE_SP,
    DMARC_EFFECTIVE_NP,
    DMARC_EFFECTIVE_PCT,
    DMARC_TEST_MODE,
)


@check(
    id="dmarc-policy",
    title="DMARC has forged mail refused or set aside",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="Raise `p` from none to quarantine, and when the reports are clean to reject.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'},
    references=(Reference("RFC 9989", "4.7"), Reference("CISA BOD 18-01")),
    records=RECORDS,
    passes={
        "reject": _dmarc("v=DMARC1; p=reject"),
        "quarantine": _dmarc("v=DMARC1; p=quarantine"),
        "inherited": _dmarc(parent=("v=DMARC1; p=none; sp=reject",)),
    },
    fails={
        "none": _dmarc("v=DMARC1; p=none"),
        "none, with reports": _dmarc("v=DMARC1; p=none; rua=mailto:a@agency.example"),
        "a test of quarantine": _dmarc("v=DMARC1; p=quarantine; t=y"),
        "no record": _dmarc(),
    },
    others={"no answer": UNKNOWN},
)
def dmarc_policy(found: DmarcRecords) -> Judgement:
    """With p=none receivers only watch: forged mail in the agency's name arrives."""
    seen = discover(found)
    if seen.unknown:
        reason = next(one.reason for one in found.steps if one.reason) or Reason.SERVFAIL
        return inconclusive(
            reason,
            "The policy was not answered ({where}).",
            where=seen.unknown,
            facts=dict.fromkeys(RECORDS, Unknown(reason)),
        )
    if seen.effective is None:
        return failed("No DMARC record applies.", facts=dict.fromkeys(RECORDS))
    policy, record = seen.effective, seen.effective.record
    facts: dict[Fact, FactValue] = {
        DMARC_EFFECTIVE_P: policy.policy,
        DMARC_EFFECTIVE_SP: policy.sub,
        DMARC_EFFECTIVE_NP: policy.nonexistent,
        DMARC_EFFECTIVE_PCT: record.percent,
        DMARC_TEST_MODE: record.is_test,
    }
    evidence = tuple(f"_dmarc.{one.name}: {text}" for one in found.steps for text in one.texts)
    if policy.policy == "none":
        return failed(
            "The policy in force is none (record of {owner}).",
            owner=policy.owner,
            severity=Severity.MEDIUM if record.reports else Severity.HIGH,
            evidence=evidence,
            facts=facts,
        )
    return passed(
        "The policy in force is {policy} (record of {owner}).",
        policy=policy.policy,
        owner=policy.owner,
        evidence=evidence,
        facts=facts,
    )
