"""The verdict algebra: what several outcomes are together (compliance.md 8).

Unknown is never pass and never fail, in no combination.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from scanner.finding import Outcome


class Verdict(StrEnum):
    """What a profile says of a control."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_ASSESSED = "not-assessed"


ALL_OF = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)
ANY_OF = (
    Verdict.PASS,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.FAIL,
    Verdict.NOT_APPLICABLE,
)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The first present of fail, error, inconclusive, pass, not-applicable; nothing is unknown."""
    return _first(verdicts, ALL_OF)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The first present of pass, error, inconclusive, fail, not-applicable; nothing is unknown."""
    return _first(verdicts, ANY_OF)


def _first(verdicts: Iterable[Verdict], precedence: tuple[Verdict, ...]) -> Verdict:
    present = set(verdicts)
    return next((one for one in precedence if one in present), Verdict.INCONCLUSIVE)


def of_outcome(outcome: Outcome) -> Verdict:
    """A leaf's verdict; a remark is none, so it counts as not-applicable (compliance.md 3)."""
    if outcome is Outcome.INFORMATIONAL:
        return Verdict.NOT_APPLICABLE
    return Verdict(outcome.value)
