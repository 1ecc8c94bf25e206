"""Judge what was gathered: fan a check out over its subjects, fold its addresses, keep its facts.

Pure: the same observations give the same findings, byte for byte, next year.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from scanner.beside import NOTHING, Beside, Earlier
from scanner.check import Check, Form, Need
from scanner.fact import Fact, FactValue, Members, RecordedFact, State, Unknown
from scanner.finding import (
    AddressOutcome,
    Confidence,
    Finding,
    Judgement,
    Outcome,
    Severity,
    Source,
    fingerprint,
    inconclusive,
    not_applicable,
)
from scanner.message import Message
from scanner.observation import (
    KINDS,
    Found,
    Inapplicable,
    Level,
    Observation,
    Observed,
    Place,
    Previous,
    Reason,
    Subject,
    Unobserved,
)
from scanner.scene import Scene, lookup, order, source

LOG = logging.getLogger(__name__)

# compliance.md 8, all_of; informational never enters the algebra.
WORST_FIRST = (
    Outcome.FAIL,
    Outcome.ERROR,
    Outcome.INCONCLUSIVE,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
    Outcome.INFORMATIONAL,
)
LONGEST_EVIDENCE = 2000
MOST_EVIDENCE = 40


class Judged(NamedTuple):
    """A judgement, and where and when what it rests on was seen."""

    place: Place
    judgement: Judgement
    at: datetime | None
    detail: str
    reached: bool
    sources: tuple[Source, ...]


class Verdicts(NamedTuple):
    """What one check says of one target."""

    findings: tuple[Finding, ...]
    facts: tuple[RecordedFact, ...]


def judge(check: Check, target: str, found: Found, beside: Beside = NOTHING) -> Verdicts:
    """Apply one check to one target's observations, once per subject of the finest kind."""
    return judge_in(Scene(target, found), check, beside)


def judge_in(scene: Scene, check: Check, beside: Beside = NOTHING) -> Verdicts:
    """The same, where many checks share what they ask of the observations."""
    judged = [
        one for place in scene.places(check) for one in _judge_place(check, place, scene, beside)
    ]
    findings = tuple(_fold(check, scene.domain.subject.host, judged))
    facts = tuple(fact for one in judged for fact in _facts(check, one))
    return Verdicts(findings, facts)


def disagreements(target: str, facts: Iterable[RecordedFact]) -> Verdicts:
    """Two checks that record one fact of one place must agree: else a check has a bug.

    Known beats unknown; two different values are an error (ARCHITECTURE.md, Decisions 12).
    """
    first: dict[tuple[str, str, str | None, str], RecordedFact] = {}
    wrong: list[Finding] = []
    for one in facts:
        if one.state is State.UNKNOWN:
            continue
        key = one.name, one.subject, one.address, one.item
        other = first.setdefault(key, one)
        if (other.state, other.value) != (one.state, one.value):
            wrong.append(_disagreement(target, other, one))
    return Verdicts(tuple(wrong), ())


def _disagreement(target: str, first: RecordedFact, second: RecordedFact) -> Finding:
    message = Message(
        "The checks {first} and {second} disagree about {fact}.",
        {"first": first.check, "second": second.check, "fact": second.name},
    )
    item = f"fact {second.name}"
    return Finding(
        check=second.check,
        target=target,
        subject=second.subject,
        item=item,
        outcome=Outcome.ERROR,
        severity=Severity.INFO,
        message=message,
        text=message.text,
        address=second.address,
        fingerprint=fingerprint(
            check=second.check, target=target, subject=second.subject, item=item
        ),
    )


def _judge_place(check: Check, place: Place, scene: Scene, beside: Beside) -> Iterator[Judged]:
    given: list[Any] = []
    sources: list[Source] = []
    at: datetime | None = None
    for need in check.needs:
        if need.level is Level.RUN:
            given.append(beside.lists[need.kind])
            continue
        if need.form is Form.PREVIOUS:
            given.append(_previous(beside.earlier, need.kind, place))
            continue
        if need.form is Form.EVERY:
            whole = scene.every(need.kind)
            sources += whole.sources
            at = max(filter(None, (at, whole.at)), default=None)
            given.append(whole.every)
            continue
        where, seen = scene.near(need.kind, place) or (place, _MISSING)
        sources.append(source(need.kind, where))
        at = max(filter(None, (at, seen.at)), default=None)
        if missing := _missing(seen, need):
            detail = seen.detail if isinstance(seen, Unobserved) else ""
            reached = not isinstance(seen, Unobserved) or seen.reached
            yield Judged(place, missing, at, detail, reached, tuple(sources))
            return
        given.append(_given(seen, need))
    for judgement in _of_error_documents(call(check, given), given):
        yield Judged(place, judgement, at, "", True, tuple(sources))  # noqa: FBT003 - a field


def _of_error_documents(said: Sequence[Judgement], given: Sequence[Any]) -> Iterator[Judgement]:
    """What an error document shows is judged, but less sure to hold for the site (web.md 1.5)."""
    is_error = any(getattr(one, "is_error_document", False) for one in given)
    for one in said:
        if is_error and one.outcome is Outcome.FAIL and one.confidence is Confidence.CERTAIN:
            evidence = (*one.evidence, "the answer is an error document")
            yield replace(one, confidence=Confidence.FIRM, evidence=evidence)
        else:
            yield one


_MISSING = Unobserved(Reason.DEPENDENCY_MISSING, "nothing was gathered")


