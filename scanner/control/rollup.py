"""From findings to control verdicts, from domains to agencies to the portfolio.

A count vector is carried upwards and never an average; what could not be determined is its own
column at every level (compliance.md 9).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from scanner.control.profile import Control, ControlLevel, Leaf, Profile
from scanner.control.verdict import Verdict, all_of, of_outcome
from scanner.finding import Finding, Outcome, Severity
from scanner.observation import Reason


class ControlVerdict(Struct, frozen=True):
    """What a profile says of one control on one domain; ``findings`` are their fingerprints."""

    control: str
    level: ControlLevel
    severity: Severity
    title: str
    check: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


class Vector(Struct, frozen=True):
    """How many controls of one level have which verdict."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    inconclusive: int = 0
    error: int = 0
    not_assessed: int = 0

    def __add__(self, other: Vector) -> Vector:
        return Vector(
            *(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__)
        )

    @property
    def unknown(self) -> int:
        """What could not be determined."""
        return self.inconclusive + self.error

    @property
    def determined(self) -> int:
        """What passed or failed."""
        return self.passed + self.failed

    @property
    def applicable(self) -> int:
        """The denominator: passed, failed and unknown."""
        return self.determined + self.unknown


class Bounds(Struct, frozen=True):
    """Percentages of the applicable controls: floored below, ceiled above; 100 only when exact."""

    lower: int
    upper: int
    coverage: int


class Headline(StrEnum):
    """The state of a domain or an agency under one profile, first match."""

    NOT_ASSESSED = "not-assessed"
    NOT_COMPLIANT = "not-compliant"
    NOT_DETERMINED = "not-determined"
    COMPLIANT_WITH_EXCEPTIONS = "compliant-with-exceptions"
    COMPLIANT = "compliant"
    NO_CONTRADICTION = "no-contradiction-found"


def verdicts(
    profile: Profile,
    findings: Sequence[Finding],
    *,
    selected: Iterable[str],
    authorised: bool,
) -> tuple[ControlVerdict, ...]:
    """Every control of the profile on one domain's findings.

    A check that the operator deselected makes its control not-assessed; so does, under the
    derived baseline, one that asks for an authorisation that was not given (Decisions 24).
    """
    chosen = set(selected)
    by_check: dict[str, list[Finding]] = {}
    for one in findings:
        by_check.setdefault(one.check, []).append(one)
    return tuple(
        _verdict(control, by_check.get(control.rule.check, []), chosen, authorised=authorised)
        for control in profile.controls
    )


def _verdict(
    control: Control, about: Sequence[Finding], chosen: set[str], *, authorised: bool
) -> ControlVerdict:
    if control.rule.check not in chosen:
        return _made(control, Verdict.NOT_ASSESSED, (Reason.NOT_SELECTED,))
    if about and not authorised and all(_needs_leave(one) for one in about):
        return _made(control, Verdict.NOT_ASSESSED, (Reason.NOT_SELECTED, Reason.NOT_AUTHORISED))
    if not about:
        return _made(control, Verdict.INCONCLUSIVE, (Reason.DEPENDENCY_MISSING,))
    verdict = all_of(_leaf(control.rule, one) for one in about)
    deciding = [one for one in about if _leaf(control.rule, one) is verdict]
    reasons = tuple(dict.fromkeys(str(one.reason) for one in deciding if one.reason))
    return _made(control, verdict, reasons, tuple(one.fingerprint for one in deciding))


def _needs_leave(one: Finding) -> bool:
    return one.outcome is Outcome.INCONCLUSIVE and one.reason is Reason.NOT_AUTHORISED


def _leaf(rule: Leaf, one: Finding) -> Verdict:
    """A finding less severe than ``fail_from`` is a remark: listed, never failing."""
    milder = rule.fail_from and one.severity.rank > rule.fail_from.rank
    if one.outcome is Outcome.FAIL and milder:
        return Verdict.PASS
    return of_outcome(one.outcome)


def _made(
    control: Control,
    verdict: Verdict,
    reasons: tuple[str, ...],
    findings: tuple[str, ...] = (),
) -> ControlVerdict:
    return ControlVerdict(
        control.id,
        control.level,
        control.severity,
        control.title,
        control.rule.check,
        verdict,
        reasons,
        findings,
    )


_FIELDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.NOT_APPLICABLE: "not_applicable",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.ERROR: "error",
    Verdict.NOT_ASSESSED: "not_assessed",
}


def vectors(made: Iterable[ControlVerdict]) -> Mapping[ControlLevel, Vector]:
    """The count vector of each level."""
    counts = Counter((one.level, _FIELDS[one.verdict]) for one in made)
    return {
        level: Vector(**{name: counts[level, name] for name in _FIELDS.values()})
        for level in ControlLevel
    }


def bounds(vector: Vector) -> Bounds | None:
    """Between which shares compliance lies; ``None`` where nothing was determined."""
    if not vector.determined:
        return None
    whole = vector.applicable
    return Bounds(
        lower=math.floor(100 * Fraction(vector.passed, whole)),
        upper=math.ceil(100 * Fraction(vector.passed + vector.unknown, whole)),
        coverage=math.floor(100 * Fraction(vector.determined, whole)),
    )


def headline(required: Vector, assertion: str) -> Headline:
    """The state that the required controls give, first match of compliance.md 9."""
    if not required.determined:
        return Headline.NOT_ASSESSED
    if required.failed:
        return Headline.NOT_COMPLIANT
    if required.unknown:
        return Headline.NOT_DETERMINED
    if assertion != "full" or required.not_assessed:
        return Headline.NO_CONTRADICTION
    return Headline.COMPLIANT
