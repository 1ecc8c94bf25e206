"""The exit code: precedence, and what --fail-on can and cannot do."""

import pytest

from scanner.control.evaluate import Part
from scanner.control.gate import Exit, FailOn, Gate, Tally
from scanner.control.judgement import ControlVerdict, Effective
from scanner.control.profile import ControlLevel
from scanner.control.verdict import Verdict
from scanner.finding import Finding, Outcome, Severity
from scanner.message import Message


def control(
    verdict: Verdict,
    level: ControlLevel = ControlLevel.REQUIRED,
    *,
    waived: str = "",
    profile: str = "rfc-baseline",
    effective: Effective = Effective.IN_FORCE,
) -> ControlVerdict:
    return ControlVerdict(
        profile=profile,
        control="c",
        title="t",
        level=level,
        severity=Severity.HIGH,
        verdict=verdict,
        waived=waived,
        effective=effective,
        deciding=(Part("a", verdict, fingerprint="f"),),
    )


def failing(severity: Severity, outcome: Outcome = Outcome.FAIL) -> Finding:
    return Finding("a", "t", "domain:t", outcome, severity, Message("x"), "x", "f")


def code(
    *controls: ControlVerdict, findings: tuple[Finding, ...] = (), on: str = "required"
) -> Exit:
    tally = Tally((Gate(fail_on=FailOn(on)),))
    tally.add(controls, findings)
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


WAIVED = control(Verdict.FAIL, waived="W-1")


def test_only_waived_failures_are_their_own_code_unless_accepted() -> None:
    assert code(control(Verdict.PASS), WAIVED) is Exit.WAIVED
    accepting = Tally(accepts_waivers=True)
    accepting.add((WAIVED,), ())
    assert accepting.exit is Exit.COMPLIANT


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ((WAIVED, control(Verdict.FAIL), control(Verdict.INCONCLUSIVE)), Exit.FAILS),
        ((WAIVED, control(Verdict.ERROR)), Exit.NOT_DETERMINED),
        ((WAIVED, control(Verdict.INCONCLUSIVE)), Exit.NOT_DETERMINED),
        ((WAIVED, control(Verdict.NOT_ASSESSED)), Exit.WAIVED),
    ],
)
def test_precedence(controls: tuple[ControlVerdict, ...], expected: Exit) -> None:
    assert code(*controls) is expected


def test_a_severity_does_not_see_what_a_waiver_covers_alone() -> None:
    found = (failing(Severity.HIGH),)
    assert code(WAIVED, findings=found, on="high") is Exit.WAIVED
    assert code(WAIVED, control(Verdict.FAIL), findings=found, on="high") is Exit.FAILS


def test_what_is_not_yet_in_force_decides_nothing() -> None:
    upcoming = control(Verdict.FAIL, effective=Effective.UPCOMING)
    assert code(control(Verdict.PASS), upcoming) is Exit.COMPLIANT


def test_each_gating_profile_must_be_determined() -> None:
    tally = Tally((Gate("a"), Gate("b")))
    tally.add((control(Verdict.PASS, profile="a"), control(Verdict.FAIL, profile="c")), ())
    assert tally.exit is Exit.NOT_DETERMINED
    tally.add((control(Verdict.PASS, profile="b"),), ())
    assert tally.exit is Exit.COMPLIANT
    tally.add((control(Verdict.FAIL, profile="b"),), ())
    assert tally.exit is Exit.FAILS


def test_without_a_gate_nothing_is_determined() -> None:
    assert Tally(()).exit is Exit.NOT_DETERMINED
