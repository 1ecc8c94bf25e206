"""Names below the domain are protected as the domain is."""

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
from scanner.formats.dmarc import discover, is_weaker
from scanner.observation.mail import DmarcRecords, PolicyRecord

NAME = "agency.example"


def _dmarc(*texts: str, parent: tuple[str, ...] = ()) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts), PolicyRecord("example", parent)))


UNKNOWN = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))


@check(
    id="dmarc-subdomain-policy",
    title="Names below the domain are protected like the domain itself",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Drop `sp` from the record, or set it to the same policy as `p`.",
    references=(Reference("RFC 9989", "4.7"), Reference("RFC 9989", "4.10.1")),
    passes={"no sp": _dmarc("v=DMARC1; p=reject")},
    fails={
        "sp=none": _dmarc("v=DMARC1; p=reject; sp=none"),
        "sp=quarantine": _dmarc("v=DMARC1; p=reject; sp=quarantine"),
    },
    others={
        "no record": _dmarc(),
        "inherited": _dmarc(parent=("v=DMARC1; p=reject; sp=none",)),
        "no answer": UNKNOWN,
    },
)
def dmarc_subdomain_policy(found: DmarcRecords) -> Judgement:
    """Forgers then write as tax.agency.example, a name that need not even exist."""
    seen = discover(found)
    if seen.unknown:
        reason = next(one.reason for one in found.steps if one.reason) or Reason.SERVFAIL
        return inconclusive(reason, "The policy was not answered ({where}).", where=seen.unknown)
    effective = seen.effective
    if effective is None or effective.owner != found.steps[0].name:
        return not_applicable("The domain has no DMARC record of its own.")
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
