"""Roll-up: unknown is its own column at every level, and percentages never flatter."""

from collections.abc import Iterable
from itertools import product

import pytest
from msgspec import structs

from scanner.control.evaluate import Part
from scanner.control.judgement import ControlVerdict, Effective, Judge
from scanner.control.profile import (
    Assertion,
    Control,
    ControlLevel,
    Coverage,
    Leaf,
    Profile,
    ProfileSource,
    TextVerified,
)
from scanner.control.rollup import Bounds, Headline, Vector, added, bounds, headline, vectors
from scanner.control.verdict import Verdict
from scanner.finding import Finding, Outcome, Severity
from scanner.observation import Reason
from tests.scanner.control.material import NOW, evidence
from tests.scanner.control.material import finding as made_finding

SOURCE = ProfileSource("test", "2026-11-24", TextVerified.VERIFIED)


def profile(*controls: Control, name: str = "test") -> Profile:
    return Profile(
        id=name,
        title="Test",
        version="1",
        assertion=Assertion.FULL,
        source=SOURCE,
        controls=controls,
    )


def control(check: str, *, fail_from: Severity | None = None) -> Control:
    return Control(
        id=f"c-{check}",
        title=check,
        level=ControlLevel.REQUIRED,
        severity=Severity.HIGH,
        coverage=Coverage.FULL,
        rule=Leaf(check, fail_from=fail_from),
    )


def finding(
    outcome: Outcome,
    *,
    check: str = "a",
    severity: Severity = Severity.HIGH,
    reason: Reason | None = None,
) -> Finding:
    return made_finding(check, outcome, severity=severity, reason=reason)


def verdicts(
    under: Profile,
    findings: Iterable[Finding],
    *,
    deselected: Iterable[str] = (),
    authorised: bool = True,
) -> tuple[ControlVerdict, ...]:
    seen = evidence(findings, deselected=deselected)
    if not authorised:
        seen = type(seen)(**{**vars(seen), "is_authorised": False})
    return Judge([under], {under.id: under}, NOW.date()).domain(seen)


def verdict(
    *findings: Finding, authorised: bool = True, fail_from: Severity | None = None
) -> Verdict:
    under = profile(control("a", fail_from=fail_from), name="rfc-baseline")
    (made,) = verdicts(under, findings, authorised=authorised)
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
    (made,) = verdicts(profile(control("a")), [], deselected={"a"})
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
        (Vector(passed=1, waived=1), Bounds(50, 50, 100)),
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
        (Vector(passed=3, waived=1), Headline.COMPLIANT_WITH_EXCEPTIONS),
        (Vector(waived=1), Headline.COMPLIANT_WITH_EXCEPTIONS),
        (Vector(passed=3, waived=1, inconclusive=1), Headline.NOT_DETERMINED),
        (Vector(passed=3, waived=1, failed=1), Headline.NOT_COMPLIANT),
        (Vector(passed=3, upcoming=4), Headline.COMPLIANT),
    ],
)
def test_headline(vector: Vector, expected: Headline) -> None:
    assert headline(vector, Assertion.FULL) is expected


def test_a_partial_profile_never_says_compliant() -> None:
    assert headline(Vector(passed=3), Assertion.PARTIAL) is Headline.NO_CONTRADICTION


def test_vectors_add_up() -> None:
    made = verdicts(
        profile(control("a"), control("b")),
        [finding(Outcome.PASS), finding(Outcome.FAIL, check="b")],
    )
    required = vectors(made)[ControlLevel.REQUIRED]
    assert required == Vector(passed=1, failed=1)
    assert required + required == Vector(passed=2, failed=2)


FIELDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.NOT_APPLICABLE: "not_applicable",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.ERROR: "error",
    Verdict.NOT_ASSESSED: "not_assessed",
}


def _said(one: Verdict) -> ControlVerdict:
    return ControlVerdict(
        profile="test",
        control="c",
        title="t",
        level=ControlLevel.REQUIRED,
        severity=Severity.HIGH,
        verdict=one,
        deciding=(Part("a", one, reason=Reason.TIMEOUT),) if one in UNKNOWN else (),
    )


UNKNOWN = {Verdict.INCONCLUSIVE, Verdict.ERROR}


def test_unknown_never_becomes_a_pass_in_any_sum_up_to_five() -> None:
    for length in range(1, 6):
        for one in product(Verdict, repeat=length):
            total = added(vectors((_said(verdict),)) for verdict in one)[ControlLevel.REQUIRED]
            assert total == vectors(map(_said, one))[ControlLevel.REQUIRED]
            for verdict, name in FIELDS.items():
                assert getattr(total, name) == one.count(verdict)
            state = headline(total, Assertion.FULL)
            if set(one) & UNKNOWN:
                assert state not in {Headline.COMPLIANT, Headline.COMPLIANT_WITH_EXCEPTIONS}
                shares = bounds(total)
                assert shares is None or (shares.lower < 100 and shares.coverage < 100)


def test_reasons_are_counted_apart() -> None:
    total = vectors([_said(Verdict.INCONCLUSIVE), _said(Verdict.INCONCLUSIVE)])
    assert total[ControlLevel.REQUIRED].reasons == (("timeout", 2),)


def test_what_is_waived_or_upcoming_has_a_column_of_its_own() -> None:
    failing = _said(Verdict.FAIL)
    waived = structs.replace(failing, waived="W-1")
    upcoming = structs.replace(failing, effective=Effective.UPCOMING)
    total = vectors([failing, waived, upcoming])[ControlLevel.REQUIRED]
    assert (total.failed, total.waived, total.upcoming) == (1, 1, 1)
    assert total.applicable == 2
