"""Old and new receivers agree about the policy."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.formats.dmarc import discover, old_policy
from scanner.formats.mail_examples import NAME, NOTHING_ABOVE, UNANSWERED, dmarc
from scanner.observation.mail import DmarcRecords, PolicyRecord


@check(
    id="dmarc-organisational-domain",
    title="Receivers of RFC 7489 and of RFC 9989 find the same policy",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Publish a record at the domain itself: then both find it.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject; psd=n"'},
    references=(Reference("RFC 9989", "4.10.2"), Reference("RFC 7489", "6.6.3")),
    others={
        "the same": dmarc("v=DMARC1; p=reject"),
        "no record": dmarc(),
        "another organisation": DmarcRecords(
            (PolicyRecord(NAME), PolicyRecord("example", ("v=DMARC1; p=reject",))),
            old_organisation=NAME,
        ),
        "a test": dmarc("v=DMARC1; p=reject; t=y"),
        "no answer": UNANSWERED,
        "no answer above it": NOTHING_ABOVE,
    },
)
def dmarc_organisational_domain(found: DmarcRecords) -> Judgement:
    """Receivers that follow the older standard take the domain from a list, not from DNS."""
    seen = discover(found)
    if seen.reason:
        return inconclusive(
            seen.reason, "The records were not answered ({where}).", where=seen.unknown
        )
    if seen.below_unknown:
        return inconclusive(
            seen.below_unknown, "Where the organisational domain lies was not answered."
        )
    owner, policy = old_policy(found)
    new = seen.effective.policy if seen.effective else ""
    organisation = seen.organisation or "none"
    evidence = (
        f"RFC 9989: organisational domain {organisation}, policy {new or 'none applies'}",
        f"RFC 7489: organisational domain {found.old_organisation}, policy {policy or 'none applies'}",
    )
    if (owner, policy) == (seen.owner, new):
        return not_applicable("Both find the same.", evidence=evidence)
    return informational(
        "By RFC 9989 the policy is {new} (record of {owner}), by RFC 7489 {old} (record of "
        "{other}).",
        new=new or "missing",
        owner=seen.owner or "nobody",
        old=policy or "missing",
        other=owner or "nobody",
        evidence=evidence,
    )
