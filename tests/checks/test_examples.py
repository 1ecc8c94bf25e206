"""Every check is held to the examples that it publishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from scanner import registry
from scanner.assessment import StoredObservation, freeze, thaw
from scanner.beside import Beside
from scanner.check import Check, Form
from scanner.fact import RunFact
from scanner.finding import Judgement, Outcome
from scanner.judge import judge
from scanner.observation import KINDS, Level, Observed, Place, Reason, Role, Subject, Unobserved

CHECKS = registry.load().checks
SUBJECTS = {
    Level.TARGET: Place(Subject(Role.DOMAIN, "agency.example")),
    Level.HOST: Place(Subject(Role.HOST, "www.agency.example")),
    Level.SERVICE: Place(Subject(Role.WEB, "www.agency.example", 443)),
    Level.ENDPOINT: Place(Subject(Role.WEB, "www.agency.example", 443), "192.0.2.7"),
}


def _examples() -> Iterator[Any]:
    for check in CHECKS.values():
        for group, examples in (
            ("pass", check.passes),
            ("fail", check.fails),
            ("other", check.others),
        ):
            for name, given in examples.items():
                yield pytest.param(check, group, given, id=f"{check.id} {group}: {name}")


def _arguments(check: Check, given: Any) -> tuple[Any, ...]:
    return given if len(check.needs) > 1 else (given,)


def _judgements(check: Check, given: Any) -> Sequence[Judgement]:
    said: Any = check.judge(*_arguments(check, given))
    if check.compares_targets:
        return tuple(one.judgement for one in said)
    return (said,) if isinstance(said, Judgement) else tuple(said)


@pytest.mark.parametrize(("check", "group", "given"), list(_examples()))
def test_example(check: Check, group: str, given: Any) -> None:
    outcomes = {one.outcome for one in _judgements(check, given)}
    if group == "other":
        assert outcomes
        assert not outcomes & {Outcome.PASS, Outcome.FAIL, Outcome.ERROR}
    else:
        assert Outcome(group) in outcomes
        assert outcomes <= {Outcome(group), Outcome.INFORMATIONAL, Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize(("check", "group", "given"), list(_examples()))
def test_every_declared_fact_is_given_and_every_sentence_is_whole(
    check: Check, group: str, given: Any
) -> None:
    del group
    for one in _judgements(check, given):
        assert set(one.facts) == set(check.records)
        assert one.message.text[:1] == one.message.text[:1].upper()
        assert one.message.text.endswith(".")
        assert (
            one.severity is None or check.severity.rank <= one.severity.rank <= check.mildest.rank
        )


@pytest.mark.parametrize(("check", "group", "given"), list(_examples()))
def test_an_example_survives_the_store(check: Check, group: str, given: Any) -> None:
    del group
    if check.compares_targets:
        assert all(isinstance(one, RunFact) for one in given)
        return
    for need, value in zip(check.needs, _arguments(check, given), strict=True):
        if need.form in {Form.EVERY, Form.PREVIOUS} or need.level is Level.RUN:
            continue
        seen = value if isinstance(value, Observed | Unobserved) else Observed(value, _now())
        found = {need.kind: {SUBJECTS[need.level]: seen}}
        stored = msgspec.json.decode(
            msgspec.json.encode(freeze(found)), type=tuple[StoredObservation, ...]
        )
        assert stored == freeze(found)
        assert thaw(freeze(found)) == found


def _now() -> Any:
    from scanner.formats.certificate_examples import NOW  # noqa: PLC0415

    return NOW


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_says_all_that_a_report_needs(check: Check) -> None:
    assert check.reason
    assert check.remediation
    assert check.references
    assert not check.title.endswith(".")
    if check.passes or check.fails:
        assert check.passes
        assert check.fails
    else:
        assert check.others


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.SERVFAIL, Reason.NOT_AUTHORISED])
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_what_was_not_seen_is_never_a_verdict(check: Check, reason: Reason) -> None:
    if check.compares_targets:
        return  # tests/scanner/test_judge_run.py
    given = next(iter({**check.passes, **check.others}.values()))
    lists = {
        need.kind: value
        for need, value in zip(check.needs, _arguments(check, given), strict=True)
        if need.level is Level.RUN
    }
    found = {
        need.kind: {SUBJECTS[need.level]: Unobserved(reason, "for this test", _now())}
        for need in check.needs
        if need.level is not Level.RUN
    }
    verdicts = judge(check, "agency.example", found, Beside(lists))
    assert {one.outcome for one in verdicts.findings} <= {
        Outcome.INCONCLUSIVE,
        Outcome.NOT_APPLICABLE,
        Outcome.INFORMATIONAL,
    }
    assert {one.state for one in verdicts.facts} <= {"unknown"}


def test_kinds_of_the_examples_are_declared() -> None:
    needed = {need.kind for check in CHECKS.values() for need in check.needs}
    assert needed <= {kind.type for kind in KINDS.values()}
