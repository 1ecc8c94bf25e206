"""A DMARC record applies."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.fact import DMARC_PRESENT
from scanner.formats.dmarc import discarded, discover
from scanner.formats.mail_examples import UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords


@check(
    id="dmarc-presence",
    title="A DMARC record says what to do with forged mail",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Publish `v=DMARC1; p=none; rua=mailto:…` first, read the reports for some weeks, then go to
        quarantine and to reject.
    """,
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@agency.example"'},
    references=(
        Reference("RFC 9989", "4.7"),
        Reference("RFC 9989", "4.10"),
        Reference("CISA BOD 18-01"),
    ),
    records=(DMARC_PRESENT,),
    passes={
        "its own": dmarc("v=DMARC1; p=none"),
        "its parent's": dmarc(parent=("v=DMARC1; p=reject",)),
        "beside a record that is discarded": dmarc("v=DMARC1; p=none", others=("v=spf1 -all",)),
    },
    fails={
        "none": dmarc(),
        "two records cancel each other": dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject"),
        "not usable": dmarc("v=DMARC1; p=maybe"),
        "discarded": dmarc(others=("v=dmarc1; p=reject", "v=DMARC1 p=reject")),
    },
    others={"no answer": UNANSWERED},
)
def dmarc_presence(found: DmarcRecords) -> Judgement:
    """Without it anyone can write to citizens in the name of the agency, and nothing stops it."""
    seen = discover(found)
    thrown = [
        f"_dmarc.{one.name}: {text[:200]} (discarded: {discarded(text).text})"
        for one in found.steps
        for text in one.others
    ]
    evidence = (
        *(f"_dmarc.{one.name}: {text}" for one in found.steps for text in one.texts),
        *thrown,
    )
    if seen.reason:
        return inconclusive(
            seen.reason,
            "Whether there is one was not answered ({where}).",
            where=seen.unknown,
            facts={DMARC_PRESENT: Unknown(seen.reason)},
        )
    if seen.effective is None:
        return failed(
            "No usable record applies to {name}.",
            name=found.steps[0].name,
            evidence=evidence,
            facts={DMARC_PRESENT: False},
        )
    return passed(
        "The record of {name} applies.",
        name=seen.owner,
        evidence=evidence,
        facts={DMARC_PRESENT: True},
    )
