"""A DMARC record of the suffix says that it is one."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.dmarc import usable
from scanner.formats.mail_examples import NAME, dmarc
from scanner.observation.mail import DmarcRecords, PolicyRecord


@check(
    id="dmarc-suffix-record",
    title="A DMARC record of the suffix above the domain says that it is one (psd=y)",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        The registry of the suffix adds `psd=y` to its record. Until then an agency below keeps its
        own sub-domains with `psd=n` in its record.
    """,
    snippets={
        "bind": '; at the registry\n_dmarc.gov.example. IN TXT "v=DMARC1; p=reject; psd=y"\n'
        '; at the agency\n_dmarc IN TXT "v=DMARC1; p=reject; psd=n"'
    },
    references=(Reference("RFC 9989", "4.10.2"), Reference("RFC 9989", "4.7")),
    passes={"psd=y": dmarc("v=DMARC1; p=reject", parent=("v=DMARC1; p=reject; psd=y",))},
    fails={"no psd": dmarc("v=DMARC1; p=reject", parent=("v=DMARC1; p=none",))},
    others={
        "no record above": dmarc("v=DMARC1; p=reject"),
        "no answer": DmarcRecords(
            (PolicyRecord(NAME), PolicyRecord("example", reason=Reason.SERVFAIL)),
            suffixes=("example",),
        ),
        "the agency says psd=n": DmarcRecords((PolicyRecord(NAME, ("v=DMARC1; p=none; psd=n",)),)),
    },
)
def dmarc_suffix_record(found: DmarcRecords) -> Judgement:
    """Without it every agency below is one organisation with all others, and may send as them."""
    records, own = usable(found), found.steps[0].name
    for step in found.steps:
        if step.name == own or step.name not in found.suffixes:
            continue
        if step.reason:
            return inconclusive(step.reason, "The record of {name} was not seen.", name=step.name)
        if step.name not in records:
            continue
        if records[step.name].psd == "y":
            return passed("The record of {name} says so.", name=step.name, evidence=step.texts)
        return failed(
            "The registry of {name} publishes a record without psd=y: agencies below it count as "
            "one organisation.",
            name=step.name,
            evidence=step.texts,
            command=f"dig _dmarc.{step.name} TXT",
        )
    return not_applicable("No suffix above the domain publishes a DMARC record.")
