"""The exit code that cron must be able to trust (compliance.md 10)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from msgspec import Struct

from scanner.control.profile import ControlLevel
from scanner.control.rollup import ControlVerdict
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


class Tally(Struct):
    """What the gate has seen so far; fed target by target, so that nothing need be kept."""

    fails: int = 0
    undetermined: int = 0
    determined: int = 0
    errors: int = 0

    def add(
        self,
        verdicts: Iterable[ControlVerdict],
        findings: Iterable[Finding],
        fail_on: FailOn,
    ) -> None:
        """Count one target."""
        for finding in findings:
            self.errors += finding.outcome is Outcome.ERROR
            self.fails += _fails_by_severity(finding, fail_on)
        for one in verdicts:
            self.fails += _fails_by_level(one, fail_on)
            if one.level is ControlLevel.REQUIRED:
                self.undetermined += one.verdict in {
                    Verdict.INCONCLUSIVE,
                    Verdict.ERROR,
                }
                self.determined += one.verdict in {Verdict.PASS, Verdict.FAIL}

    @property
    def exit(self) -> Exit:
        """``--fail-on`` moves code 1 only: it never turns 3 into 0."""
        if self.errors:
            return Exit.BROKEN
        if self.fails:
            return Exit.FAILS
        if self.undetermined or not self.determined:
            return Exit.NOT_DETERMINED
        return Exit.COMPLIANT


def _fails_by_level(one: ControlVerdict, fail_on: FailOn) -> bool:
    levels = {
        FailOn.REQUIRED: {ControlLevel.REQUIRED},
        FailOn.RECOMMENDED: {ControlLevel.REQUIRED, ControlLevel.RECOMMENDED},
    }
    return one.verdict is Verdict.FAIL and one.level in levels.get(fail_on, set())


def _fails_by_severity(finding: Finding, fail_on: FailOn) -> bool:
    if fail_on in {FailOn.REQUIRED, FailOn.RECOMMENDED}:
        return False
    return finding.outcome is Outcome.FAIL and finding.severity.rank <= Severity(fail_on.value).rank
