"""Text from targets made harmless to look at, and the words for what codes mean."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from scanner.control.baseline import BASELINE
from scanner.control.profile import Assertion, Profile, TextVerified
from scanner.control.rollup import Headline
from scanner.control.verdict import Verdict
from scanner.finding import Outcome, Severity
from scanner.observation import Reason

LONGEST = 400
# Characters that reorder or hide what follows them (UAX #9, Trojan Source).
HIDING = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)

BASELINE_STATES = {
    Headline.COMPLIANT: "Meets the baseline",
    Headline.COMPLIANT_WITH_EXCEPTIONS: "Meets it with exceptions",
    Headline.NO_CONTRADICTION: "Nothing against it was seen",
    Headline.NOT_DETERMINED: "Not determined",
    Headline.NOT_COMPLIANT: "Does not meet the baseline",
    Headline.NOT_ASSESSED: "Not assessed",
    Headline.EVIDENCE_ONLY: "Evidence only",
}
STATES = {
    Headline.COMPLIANT: "Compliant",
    Headline.COMPLIANT_WITH_EXCEPTIONS: "Compliant with exceptions",
    Headline.NO_CONTRADICTION: "No contradiction found",
    Headline.NOT_DETERMINED: "Not determined",
    Headline.NOT_COMPLIANT: "Not compliant",
    Headline.NOT_ASSESSED: "Not assessed",
    Headline.EVIDENCE_ONLY: "Evidence only",
}
VERDICTS = {
    Verdict.PASS: "Met",
    Verdict.FAIL: "Not met",
    Verdict.NOT_APPLICABLE: "Does not apply",
    Verdict.INCONCLUSIVE: "Not determined",
    Verdict.ERROR: "Scanner error",
    Verdict.NOT_ASSESSED: "Not assessed",
}
# SP 800-53: a scan supports or contradicts, and never says more.
EVIDENCE = {Verdict.PASS: "Supports", Verdict.FAIL: "Contradicts"}
MARKS = {
    TextVerified.VERIFIED: "",
    TextVerified.SECOND_HAND: "clause known at second hand",
    TextVerified.UNVERIFIED: "clause not verified",
}
OUTCOMES = {
    Outcome.PASS: "Met",
    Outcome.FAIL: "Not met",
    Outcome.NOT_APPLICABLE: "Does not apply",
    Outcome.INCONCLUSIVE: "Not determined",
    Outcome.ERROR: "Scanner error",
    Outcome.INFORMATIONAL: "Remark",
}
SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Note",
}
EFFORTS = {"minutes": "minutes", "hours": "hours", "project": "a project"}
REASONS = {
    Reason.NO_SUCH_NAME: "The name does not exist in DNS. Is it still in use?",
    Reason.SERVFAIL: "DNS gave no usable answer. Have the name servers looked at.",
    Reason.BOGUS: "The DNSSEC signatures do not hold. Have the zone's operator look at them.",
    Reason.REFUSED: "The connection was refused. Is the service meant to be there?",
    Reason.RESET: "The connection was cut. A firewall may refuse our address.",
    Reason.TIMEOUT: "There was no answer in time. The next audit asks again.",
    Reason.UNREACHABLE: "The address cannot be reached from where we scan.",
    Reason.TLS_HANDSHAKE_FAILED: "No encrypted connection came about.",
    Reason.MALFORMED_REPLY: "The answer could not be read.",
    Reason.BLOCKED: "A guard before the service refused us. Ask the host to admit our address.",
    Reason.RATE_LIMITED: "The service asked us to slow down. The next audit asks again.",
    Reason.BUDGET_EXHAUSTED: "The time or size allotted was used up before this was seen.",
    Reason.OUT_OF_SCOPE: "It lies outside what this audit may visit.",
    Reason.NOT_AUTHORISED: "It is asked for only with leave, and none was given for this audit.",
    Reason.DEPENDENCY_MISSING: "What it rests on was not had.",
    Reason.NOT_SUPPORTED_BY_US: "The scanner cannot tell this yet.",
    Reason.FACT_UNKNOWN: "A fact that it rests on is unknown.",
    Reason.STALE_EVIDENCE: "What was seen is too old.",
    Reason.NOT_SELECTED: "It was left out of this audit.",
}


def state_words(state: Headline, profile: Profile) -> str:
    """The word for a state under a profile: our baseline is no law."""
    return (BASELINE_STATES if profile.id == BASELINE else STATES)[state]


def verdict_words(verdict: Verdict, profile: Profile) -> str:
    """The word for a verdict under a profile."""
    if profile.assertion is Assertion.EVIDENCE_ONLY:
        return EVIDENCE.get(verdict, "No evidence")
    return VERDICTS[verdict]


def defused(text: str, most: int = LONGEST) -> str:
    """Text without characters that control a terminal or hide and reorder what is read."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(_visible(char) for char in cut)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _visible(char: str) -> str:
    if char in "\n\t":
        return char
    if char in HIDING or unicodedata.category(char) in _UNSEEN:
        return f"\\u{ord(char):04x}" if ord(char) > 0xFF else f"\\x{ord(char):02x}"  # noqa: PLR2004
    return char


def moment(at: datetime | None) -> str:
    """A time as people read it, UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "-"


def reason_sentence(reason: Reason | None) -> str:
    """What a reason means, and who must act."""
    return REASONS[reason] if reason else ""
