"""A DMARC record applies."""

from scanner import (
    Effort,
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
from scanner.fact import DMARC_PRESENT
from scanner.formats.dmarc import discover
from scanner.observation.mail import DmarcRecords, PolicyRecord

NAME = "agency.example"


def _dmarc(*texts: str, parent: tuple[str, ...] = ()) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts), PolicyRecord("example", parent)))


UNKNOWN = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))


@check(
    id="dmarc-presence",
    title="A DMARC record says what to do with forged mail",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Publish `v=DMARC1; p=none; rua=mailto:…` first, read the reports for some weeks, then go to
        quarantine and to reject.
    """,
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'},
    references=(
        Reference("RFC 9989", "4.7"),
        Reference("RFC 9989", "4.10"),
        Reference("CISA BOD 18-01"),
    ),
    records=(DMARC_PRESENT,),
    passes={
        "its own": _dmarc("v=DMARC1; p=none"),
        "its parent's": _dmarc(parent=("v=DMARC1; p=reject",)),
    },
    fails={
        "none": _dmarc(),
        "two records cancel each other": _dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject"),
        "not usable": _dmarc("v=DMARC1; p=maybe"),
    },
    others={"no answer": UNKNOWN},
)
def dmarc_presence(found: DmarcRecords) -> Judgement:
    """Without it anyone can write to citizens in the name of the agency, and nothing stops it."""
    seen = discover(found)
    evidence = tuple(f"_dmarc.{one.name}: {text}" for one in found.steps for text in one.texts)
    if seen.unknown:
        reason = next(one.reason for one in found.steps if one.reason) or Reason.SERVFAIL
        return inconclusive(
            reason,
            "Whether there is one was not answered ({where}).",
            where=seen.unknown,
            facts={DMARC_PRESENT: Unknown(reason)},
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
