"""From domains to agencies to groups to the portfolio: counts upwards, never an average.

What could not be determined is its own column at every level (compliance.md 9).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from scanner.control.judgement import ControlVerdict
from scanner.control.profile import Assertion, ControlLevel
from scanner.control.verdict import Verdict


class Vector(Struct, frozen=True):
    """How many controls of one level have which verdict; ``reasons`` tell the inconclusive apart.

    ``failed`` are those without a waiver; ``by_hand`` is how many of the passed rest on a person.
    """

    passed: int = 0
    failed: int = 0
    waived: int = 0
    not_applicable: int = 0
    inconclusive: int = 0
    error: int = 0
    not_assessed: int = 0
    upcoming: int = 0
    by_hand: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: Vector) -> Vector:
        reasons = Counter(dict(self.reasons)) + Counter(dict(other.reasons))
        counts = (name for name in self.__struct_fields__ if name != "reasons")
        return Vector(
            **{name: getattr(self, name) + getattr(other, name) for name in counts},
            reasons=tuple(sorted(reasons.items())),
        )

    @property
    def unknown(self) -> int:
        """What could not be determined."""
        return self.inconclusive + self.error

    @property
    def determined(self) -> int:
        """What passed or failed; a waived failure is a failure."""
        return self.passed + self.failed + self.waived

    @property
    def applicable(self) -> int:
        """The denominator: passed, failed and unknown."""
        return self.determined + self.unknown


class Bounds(Struct, frozen=True):
    """Percentages of the applicable controls: floored below, ceiled above; 100 only when exact."""

    lower: int
    upper: int
    coverage: int

    @property
    def text(self) -> str:
        """``compliant 71 % to 88 %, 83 % measured``."""
        return f"compliant {self.lower} % to {self.upper} %, {self.coverage} % measured"


class Headline(StrEnum):
    """The state of a domain, agency or group under one profile, first match."""

    NOT_ASSESSED = "not-assessed"
    NOT_COMPLIANT = "not-compliant"
    NOT_DETERMINED = "not-determined"
    COMPLIANT_WITH_EXCEPTIONS = "compliant-with-exceptions"
    COMPLIANT = "compliant"
    NO_CONTRADICTION = "no-contradiction-found"
    EVIDENCE_ONLY = "evidence-only"


_FIELDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.NOT_APPLICABLE: "not_applicable",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.ERROR: "error",
    Verdict.NOT_ASSESSED: "not_assessed",
}
UNSAID = "unsaid"


def _field(one: ControlVerdict) -> str:
    if not one.binds:
        return "upcoming"
    return "waived" if one.waived else _FIELDS[one.verdict]


def vector(made: Iterable[ControlVerdict]) -> Vector:
    """The count vector of some verdicts."""
    every = tuple(made)
    counts = Counter(_field(one) for one in every)
    reasons = Counter(
        str(one.reasons[0]) if one.reasons else UNSAID
        for one in every
        if one.binds and one.verdict is Verdict.INCONCLUSIVE
    )
    by_hand = sum(
        one.manual is not None and one.binds and one.verdict is Verdict.PASS for one in every
    )
    return Vector(**counts, by_hand=by_hand, reasons=tuple(sorted(reasons.items())))


def vectors(made: Iterable[ControlVerdict]) -> Mapping[ControlLevel, Vector]:
    """The count vector of each level."""
    every = tuple(made)
    return {level: vector(one for one in every if one.level is level) for level in ControlLevel}


def added(each: Iterable[Mapping[ControlLevel, Vector]]) -> Mapping[ControlLevel, Vector]:
    """Several vectors of levels, summed."""
    made = dict.fromkeys(ControlLevel, Vector())
    for one in each:
        made = {level: made[level] + one[level] for level in ControlLevel}
    return made


def bounds(of: Vector) -> Bounds | None:
    """Between which shares compliance lies; ``None`` where nothing was determined."""
    if not of.determined:
        return None
    whole = of.applicable
    return Bounds(
        lower=math.floor(100 * Fraction(of.passed, whole)),
        upper=math.ceil(100 * Fraction(of.passed + of.unknown, whole)),
        coverage=math.floor(100 * Fraction(of.determined, whole)),
    )


def headline(required: Vector, assertion: Assertion) -> Headline:
    """The state that the required controls give, first match of compliance.md 9."""
    states = (
        (Headline.EVIDENCE_ONLY, assertion is Assertion.EVIDENCE_ONLY),
        (Headline.NOT_ASSESSED, not required.determined),
        (Headline.NOT_COMPLIANT, required.failed),
        (Headline.NOT_DETERMINED, required.unknown),
        (Headline.COMPLIANT_WITH_EXCEPTIONS, required.waived),
        (Headline.NO_CONTRADICTION, assertion is not Assertion.FULL or required.not_assessed),
    )
    return next((state for state, holds in states if holds), Headline.COMPLIANT)
