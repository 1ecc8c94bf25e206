"""The exit code that cron must be able to trust (compliance.md 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from msgspec import Struct

from scanner.control.baseline import BASELINE
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import Assertion, ControlLevel, Profile
from scanner.control.verdict import Verdict
from scanner.finding import Finding, Outcome, Severity


class Exit(IntEnum):
    """Exit codes; precedence 2 > 6 > 5 > 1 > 3 > 4 > 0."""

    COMPLIANT = 0
    FAILS = 1
    USAGE = 2
    NOT_DETERMINED = 3
    WAIVED = 4
    BROKEN = 5
    LOCKED = 6
    INTERRUPTED = 130
    TERMINATED = 143


class FailOn(StrEnum):
    """From where a failure gives exit code 1: a level, or a severity and worse."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


_LEVELS = {
    FailOn.REQUIRED: {ControlLevel.REQUIRED},
    FailOn.RECOMMENDED: {ControlLevel.REQUIRED, ControlLevel.RECOMMENDED},
}


class Gate(Struct, frozen=True):
    """A profile that decides the exit code, and from which level its failures do."""

    profile: str = BASELINE
    fail_on: FailOn = FailOn.REQUIRED


@dataclass
class Count:
    """What one gating profile has seen."""

    fails: int = 0
    waived: int = 0
    undetermined: int = 0
    determined: int = 0


def gates_of(profiles: Iterable[Profile]) -> tuple[Gate, ...]:
    """Every selected profile decides, but those that are evidence only."""
    return tuple(Gate(one.id) for one in profiles if one.assertion is not Assertion.EVIDENCE_ONLY)


@dataclass
class Tally:
    """What the gates have seen so far; fed target by target, so that nothing need be kept."""

    gates: Sequence[Gate] = (Gate(),)
    accepts_waivers: bool = False
    errors: int = 0
    counts: dict[str, Count] = field(default_factory=dict)

    def add(self, verdicts: Iterable[ControlVerdict], findings: Iterable[Finding]) -> None:
        """Count one target."""
        made, found = tuple(verdicts), tuple(findings)
        self.errors += sum(one.outcome is Outcome.ERROR for one in found)
        for gate in self.gates:
            count = self.counts.setdefault(gate.profile, Count())
            own = [one for one in made if one.profile == gate.profile and one.binds]
            self._count(count, gate, own)
            if gate.fail_on not in _LEVELS:
                count.fails += _by_severity(gate.fail_on, own, found)

    def _count(self, count: Count, gate: Gate, own: Iterable[ControlVerdict]) -> None:
        levels = _LEVELS.get(gate.fail_on, set())
        for one in own:
            if one.verdict is Verdict.FAIL and one.level in levels:
                count.fails += not one.waived
            if one.level is ControlLevel.REQUIRED:
                count.waived += bool(one.waived)
                count.undetermined += one.verdict in {Verdict.INCONCLUSIVE, Verdict.ERROR}
                count.determined += one.verdict in {Verdict.PASS, Verdict.FAIL}

    @property
    def exit(self) -> Exit:
        """``--fail-on`` moves code 1 only: it never turns 3 into 0."""
        every = [self.counts.get(gate.profile, Count()) for gate in self.gates]
        if self.errors:
            return Exit.BROKEN
        if any(one.fails for one in every):
            return Exit.FAILS
        if not every or any(one.undetermined or not one.determined for one in every):
            return Exit.NOT_DETERMINED
        if any(one.waived for one in every) and not self.accepts_waivers:
            return Exit.WAIVED
        return Exit.COMPLIANT


def _by_severity(
    fail_on: FailOn, own: Iterable[ControlVerdict], findings: Iterable[Finding]
) -> int:
    """Failing findings of that severity or worse; those behind a waived control alone are not."""
    worst = Severity(fail_on.value).rank
    failing = [one for one in own if one.verdict is Verdict.FAIL]
    waived = {name for one in failing if one.waived for name in one.findings}
    open_ = {name for one in failing if not one.waived for name in one.findings}
    return sum(
        one.outcome is Outcome.FAIL
        and one.severity.rank <= worst
        and one.fingerprint not in waived - open_
        for one in findings
    )
