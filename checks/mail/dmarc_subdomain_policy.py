"""Names below the domain are protected as the domain is."""

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
        PolicyRecord(f"hr.{NAME}", ("v=DMARC1; p=reject; sp=none",)),
        PolicyRecord(NAME, ("v=DMARC1; p=reject",)),
    )
)


@check(
    id="dmarc-subdomain-policy",
    title="Names below the domain are protected like the domain itself",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Drop `sp` from the record, or set it to the same policy as `p`.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@agency.example"'},
    references=(Reference("RFC 9989", "4.7"), Reference("RFC 9989", "4.10.1")),
    passes={"no sp": dmarc("v=DMARC1; p=reject")},
    fails={
        "sp=none": dmarc("v=DMARC1; p=reject; sp=none"),
        "sp=quarantine": dmarc("v=DMARC1; p=reject; sp=quarantine"),
    },
    others={
        "no record": dmarc(),
        "inherited": dmarc(parent=("v=DMARC1; p=reject; sp=none",)),
        "its sp has no effect": BELOW,
        "no answer": UNANSWERED,
        "no answer above it": NOTHING_ABOVE,
    },
)
def dmarc_subdomain_policy(found: DmarcRecords) -> Judgement:
    """Forgers then write as tax.agency.example, a name that need not even exist."""
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
            "Names below it fall under the record of {owner}; a tag sp here has no effect.",
            owner=effective.below or "none",
        )
    evidence = found.steps[0].texts
    if is_weaker(effective.sub, effective.policy):
        return failed(
            "The policy is {policy}, but {sub} for names below.",
            policy=effective.policy,
            sub=effective.sub,
            severity=Severity.HIGH if effective.sub == "none" else Severity.LOW,
            evidence=evidence,
        )
    return passed("The policy for names below is {sub}.", sub=effective.sub, evidence=evidence)
