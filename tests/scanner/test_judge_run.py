"""What only all targets together can tell: shared keys, and what was not comparable."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest
from msgspec import structs

from scanner import (
    Effort,
    Fact,
    FactType,
    Judgement,
    Outcome,
    Reason,
    RecordedFact,
    RunFact,
    RunJudgement,
    Severity,
    Subject,
    failed,
    passed,
    run_check,
)
from scanner.assessment import Assessment, Status
from scanner.fact import State
from scanner.finding import Finding
from scanner.judge_run import Heard, hear, judge_run, names_read, unjudged
from scanner.message import Message

NOW = datetime(2026, 11, 25, tzinfo=UTC)
KEY = Fact("test.key", FactType.TEXT, "For this test.")
OTHER = Fact("test.other", FactType.TEXT, "For this test.")


@run_check(
    id="key-is-its-own",
    title="The key is its own",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Make a key for each.",
    references=(),
    reads=(KEY,),
    family="test",
)
def own_key(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """A key that others have is no secret."""
    known = [one for one in facts if one.fact.state is State.KNOWN]
    holders: dict[object, set[str]] = {}
    for one in known:
        holders.setdefault(one.fact.value, set()).add(one.agency)
    for one in known:
        shared = len(holders[one.fact.value]) > 1
        said = failed("It is shared.") if shared else passed("It is its own.")
        yield RunJudgement(one.target, Subject.from_text(one.fact.subject), said)


def assessment(host: str, value: str | None, outcome: Outcome = Outcome.PASS) -> Assessment:
    subject = f"web:{host}:443"
    state = State.KNOWN if value else State.UNKNOWN
    facts = (
        RecordedFact(KEY.name, "records", subject, state, value=value, at=NOW),
        RecordedFact(OTHER.name, "records", subject, State.KNOWN, value="x"),
    )
    reason = Reason.TIMEOUT if outcome is Outcome.INCONCLUSIVE else None
    message = Message("Said.")
    finding = Finding(
        "records", host, subject, outcome, Severity.LOW, message, "Said.", "f", reason=reason
    )
    return Assessment(host, host[0], NOW, NOW, Status.ASSESSED, (), (finding,), facts)


def heard(*given: Assessment) -> list[Heard]:
    return [hear(one, names_read((own_key,))) for one in given]


def test_only_the_facts_that_are_read_are_heard() -> None:
    (one,) = heard(assessment("a.example", "k"))
    assert [fact.fact.name for fact in one.facts] == ["test.key"]
    assert [finding.check for finding in one.findings] == ["records"]


def test_targets_are_compared_and_the_finding_names_subject_time_and_target() -> None:
    made = judge_run(
        (own_key,),
        heard(
            assessment("a.example", "k"), assessment("b.example", "k"), assessment("c.example", "l")
        ),
    )
    outcomes = {target: [one.outcome for one in found] for target, found in made.items()}
    assert outcomes == {"a.example": ["fail"], "b.example": ["fail"], "c.example": ["pass"]}
    (finding,) = made["a.example"]
    assert (finding.target, finding.subject, finding.at) == ("a.example", "web:a.example:443", NOW)
    assert finding.fingerprint != made["b.example"][0].fingerprint


@pytest.mark.parametrize(
    ("outcome", "expected", "reason"),
    [
        (Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE, Reason.TIMEOUT),
        (Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE, None),
        (Outcome.PASS, Outcome.INCONCLUSIVE, Reason.DEPENDENCY_MISSING),
    ],
)
def test_a_target_without_the_fact_is_unknown_unless_it_does_not_concern_it(
    outcome: Outcome, expected: Outcome, reason: Reason | None
) -> None:
    (finding,) = judge_run((own_key,), heard(assessment("a.example", None, outcome)))["a.example"]
    assert (finding.outcome, finding.reason) == (expected, reason)
    assert finding.subject == "domain:a.example"


def test_a_target_whose_facts_are_absent_has_nothing_to_compare() -> None:
    (one,) = heard(assessment("a.example", "k"))
    absent = tuple(
        each._replace(fact=structs.replace(each.fact, state=State.ABSENT, value=None))
        for each in one.facts
    )
    (finding,) = judge_run((own_key,), [one._replace(facts=absent)])["a.example"]
    assert (finding.outcome, finding.subject) == (Outcome.NOT_APPLICABLE, "domain:a.example")


def test_an_interrupted_run_compares_nothing() -> None:
    (finding,) = unjudged((own_key,), heard(assessment("a.example", "k")))["a.example"]
    assert (finding.outcome, finding.reason) == (Outcome.INCONCLUSIVE, Reason.BUDGET_EXHAUSTED)


def test_a_bug_is_an_error_at_every_target() -> None:
    @run_check(
        id="broken",
        title="It breaks",
        severity=Severity.LOW,
        effort=Effort.HOURS,
        remediation="-",
        references=(),
        reads=(KEY,),
        family="test",
    )
    def broken(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
        """Because."""
        for one in facts:
            yield RunJudgement(one.target, Subject.from_text(one.fact.subject), passed("So."))
            raise ZeroDivisionError

    made = judge_run((broken,), heard(assessment("a.example", "k"), assessment("b.example", "l")))
    assert {one.outcome for found in made.values() for one in found} == {Outcome.ERROR}
    assert [len(found) for found in made.values()] == [1, 1]


def test_the_judge_may_be_called_by_itself() -> None:
    (said,) = own_key.judge(heard(assessment("a.example", "k"))[0].facts)
    assert isinstance(said.judgement, Judgement)
