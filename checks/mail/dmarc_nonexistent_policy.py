"""Names that do not exist are protected as the domain is."""

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
from scanner.formats.dmarc import discover, is_weaker
from scanner.formats.mail_examples import NAME, NOTHING_ABOVE, UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords, PolicyRecord

BELOW = DmarcRecords(
    (
        PolicyRecord(f"hr.{NAME}", ("v=DMARC1; p=reject; np=none",)),
        PolicyRecord(NAME, ("v=DMARC1; p=reject",)),
    )
)


@check(
    id="dmarc-nonexistent-policy",
    title="Names that do not exist below the domain are protected like the domain itself",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish `np=reject`, or drop `np` and `sp` where they are weaker than `p`.",
    snippets={
        "bind": '_dmarc IN TXT "v=DMARC1; p=reject; np=reject; rua=mailto:dmarc@agency.example"'
    },
    references=(Reference("RFC 9989", "4.7"), Reference("RFC 9989", "4.10.1")),
    passes={
        "no np": dmarc("v=DMARC1; p=reject"),
        "np=reject": dmarc("v=DMARC1; p=none; np=reject"),
        "a wildcard": dmarc("v=DMARC1; p=reject", wildcard=True),
    },
    fails={
        "np=none": dmarc("v=DMARC1; p=reject; np=none"),
        "sp=quarantine": dmarc("v=DMARC1; p=reject; sp=quarantine"),
    },
    others={
        "no record": dmarc(),
        "inherited": dmarc(parent=("v=DMARC1; p=reject; np=none",)),
        "its np has no effect": BELOW,
        "no answer": UNANSWERED,
        "no answer above it": NOTHING_ABOVE,
    },
)
def dmarc_nonexistent_policy(found: DmarcRecords) -> Judgement:
    """A forger invents a name that nobody has ever used: no other record can stand there."""
    seen = discover(found)
    if seen.reason:
        return inconclusive(
            seen.reason, "The policy was not answered ({where}).", where=seen.unknown
        )
    effective, own = seen.effective, found.steps[0].name
    if effective is None or effective.owner != own:
        return not_applicable("The domain has no DMARC record of its own.")
    if seen.below_unknown:
        return inconclusive(
            seen.below_unknown, "Whose record names below it fall under was not answered."
        )
    if effective.below != own:
        return not_applicable(
            "Names below it fall under the record of {owner}; a tag np here has no effect.",
            owner=effective.below or "none",
        )
    evidence = found.steps[0].texts
    if is_weaker(effective.nonexistent, effective.policy):
        return failed(
            "The policy is {policy}, but {np} for names that do not exist.",
            policy=effective.policy,
            np=effective.nonexistent,
            severity=Severity.HIGH if effective.nonexistent == "none" else Severity.LOW,
            evidence=evidence,
        )
    return passed(
        "The policy for names that do not exist is {np}.",
        np=effective.nonexistent,
        evidence=evidence,
    )
