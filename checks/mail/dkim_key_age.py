"""DKIM keys are changed from time to time."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Observed,
    Previous,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.fact import DKIM_KEY_AGE_DAYS
from scanner.formats import dkim
from scanner.formats.mail_examples import BIG, NOW
from scanner.formats.mail_examples import dkim as selector
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords

OLD = 365
MONTH = 31  # below it, a first sight alone settles nothing about rotation
KEY = f"v=DKIM1; p={BIG}"
FIRST: Previous[DkimRecords] = Previous()


@check(
    id="dkim-key-age",
    title="DKIM keys are replaced every year",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Publish a new key at a new selector, sign with it, and empty `p` of the old one.",
    references=(Reference("RFC 6376", "3.6.1"),),
    records=(DKIM_KEY_AGE_DAYS,),
    others={
        "new to this audit": (Observed(selector(KEY, since=NOW), NOW), FIRST),
        "seen more than a year ago": (
            Observed(selector(KEY, since=NOW.replace(year=2025, month=1)), NOW),
            Previous(run="before"),
        ),
        "seen before": (Observed(selector(KEY, since=NOW), NOW), Previous(run="before")),
        "no history": (Observed(selector(KEY), NOW), FIRST),
        "no key": (Observed(DkimRecords(Presence.NODATA), NOW), FIRST),
        "no answer": (Observed(DkimRecords(None, reason=Reason.SERVFAIL), NOW), FIRST),
    },
)
def dkim_key_age(seen: Observed[DkimRecords], before: Previous[DkimRecords]) -> Judgement:
    """A key that was copied once, from a backup or an old server, is good until it is replaced."""
    found = seen.value
    sound = {name for name, _ in dkim.keys(found)}
    if not sound and found.reason:
        return inconclusive(
            found.reason,
            "The keys were not seen.",
            facts={DKIM_KEY_AGE_DAYS: Unknown(found.reason)},
        )
    known = [one for one in found.selectors if one.selector in sound and one.since]
    if not known:
        return not_applicable("No key was found.", facts={DKIM_KEY_AGE_DAYS: None})
    oldest = min(known, key=lambda one: one.since or seen.at)
    since = oldest.since or seen.at
    days = (seen.at - since).days
    settled = oldest.is_born or days > MONTH
    facts: dict[Fact, FactValue] = {
        DKIM_KEY_AGE_DAYS: days if settled else Unknown(Reason.FACT_UNKNOWN)
    }
    if days > OLD:
        return informational(
            "A key has not changed for at least {n} days: since {day}, when this audit first saw "
            "it.",
            n=days,
            day=f"{since:%Y-%m-%d}",
            facts=facts,
        )
    if not before.run:
        return not_applicable(
            "This is the first run of the audit: no key has a history.", facts=facts
        )
    return not_applicable(
        "This audit knows the oldest key since {day}.", day=f"{since:%Y-%m-%d}", facts=facts
    )
