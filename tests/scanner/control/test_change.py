"""Why a verdict changed: one case for each row of the table."""

from __future__ import annotations

import pytest

from scanner.control.change import CauseKind, Walk, attribute, is_unstable
from scanner.control.evaluate import Part
from scanner.control.evidence import Known
from scanner.control.judgement import ControlVerdict, Effective
from scanner.control.profile import ControlLevel
from scanner.control.verdict import Verdict
from scanner.fact import State
from scanner.finding import Severity
from scanner.observation import Reason

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE


def made(
    verdict: Verdict,
    age: int | None = None,
    *,
    reason: Reason | None = None,
    address: str = "",
    text: str = "",
    effective: Effective = Effective.IN_FORCE,
) -> ControlVerdict:
    facts = (
        (Known("hsts.max_age", State.KNOWN, age, subject="web:a:443"),) if age is not None else ()
    )
    part = Part(
        "hsts-max-age", verdict, "web:a:443", address, reason=reason, facts=facts, text=text
    )
    return ControlVerdict(
        profile="p",
        control="c",
        title="C",
        level=ControlLevel.REQUIRED,
        severity=Severity.HIGH,
        verdict=verdict,
        effective=effective,
        effective_from="2026-11-01",
        deciding=(part,),
        parts=(part,),
    )


def walked(
    v1: ControlVerdict, a: ControlVerdict | None, b: ControlVerdict | None, v2: ControlVerdict
) -> Walk:
    return Walk(v1, a, b, v2, ("1.0", "1.1"), ("1", "2"))


def kinds(walk: Walk) -> list[CauseKind]:
    return [one.kind for one in attribute(walk).causes]


def test_our_reading_changed() -> None:
    change = attribute(walked(made(FAIL), made(PASS), made(PASS), made(PASS)))
    assert [one.kind for one in change.causes] == [CauseKind.TOOL]
    assert "hsts-max-age" in change.text
    assert "1.0 to 1.1" in change.text


def test_the_rule_changed() -> None:
    change = attribute(walked(made(PASS), made(PASS), made(FAIL), made(FAIL)))
    assert [one.kind for one in change.causes] == [CauseKind.RULE]
    assert "from version 1 to 2" in change.text


def test_an_effective_date_passed() -> None:
    before = made(FAIL, effective=Effective.UPCOMING)
    change = attribute(walked(before, before, made(FAIL), made(FAIL)))
    assert [one.kind for one in change.causes] == [CauseKind.RULE]
    assert "in force since 2026-11-01" in change.text


def test_a_parameter_changed() -> None:
    walk = walked(made(PASS), made(PASS), made(FAIL), made(FAIL))._replace(profiles=("1", "1"))
    assert "a parameter or a date" in attribute(walk).text


def test_the_site_changed_and_how() -> None:
    old = made(FAIL, 300)
    change = attribute(walked(old, old, old, made(PASS, 31536000)))
    assert [one.kind for one in change.causes] == [CauseKind.SITE]
    assert "hsts.max_age at web:a:443 was 300, is 31536000" in change.text


def test_the_site_changed_without_a_fact() -> None:
    old = made(PASS, text="It is there.")
    assert "It is gone." in attribute(walked(old, old, old, made(FAIL, text="It is gone."))).text


def test_time_went_by() -> None:
    old = made(PASS, 5)
    assert attribute(walked(old, old, old, made(FAIL, 5))).text == "site: time went by"


@pytest.mark.parametrize("is_old", [True, False])
def test_it_could_not_be_measured_on_one_side(is_old: bool) -> None:
    unknown, known = made(UNKNOWN, reason=Reason.TIMEOUT), made(PASS, 5)
    old, new = (unknown, known) if is_old else (known, unknown)
    change = attribute(walked(old, old, old, new))
    assert [one.kind for one in change.causes] == [CauseKind.MEASUREMENT]
    assert "timeout" in change.text


def test_other_addresses_were_measured() -> None:
    old, new = made(PASS, 5, address="192.0.2.1"), made(FAIL, 3, address="192.0.2.2")
    assert kinds(walked(old, old, old, new)) == [CauseKind.MEASUREMENT]
    both = made(FAIL, 3, address="192.0.2.1")
    assert kinds(walked(old, old, old, both)) == [CauseKind.SITE]


def test_steps_that_cancel_out_are_all_told() -> None:
    change = attribute(walked(made(FAIL), made(PASS), made(PASS), made(FAIL)))
    assert [one.kind for one in change.causes] == [CauseKind.TOOL, CauseKind.SITE]
    assert change.offset
    assert "cancel out" in change.text


def test_without_the_earlier_evidence_tool_and_site_are_not_told_apart() -> None:
    assert kinds(walked(made(FAIL), None, None, made(PASS))) == [CauseKind.TOOL_OR_SITE]
    unknown = made(UNKNOWN, reason=Reason.REFUSED)
    assert kinds(walked(unknown, None, None, made(PASS))) == [CauseKind.MEASUREMENT]
    assert kinds(walked(made(PASS), None, None, made(PASS))) == []


def test_nothing_changed() -> None:
    same = made(PASS)
    assert attribute(walked(same, same, same, same)).causes == ()


def test_unstable_is_three_flips_in_five_audits() -> None:
    assert is_unstable([PASS, FAIL, PASS, FAIL])
    assert is_unstable([PASS, PASS, FAIL, PASS, FAIL])
    assert not is_unstable([PASS, FAIL, PASS])
    assert not is_unstable([FAIL, PASS, FAIL, FAIL, FAIL, FAIL])
