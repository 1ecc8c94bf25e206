"""How a check meets observations: fan-out, join, fold, facts, errors."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct

from scanner import (
    Check,
    Effort,
    Every,
    Fact,
    FactType,
    Judgement,
    Members,
    Observed,
    Outcome,
    Place,
    Previous,
    Reason,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.beside import Beside, Earlier
from scanner.check import DefinitionError, Judge
from scanner.fact import State
from scanner.judge import disagreements, judge
from scanner.message import Message
from scanner.observation import Found, Inapplicable, Level, kind

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DOMAIN = Place(Subject(Role.DOMAIN, "agency.example"))
SITE = Subject(Role.WEB, "agency.example", 443)
FIRST, SECOND = Place(SITE, "192.0.2.1"), Place(SITE, "192.0.2.2")
COLOUR = Fact("test.colour", FactType.TEXT, "For this test.")
SHADES = Fact("test.shades", FactType.SET, "For this test.")


@kind(Level.ENDPOINT, command=lambda place: f"look {place.address}")
class Lamp(Struct, frozen=True):
    """A thing at an address."""

    colour: str


@kind(Level.TARGET)
class Paint(Struct, frozen=True):
    """A thing of the target."""

    name: str


def make(function: Judge, **more: Any) -> Check:
    given = {
        "id": "lamp-is-green",
        "title": "The lamp is green",
        "severity": Severity.HIGH,
        "effort": Effort.MINUTES,
        "remediation": "Paint it.",
        "references": (),
        "records": (COLOUR,),
        "family": "test",
    }
    return check(**{**given, **more})(function)


def is_green(lamp: Lamp) -> Judgement:
    """Red lamps stop people."""
    known = {COLOUR: lamp.colour}
    if lamp.colour == "green":
        return passed("It is green.", facts=known)
    return failed("It is {colour}.", colour=lamp.colour, facts=known)


GREEN = make(is_green)


def seen(value: object) -> Observed[object]:
    return Observed(value, NOW, "192.0.2.1:443")


def outcomes(made: Check, found: Found) -> list[tuple[str, str, Outcome, str | None]]:
    return [
        (one.subject, one.item, one.outcome, one.address)
        for one in judge(made, "agency.example", found).findings
    ]


def test_addresses_are_folded_and_the_worst_decides() -> None:
    found = {Lamp: {FIRST: seen(Lamp("green")), SECOND: seen(Lamp("red"))}}
    (finding,) = judge(GREEN, "agency.example", found).findings
    assert (finding.subject, finding.outcome, finding.address) == (
        "web:agency.example:443",
        Outcome.FAIL,
        "192.0.2.2",
    )
    assert [(one.address, one.outcome) for one in finding.addresses] == [
        ("192.0.2.1", Outcome.PASS),
        ("192.0.2.2", Outcome.FAIL),
    ]
    assert finding.text == "It is red."
    assert finding.command == "look 192.0.2.2"
    assert finding.at == NOW


def faded(lamp: Lamp, before: Previous[Lamp]) -> Judgement:
    """A lamp that fades is about to die."""
    known = {COLOUR: lamp.colour}
    match before.observation:
        case Observed(Lamp(colour)) if colour != lamp.colour:
            return failed("It was {colour} in {run}.", colour=colour, run=before.run, facts=known)
        case Observed():
            return passed("It is as it was.", facts=known)
    return inconclusive(Reason.DEPENDENCY_MISSING, "Nobody looked before.", facts=known)


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        ({Lamp: {FIRST: seen(Lamp("green"))}}, Outcome.PASS),
        ({Lamp: {FIRST: seen(Lamp("red"))}}, Outcome.FAIL),
        ({Lamp: {SECOND: seen(Lamp("red"))}}, Outcome.FAIL),
        ({Lamp: {FIRST: Unobserved(Reason.TIMEOUT)}}, Outcome.INCONCLUSIVE),
        ({}, Outcome.INCONCLUSIVE),
    ],
    ids=["the same", "another", "at another address", "unseen", "never"],
)
def test_a_check_may_read_what_the_audit_before_saw(before: Found, outcome: Outcome) -> None:
    found = {Lamp: {FIRST: seen(Lamp("green"))}}
    made = make(faded)
    assert made.level is Level.ENDPOINT
    (finding,) = judge(
        made, "agency.example", found, Beside(earlier=Earlier("run-1", before))
    ).findings
    assert finding.outcome is outcome
    assert "run-1" in finding.text or outcome is not Outcome.FAIL


@pytest.mark.parametrize("reason", Reason)
def test_a_missing_observation_is_never_a_failure_and_its_facts_are_unknown(
    reason: Reason,
) -> None:
    found = {Lamp: {FIRST: Unobserved(reason, "for this test")}}
    verdicts = judge(GREEN, "agency.example", found)
    assert [one.outcome for one in verdicts.findings] == [Outcome.INCONCLUSIVE]
    assert [(one.state, one.reason) for one in verdicts.facts] == [(State.UNKNOWN, reason)]


def test_an_address_that_never_answered_decides_nothing_beside_one_that_did() -> None:
    dead = Unobserved(Reason.REFUSED)
    found = {Lamp: {FIRST: seen(Lamp("green")), SECOND: dead}}
    assert outcomes(GREEN, found) == [("web:agency.example:443", "", Outcome.PASS, "192.0.2.1")]


def test_an_address_that_stopped_answering_leaves_it_open() -> None:
    hung = Unobserved(Reason.TIMEOUT, reached=True)
    found = {Lamp: {FIRST: seen(Lamp("green")), SECOND: hung}}
    assert outcomes(GREEN, found)[0][2] is Outcome.INCONCLUSIVE


def test_what_provably_is_not_there_is_not_applicable() -> None:
    found = {Lamp: {DOMAIN: Inapplicable(Message("There is no lamp."))}}
    (finding,) = judge(GREEN, "agency.example", found).findings
    assert (finding.outcome, finding.text) == (
        Outcome.NOT_APPLICABLE,
        "There is no lamp.",
    )


def test_what_is_not_there_has_no_row_beside_what_is() -> None:
    found = {Lamp: {DOMAIN: Inapplicable(Message("No lamp.")), FIRST: seen(Lamp("green"))}}
    assert [one[0] for one in outcomes(GREEN, found)] == ["web:agency.example:443"]


def test_coarser_kinds_are_joined_to_the_finest() -> None:
    def both(lamp: Lamp, paint: Paint) -> Judgement:
        """For this test."""
        return passed("{colour} {name}", colour=lamp.colour, name=paint.name)

    made = make(both, records=())
    found = {
        Lamp: {FIRST: seen(Lamp("green")), SECOND: seen(Lamp("red"))},
        Paint: {DOMAIN: seen(Paint("oil"))},
    }
    (finding,) = judge(made, "agency.example", found).findings
    assert finding.text == "green oil"
    assert {one.kind for one in finding.sources} == {"Lamp", "Paint"}


def test_every_subject_is_handed_over_with_the_missing_ones() -> None:
    def count(lamps: Every[Lamp]) -> Judgement:
        """For this test."""
        return passed("{n} of {all}", n=len(lamps.values), all=len(lamps.seen))

    made = make(count, records=())
    found = {Lamp: {FIRST: seen(Lamp("green")), SECOND: Unobserved(Reason.TIMEOUT)}}
    (finding,) = judge(made, "agency.example", found).findings
    assert (finding.subject, finding.text) == ("domain:agency.example", "1 of 2")


def test_a_check_about_absence_may_ask_for_it() -> None:
    def answers(lamp: Lamp | Unobserved) -> Judgement:
        """For this test."""
        if isinstance(lamp, Unobserved):
            return failed("It is out: {why}.", why=str(lamp.reason))
        return passed("It burns.")

    found = {Lamp: {FIRST: Unobserved(Reason.REFUSED)}}
    assert outcomes(make(answers, records=()), found)[0][2] is Outcome.FAIL


def test_items_are_findings_of_their_own() -> None:
    def per_item(lamp: Lamp) -> tuple[Judgement, ...]:
        """For this test."""
        return passed("a", item="a"), failed("b", item="b")

    found = {Lamp: {FIRST: seen(Lamp("green"))}}
    made = make(per_item, records=())
    assert [(one[1], one[2]) for one in outcomes(made, found)] == [
        ("a", Outcome.PASS),
        ("b", Outcome.FAIL),
    ]


def test_a_bug_is_an_error_and_everything_else_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(lamp: Lamp) -> Judgement:
        """For this test."""
        raise ZeroDivisionError(lamp.colour)

    found = {Lamp: {FIRST: seen(Lamp("green"))}}
    (finding,) = judge(make(broken), "agency.example", found).findings
    assert finding.outcome is Outcome.ERROR
    assert "ZeroDivisionError" in caplog.text


def test_a_fact_that_was_not_said_is_unknown() -> None:
    def silent(lamp: Lamp) -> Judgement:
        """For this test."""
        return passed("It is {colour}.", colour=lamp.colour)

    found = {Lamp: {FIRST: seen(Lamp("green"))}}
    (fact,) = judge(make(silent), "agency.example", found).facts
    assert (fact.state, fact.value) == (State.UNKNOWN, None)


def test_a_set_is_kept_sorted_and_says_whether_it_is_complete() -> None:
    def shades(lamp: Lamp) -> Judgement:
        """For this test."""
        return passed("ok", facts={SHADES: Members((lamp.colour, "a"), complete=False)})

    found = {Lamp: {FIRST: seen(Lamp("green"))}}
    (fact,) = judge(make(shades, records=(SHADES,)), "agency.example", found).facts
    assert (fact.value, fact.complete, fact.state) == (
        ("a", "green"),
        False,
        State.KNOWN,
    )


def test_nothing_gathered_is_inconclusive() -> None:
    assert outcomes(GREEN, {}) == [("domain:agency.example", "", Outcome.INCONCLUSIVE, None)]


def test_a_parameter_that_is_no_kind_of_observation_is_refused() -> None:
    def wrong(lamp: int) -> Judgement:
        """For this test."""
        return passed("{lamp}", lamp=lamp)

    with pytest.raises(DefinitionError, match="int is not a kind"):
        make(wrong)


def test_roles_narrow_the_subjects() -> None:
    mail = Place(Subject(Role.MAIL, "mx.agency.example", 25), "192.0.2.9")
    found = {Lamp: {FIRST: seen(Lamp("green")), mail: seen(Lamp("red"))}}
    made = make(is_green, roles=(Role.MAIL,))
    assert [one[0] for one in outcomes(made, found)] == ["mail:mx.agency.example:25"]


def test_two_checks_that_record_one_fact_must_agree() -> None:
    def is_painted(lamp: Lamp) -> Judgement:
        """The same fact, read otherwise."""
        return passed("It is painted.", facts={COLOUR: "painted " + lamp.colour})

    other = make(is_painted, id="lamp-is-painted")
    found = {Lamp: {FIRST: seen(Lamp("green"))}}
    facts = [*judge(GREEN, "agency.example", found).facts]
    assert not disagreements("agency.example", [*facts, *facts]).findings
    facts += judge(other, "agency.example", found).facts
    (finding,) = disagreements("agency.example", facts).findings
    assert finding.outcome is Outcome.ERROR
    assert "lamp-is-green" in finding.text
    assert "lamp-is-painted" in finding.text
