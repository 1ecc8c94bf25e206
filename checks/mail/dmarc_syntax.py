"""The DMARC record is well formed."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.dmarc import discarded, parse
from scanner.formats.error import FormatError
from scanner.formats.mail_examples import UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords


@check(
    id="dmarc-syntax",
    title="The DMARC record is well formed",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish one record; `p` is none, quarantine or reject; addresses begin with mailto:.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'},
    references=(Reference("RFC 9989", "4.7"), Reference("RFC 9989", "4.10.1")),
    passes={
        "sound": dmarc("v=DMARC1; p=reject; rua=mailto:a@agency.example"),
        "unknown tags": dmarc("v=DMARC1; p=reject; zz=1"),
    },
    fails={
        "two records": dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject"),
        "a tag twice": dmarc("v=DMARC1; p=none; p=reject"),
        "an unknown policy": dmarc("v=DMARC1; p=maybe; rua=mailto:a@agency.example"),
        "an address without mailto": dmarc("v=DMARC1; p=reject; rua=a@agency.example"),
        "something else beside it": dmarc("v=DMARC1; p=reject", others=("hello",)),
        "nothing but what is discarded": dmarc(others=("v=dmarc1; p=reject",)),
        "a capital V": dmarc("V=DMARC1; p=reject"),
    },
    others={
        "none of its own": dmarc(),
        "no answer": UNANSWERED,
        "something that never meant to be one": dmarc(others=("v=spf1 -all",)),
    },
)
def dmarc_syntax(found: DmarcRecords) -> Judgement:  # noqa: PLR0911 - one defect each
    """Receivers drop a faulty record or read it each in their own way."""
    own = found.steps[0]
    texts, evidence = own.texts, (*own.texts, *own.others)
    if own.reason:
        return inconclusive(own.reason, "The record was not answered.")
    if not texts:
        return _without(own.others)
    if len(texts) > 1:
        return failed(
            "There are {n} records; receivers then ignore all.", n=len(texts), evidence=evidence
        )
    try:
        record = parse(texts[0])
    except FormatError as error:
        return failed("Receivers ignore it: {why}.", why=error.message, evidence=evidence)
    if record.defects:
        return failed(
            "Receivers read it differently: {why}.", why=record.defects[0], evidence=evidence
        )
    if record.bad_reports:
        return failed(
            "Reports cannot go to {uri}.",
            uri=record.bad_reports[0],
            severity=Severity.MEDIUM,
            evidence=evidence,
        )
    if own.others:
        return failed(
            "A record beside it is discarded: {why}.",
            why=discarded(own.others[0]),
            severity=Severity.LOW,
            evidence=evidence,
        )
    if texts[0].lstrip().startswith("V"):
        return failed(
            "The tag v is a capital letter, which not every receiver reads.",
            severity=Severity.LOW,
            evidence=evidence,
        )
    return passed("It is well formed.", evidence=evidence)


def _without(others: tuple[str, ...]) -> Judgement:
    meant = [one for one in others if "dmarc" in one.lower()]
    if meant:
        return failed(
            "What stands there is discarded: {why}.", why=discarded(meant[0]), evidence=others
        )
    return not_applicable("The domain has no DMARC record of its own.", evidence=others)
