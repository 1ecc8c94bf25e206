"""The exit code: precedence, and what --fail-on can and cannot do."""

import pytest

from scanner.control.gate import Exit, FailOn, Tally
from scanner.control.profile import ControlLevel
from scanner.control.rollup import ControlVerdict
from scanner.control.verdict import Verdict
from scanner.finding import Finding, Outcome, Severity
from scanner.message import Message


def control(verdict: Verdict, level: ControlLevel = ControlLevel.REQUIRED) -> ControlVerdict:
    return ControlVerdict("c", level, Severity.HIGH, "t", "a", verdict)


def failing(severity: Severity, outcome: Outcome = Outcome.FAIL) -> Finding:
    return Finding("a", "t", "domain:t", outcome, severity, Message("x"), "x", "f")


def code(
    *controls: ControlVerdict, findings: tuple[Finding, ...] = (), on: str = "required"
) -> Exit:
    tally = Tally()
    tally.add(controls, findings, FailOn(on))
    return tally.exit


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((Verdict.PASS,), Exit.COMPLIANT),
        ((Verdict.PASS, Verdict.NOT_APPLICABLE), Exit.COMPLIANT),
        ((Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE), Exit.FAILS),
        ((Verdict.PASS, Verdict.INCONCLUSIVE), Exit.NOT_DETERMINED),
        ((Verdict.NOT_APPLICABLE,), Exit.NOT_DETERMINED),
        ((Verdict.NOT_ASSESSED,), Exit.NOT_DETERMINED),
        ((), Exit.NOT_DETERMINED),
    ],
)
def test_required_controls_decide(verdicts: tuple[Verdict, ...], expected: Exit) -> None:
    assert code(*map(control, verdicts)) is expected


def test_a_recommended_failure_decides_only_when_asked() -> None:
    controls = (control(Verdict.PASS), control(Verdict.FAIL, ControlLevel.RECOMMENDED))
    assert code(*controls) is Exit.COMPLIANT
    assert code(*controls, on="recommended") is Exit.FAILS


@pytest.mark.parametrize(
    ("severity", "on", "expected"),
    [
        (Severity.HIGH, "high", Exit.FAILS),
        (Severity.CRITICAL, "high", Exit.FAILS),
        (Severity.MEDIUM, "high", Exit.COMPLIANT),
        (Severity.INFO, "info", Exit.FAILS),
    ],
)
def test_a_severity_moves_the_gate(severity: Severity, on: str, expected: Exit) -> None:
    found = (failing(severity),)
    assert code(control(Verdict.PASS), findings=found, on=on) is expected


@pytest.mark.parametrize("on", list(FailOn))
def test_nothing_turns_not_determined_into_compliant(on: FailOn) -> None:
    assert code(control(Verdict.INCONCLUSIVE), on=on) is Exit.NOT_DETERMINED


def test_a_bug_comes_before_a_failure() -> None:
    broken = (failing(Severity.LOW, Outcome.ERROR),)
    assert code(control(Verdict.FAIL), findings=broken) is Exit.BROKEN
