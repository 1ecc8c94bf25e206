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
    DMARC_SP,
)
from scanner.formats.dmarc import Discovery, Effective, discover
from scanner.formats.mail_examples import NAME, UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords, PolicyRecord

RECORDS = (
    DMARC_EFFECTIVE_P,
    DMARC_EFFECTIVE_SP,
    DMARC_EFFECTIVE_NP,
    DMARC_EFFECTIVE_PCT,
    DMARC_SP,
)
REJECT = "v=DMARC1; p=reject"


@check(
    id="dmarc-policy",
    title="DMARC has forged mail refused or set aside",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="Raise `p` from none to quarantine, and when the reports are clean to reject.",
    snippets={
        "bind": "; first, and read the reports for four weeks\n"
        '_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@agency.example"\n; then\n'
        '_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@agency.example"\n; at last\n'
        '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'
    },
    references=(Reference("RFC 9989", "4.7"), Reference("CISA BOD 18-01")),
    records=RECORDS,
    passes={
        "reject": dmarc(REJECT),
        "quarantine": dmarc("v=DMARC1; p=quarantine"),
        "inherited": dmarc(parent=("v=DMARC1; p=none; sp=reject",)),
        "its own, and what lies above was not answered": DmarcRecords(
            (PolicyRecord(NAME, (REJECT,)), PolicyRecord("example", reason=Reason.TIMEOUT))
        ),
        "its own below an organisation whose record governs names below": DmarcRecords(
            (
                PolicyRecord(f"hr.{NAME}", (REJECT,)),
                PolicyRecord(NAME, ("v=DMARC1; p=none",)),
                PolicyRecord("example"),
            )
        ),
    },
    fails={
        "none": dmarc("v=DMARC1; p=none"),
        "none, with reports": dmarc("v=DMARC1; p=none; rua=mailto:a@agency.example"),
        "a test of quarantine": dmarc("v=DMARC1; p=quarantine; t=y"),
        "no record": dmarc(),
    },
    others={"no answer": UNANSWERED},
)
def dmarc_policy(found: DmarcRecords) -> Judgement:
    """With p=none receivers only watch: forged mail in the agency's name arrives."""
    seen = discover(found)
    if seen.reason:
        return inconclusive(
            seen.reason,
            "The policy was not answered ({where}).",
            where=seen.unknown,
            facts=dict.fromkeys(RECORDS, Unknown(seen.reason)),
        )
    if seen.effective is None:
        return failed(
            "No DMARC record applies.", facts=dict.fromkeys(RECORDS), cause="dmarc-presence"
        )
    policy, facts = seen.effective, _facts(seen, seen.effective)
    evidence = (
        *(f"_dmarc.{one.name}: {text}" for one in found.steps for text in one.texts),
        f"@{found.steps[0].name}: {policy.policy} (record of {policy.owner})",
        f"@existing.{found.steps[0].name}: {policy.sub or 'not known'} (record of {policy.below})",
        f"@nonexistent.{found.steps[0].name}: {policy.nonexistent or 'not known'}",
    )
    if policy.policy == "none":
        return failed(
            "The policy in force is none (record of {owner}).",
            owner=policy.owner,
            severity=Severity.MEDIUM if policy.record.reports else Severity.HIGH,
            evidence=evidence,
            facts=facts,
        )
    if policy.policy == "quarantine":
        return passed(
            "The policy in force is quarantine (record of {owner}); raise it to reject.",
            owner=policy.owner,
            evidence=evidence,
            facts=facts,
        )
    return passed(
        "The policy in force is reject (record of {owner}).",
        owner=policy.owner,
        evidence=evidence,
        facts=facts,
    )


def _facts(seen: Discovery, policy: Effective) -> dict[Fact, FactValue]:
    below: dict[Fact, FactValue] = {
        DMARC_EFFECTIVE_SP: policy.sub,
        DMARC_EFFECTIVE_NP: policy.nonexistent,
    }
    if seen.below_unknown:
        below = dict.fromkeys(below, Unknown(seen.below_unknown))
    return {
        DMARC_EFFECTIVE_P: policy.policy,
        DMARC_EFFECTIVE_PCT: policy.record.percent,
        DMARC_SP: policy.record.tags.get("sp"),
        **below,
    }
