"""Roll-up: unknown is its own column at every level, and percentages never flatter."""

import pytest

from scanner.control.profile import Control, ControlLevel, Leaf, Profile, ProfileSource
from scanner.control.rollup import (
    Bounds,
    Headline,
    Vector,
    bounds,
    headline,
    vectors,
    verdicts,
)
from scanner.control.verdict import Verdict
from scanner.finding import Finding, Outcome, Severity
from scanner.message import Message
from scanner.observation import Reason

SOURCE = ProfileSource("test", "2026-11-24", "none", "verified")


def profile(*controls: Control) -> Profile:
    return Profile(1, "test", "Test", "1", "full", SOURCE, 45, controls)


def control(check: str, *, fail_from: Severity | None = None) -> Control:
    rule = Leaf(check, fail_from)
    return Control(f"c-{check}", check, ControlLevel.REQUIRED, Severity.HIGH, "full", rule)


def finding(
    outcome: Outcome,
    *,
    check: str = "a",
    severity: Severity = Severity.HIGH,
    reason: Reason | None = None,
) -> Finding:
    return Finding(
        check,
        "agency.example",
        "domain:agency.example",
        outcome,
        severity,
        Message("x"),
        "x",
        f"{check}-{outcome}",
        reason=reason,
    )


def verdict(
    *findings: Finding, authorised: bool = True, fail_from: Severity | None = None
) -> Verdict:
    (made,) = verdicts(
        profile(control("a", fail_from=fail_from)),
        findings,
        selected={"a"},
        authorised=authorised,
    )
    return made.verdict


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((Outcome.PASS, Outcome.FAIL), Verdict.FAIL),
        ((Outcome.PASS, Outcome.INCONCLUSIVE), Verdict.INCONCLUSIVE),
        ((Outcome.PASS, Outcome.ERROR, Outcome.INCONCLUSIVE), Verdict.ERROR),
        ((Outcome.PASS, Outcome.NOT_APPLICABLE), Verdict.PASS),
        ((Outcome.INFORMATIONAL,), Verdict.NOT_APPLICABLE),
        ((Outcome.PASS, Outcome.INFORMATIONAL), Verdict.PASS),
        ((), Verdict.INCONCLUSIVE),
    ],
)
def test_a_control_is_all_of_its_subjects(outcomes: tuple[Outcome, ...], expected: Verdict) -> None:
    assert verdict(*map(finding, outcomes)) is expected


def test_a_lesser_failure_is_a_remark_of_a_control_that_fails_from_high() -> None:
    low = finding(Outcome.FAIL, severity=Severity.LOW)
    assert verdict(low, fail_from=Severity.HIGH) is Verdict.PASS
    assert verdict(low) is Verdict.FAIL


def test_a_deselected_check_is_not_assessed() -> None:
    (made,) = verdicts(profile(control("a")), [], selected={"b"}, authorised=True)
    assert (made.verdict, made.reasons) == (Verdict.NOT_ASSESSED, ("not-selected",))


def test_what_was_not_authorised_counts_as_not_selected() -> None:
    refused = finding(Outcome.INCONCLUSIVE, reason=Reason.NOT_AUTHORISED)
    assert verdict(refused, authorised=False) is Verdict.NOT_ASSESSED
    assert verdict(refused, authorised=True) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        (Vector(passed=2, failed=1), Bounds(66, 67, 100)),
        (Vector(passed=71, failed=12, inconclusive=17), Bounds(71, 88, 83)),
        (Vector(passed=999, failed=1), Bounds(99, 100, 100)),
        (Vector(passed=1), Bounds(100, 100, 100)),
        (Vector(inconclusive=5, not_applicable=3), None),
        (Vector(), None),
    ],
)
def test_bounds(vector: Vector, expected: Bounds | None) -> None:
    assert bounds(vector) == expected


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        (Vector(), Headline.NOT_ASSESSED),
        (Vector(inconclusive=3), Headline.NOT_ASSESSED),
        (Vector(passed=3, failed=1, inconclusive=1), Headline.NOT_COMPLIANT),
        (Vector(passed=3, error=1), Headline.NOT_DETERMINED),
        (Vector(passed=3, not_assessed=1), Headline.NO_CONTRADICTION),
        (Vector(passed=3, not_applicable=9), Headline.COMPLIANT),
    ],
)
def test_headline(vector: Vector, expected: Headline) -> None:
    assert headline(vector, "full") is expected


def test_a_partial_profile_never_says_compliant() -> None:
    assert headline(Vector(passed=3), "partial") is Headline.NO_CONTRADICTION


def test_vectors_add_up() -> None:
    made = verdicts(
        profile(control("a"), control("b")),
        [finding(Outcome.PASS), finding(Outcome.FAIL, check="b")],
        selected={"a", "b"},
        authorised=True,
    )
    required = vectors(made)[ControlLevel.REQUIRED]
    assert required == Vector(passed=1, failed=1)
    assert required + required == Vector(passed=2, failed=2)
