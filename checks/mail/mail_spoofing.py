"""Can a stranger send mail in the name of the domain today?"""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.formats import spf_static
from scanner.formats.dmarc import discover
from scanner.observation.mail import DmarcRecords, PolicyRecord, SpfLookup, SpfRecords

NAME = "agency.example"
OPEN = SpfRecords((SpfLookup(NAME, ("v=spf1 +all",)),))
CLOSED = SpfRecords((SpfLookup(NAME, ("v=spf1 mx -all",)),))
DARK = Unobserved(Reason.SERVFAIL, "the resolver answered SERVFAIL")


def _dmarc(*texts: str) -> DmarcRecords:
    return DmarcRecords((PolicyRecord(NAME, texts),))


UNKNOWN = DmarcRecords((PolicyRecord(NAME, reason=Reason.SERVFAIL),))


@check(
    id="mail-spoofing",
    title="A stranger cannot send mail in the name of the domain",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.PROJECT,
    remediation="""
        Publish SPF that ends in `-all`, and DMARC with `p=reject` and no weaker `sp`. A domain that
        sends no mail can do both today.
    """,
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject"\n@ IN TXT "v=spf1 -all"'},
    references=(
        Reference("RFC 9989", "4.7"),
        Reference("RFC 7208", "8.4"),
        Reference("CISA BOD 18-01"),
    ),
    passes={"reject": (CLOSED, _dmarc("v=DMARC1; p=reject"))},
    fails={
        "everybody passes SPF": (OPEN, _dmarc("v=DMARC1; p=reject")),
        "everybody passes SPF, and DMARC is not known": (OPEN, DARK),
        "no DMARC": (CLOSED, _dmarc()),
        "DMARC only watches": (CLOSED, _dmarc("v=DMARC1; p=none")),
        "quarantine": (CLOSED, _dmarc("v=DMARC1; p=quarantine")),
        "names below are open": (CLOSED, _dmarc("v=DMARC1; p=reject; sp=none")),
    },
    others={
        "DMARC is not known": (CLOSED, UNKNOWN),
        "DMARC was not asked": (CLOSED, DARK),
        "SPF is not known": (DARK, _dmarc("v=DMARC1; p=reject")),
    },
)
def mail_spoofing(found: SpfRecords | Unobserved, policies: DmarcRecords | Unobserved) -> Judgement:
    """Forged letters from a police or tax address are how citizens are robbed of passwords."""
    if isinstance(found, SpfRecords) and spf_static.read(found).passes_everyone:
        return failed(
            "Yes: its SPF record lets every server pass, and DMARC then passes too.",
            confidence=Confidence.FIRM,
            evidence=found.lookups[0].texts,
        )
    if isinstance(policies, Unobserved):
        return inconclusive(policies.reason, "Cannot tell: DMARC was not seen.")
    seen = discover(policies)
    if seen.unknown:
        reason = next(one.reason for one in policies.steps if one.reason) or Reason.SERVFAIL
        return inconclusive(reason, "Cannot tell: {where} was not answered.", where=seen.unknown)
    if seen.effective is None:
        return failed(
            "Yes: no DMARC policy applies, and SPF alone protects only the address nobody sees.",
            confidence=Confidence.FIRM,
        )
    evidence = tuple(f"_dmarc.{one.name}: {text}" for one in policies.steps for text in one.texts)
    return _by_policy(found, seen.effective.policy, seen.effective.sub, evidence)


def _by_policy(
    found: SpfRecords | Unobserved, policy: str, sub: str, evidence: tuple[str, ...]
) -> Judgement:
    if policy == "none":
        return failed(
            "Yes: the DMARC policy only watches (p=none).",
            confidence=Confidence.FIRM,
            evidence=evidence,
        )
    if isinstance(found, Unobserved):
        return inconclusive(
            found.reason, "Cannot tell: SPF was not seen; DMARC says {policy}.", policy=policy
        )
    if policy == "quarantine":
        return failed(
            "Partly: forged mail goes to the junk folder, where it is still read.",
            severity=Severity.MEDIUM,
            confidence=Confidence.FIRM,
            evidence=evidence,
        )
    if sub != "reject":
        return failed(
            "Partly: not as the domain itself, but in the name of addresses below it (sp={sub}).",
            sub=sub,
            severity=Severity.MEDIUM,
            confidence=Confidence.FIRM,
            evidence=evidence,
        )
    return passed(
        "No: receivers are told to refuse forged mail.",
        confidence=Confidence.FIRM,
        evidence=evidence,
    )