def _previous(earlier: Earlier, kind: type, place: Place) -> Previous[Any]:
    """What the earlier run saw here; at another address of the service where this one is new."""
    here = lookup(earlier.found, kind, place)
    places = sorted(earlier.found.get(kind, {}), key=order)
    elsewhere = (one for one in places if one.subject == place.subject)
    if here is None and (other := next(elsewhere, None)):
        here = other, earlier.found[kind][other]
    return Previous(here[1] if here else None, earlier.run)


def _missing(seen: Observation, need: Need) -> Judgement | None:
    """The judgement where the observation is missing and the check does not ask for that."""
    if isinstance(seen, Inapplicable):
        return not_applicable(seen.why)
    if isinstance(seen, Unobserved) and seen.defect:
        return _error(seen.defect)
    if isinstance(seen, Unobserved) and need.form is not Form.MAYBE:
        return inconclusive(seen.reason, "It could not be seen: {why}.", why=_why(seen))
    return None


def _why(seen: Unobserved) -> str:
    return f"{seen.reason} ({seen.detail})" if seen.detail else str(seen.reason)


def _given(seen: Observation, need: Need) -> object:
    if need.form is Form.OBSERVED or not isinstance(seen, Observed):
        return seen
    return seen.value


def call(check: Check, given: Sequence[Any]) -> tuple[Any, ...]:
    """The check's word; one of the two places where any exception is caught."""
    try:
        said = check.judge(*given)
        return (said,) if isinstance(said, Judgement) else tuple(said)
    except Exception as error:
        LOG.exception("check %s raised", check.id)
        return (_error(repr(error)[:300]),)


def _error(defect: str) -> Judgement:
    return Judgement(
        Outcome.ERROR,
        Message("The scanner itself failed here: {defect}.", {"defect": defect}),
    )


def _fold(check: Check, target: str, judged: Sequence[Judged]) -> Iterator[Finding]:
    """Fold the addresses of a service into one finding each item (Decisions 3)."""
    groups: dict[tuple[Subject, str], list[Judged]] = {}
    for one in judged:
        groups.setdefault((one.place.subject, one.judgement.item), []).append(one)
    _share_missing(groups)
    for (subject, item), group in groups.items():
        answered = [one for one in group if not _never_answered(one)] or group
        deciding = min(answered, key=lambda one: WORST_FIRST.index(one.judgement.outcome))
        addresses = tuple(
            AddressOutcome(one.place.address, one.judgement.outcome)
            for one in group
            if one.place.address
        )
        yield _finding(check, target, subject, item, deciding, addresses)


def _share_missing(groups: dict[tuple[Subject, str], list[Judged]]) -> None:
    """An address that was not seen at all says nothing of any item: it is no item's own row."""
    for subject, item in [key for key in groups if not key[1]]:
        others = [key for key in groups if key[0] == subject and key[1]]
        if others and all(_never_answered(one) for one in groups[subject, item]):
            del groups[subject, item]


def _never_answered(one: Judged) -> bool:
    return one.judgement.outcome is Outcome.INCONCLUSIVE and not one.reached


def _finding(
    check: Check,
    target: str,
    subject: Subject,
    item: str,
    deciding: Judged,
    addresses: tuple[AddressOutcome, ...],
) -> Finding:
    said = deciding.judgement
    return Finding(
        check=check.id,
        target=target,
        subject=subject.text,
        item=item,
        outcome=said.outcome,
        severity=said.severity or check.severity,
        confidence=said.confidence,
        message=said.message,
        text=said.message.text,
        reason=said.reason,
        detail=deciding.detail,
        evidence=tuple(line[:LONGEST_EVIDENCE] for line in said.evidence[:MOST_EVIDENCE]),
        command=said.command or _command(check, deciding.place),
        at=deciding.at,
        address=deciding.place.address,
        addresses=addresses,
        sources=deciding.sources,
        cause=said.cause,
        fingerprint=fingerprint(check=check.id, target=target, subject=subject.text, item=item),
    )


def _command(check: Check, place: Place) -> str:
    """The command of the finest kind that knows one."""
    commands = (command(place) for command in _commands(check.needs))
    return next(filter(None, commands), "")


@lru_cache(maxsize=1 << 12)
def _commands(needs: tuple[Need, ...]) -> tuple[Callable[[Place], str], ...]:
    by_level = sorted(needs, key=lambda need: -need.level)
    return tuple(KINDS[need.kind.__name__].command for need in by_level)


def _facts(check: Check, one: Judged) -> Iterator[RecordedFact]:
    """Every fact the check declares: what it did not say is unknown."""
    for fact in check.records:
        said = one.judgement.facts.get(fact, Unknown(_unsaid(one), one.detail))
        yield _recorded(check, fact, said, one)


def _unsaid(one: Judged) -> Reason:
    return one.judgement.reason or Reason.DEPENDENCY_MISSING


def _recorded(check: Check, fact: Fact, said: FactValue, one: Judged) -> RecordedFact:
    state, complete, reason = State.KNOWN, True, None
    value: Any = said
    match said:
        case None:
            state = State.ABSENT
        case Unknown(why):
            state, value, reason = State.UNKNOWN, None, why
        case Members(values, whole):
            value, complete = tuple(sorted(values)), whole
        case _:
            pass
    return RecordedFact(
        name=fact.name,
        check=check.id,
        subject=one.place.subject.text,
        address=one.place.address,
        item=one.judgement.item,
        state=state,
        value=value,
        complete=complete,
        reason=reason,
        at=one.at,
    )


__all__ = ["Confidence", "Judged", "Verdicts", "call", "judge", "judge_in"]
