"""Judge what only all targets together can tell: a key that two agencies share. Pure.

Run checks read recorded facts, never observations, so that they can be judged again from the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from scanner.assessment import Assessment
from scanner.check import Check
from scanner.fact import RunFact, State
from scanner.finding import (
    Finding,
    Judgement,
    Outcome,
    RunJudgement,
    Source,
    fingerprint,
    inconclusive,
    not_applicable,
)
from scanner.judge import call
from scanner.observation import Reason, Role, Subject

INTERRUPTED = inconclusive(
    Reason.BUDGET_EXHAUSTED, "The run was interrupted before every target was seen."
)


class Heard(NamedTuple):
    """What a run check may know of one target: its facts, and the findings that recorded them."""

    target: str
    agency: str
    facts: tuple[RunFact, ...]
    findings: tuple[Finding, ...]


def hear(one: Assessment, names: frozenset[str]) -> Heard:
    """What the run checks that read these facts know of one assessment."""
    facts = tuple(RunFact(one.host, one.agency, fact) for fact in one.facts if fact.name in names)
    recorders = {each.fact.check for each in facts}
    findings = tuple(finding for finding in one.findings if finding.check in recorders)
    return Heard(one.host, one.agency, facts, findings)


def names_read(checks: Iterable[Check]) -> frozenset[str]:
    """The facts that these run checks read."""
    return frozenset(fact.name for check in checks for fact in check.reads)


def judge_run(checks: Iterable[Check], heard: Sequence[Heard]) -> Mapping[str, tuple[Finding, ...]]:
    """The findings of every run check, by target: each target has at least one of each check."""
    made: dict[str, list[Finding]] = {one.target: [] for one in heard}
    targets = {one.target: one for one in heard}
    for check in checks:
        for said in _said(check, heard):
            made[said.target].append(_finding(check, targets[said.target], said))
    return {target: tuple(sorted(found, key=_order)) for target, found in made.items()}


def unjudged(checks: Iterable[Check], heard: Sequence[Heard]) -> Mapping[str, tuple[Finding, ...]]:
    """The same of an interrupted run: what not every target was asked cannot be compared."""
    chosen = tuple(checks)
    return {
        one.target: tuple(_finding(check, one, _of_target(one, INTERRUPTED)) for check in chosen)
        for one in heard
    }


def _order(one: Finding) -> tuple[str, str, str]:
    return one.check, one.subject, one.item


def _said(check: Check, heard: Sequence[Heard]) -> Iterator[RunJudgement]:
    names = names_read((check,))
    facts = sorted(
        (fact for one in heard for fact in one.facts if fact.fact.name in names),
        key=lambda one: (one.fact.name, one.fact.subject, one.target, one.fact.address or ""),
    )
    about: set[str] = set()
    for said in call(check, (facts,)):
        if isinstance(said, Judgement):  # the check itself failed
            yield from (_of_target(one, said) for one in heard)
            return
        about.add(said.target)
        yield said
    for one in heard:
        if one.target not in about:
            yield _of_target(one, _unmentioned(one, names))


def _of_target(one: Heard, judgement: Judgement) -> RunJudgement:
    return RunJudgement(one.target, Subject(Role.DOMAIN, one.target), judgement)


def _unmentioned(one: Heard, names: frozenset[str]) -> Judgement:
    """Not applicable where the facts are absent or no check of theirs applied; else unknown.

    Absent is looked for and not there: a key that is no RSA key has no modulus to compare.
    """
    states = {fact.fact.state for fact in one.facts if fact.fact.name in names}
    if states == {State.ABSENT}:
        return not_applicable("It has nothing of what is compared.")
    recorders = {fact.fact.check for fact in one.facts if fact.fact.name in names}
    outcomes = [each for each in one.findings if each.check in recorders]
    unseen = [each for each in outcomes if each.outcome is not Outcome.NOT_APPLICABLE]
    if outcomes and not unseen:
        return not_applicable(outcomes[0].message)
    reasons = (each.reason for each in unseen if each.reason)
    return inconclusive(
        next(reasons, Reason.DEPENDENCY_MISSING), "Nothing of this target could be compared."
    )


def _finding(check: Check, heard: Heard, said: RunJudgement) -> Finding:
    judgement, subject = said.judgement, said.subject.text
    return Finding(
        check=check.id,
        target=heard.target,
        subject=subject,
        item=judgement.item,
        outcome=judgement.outcome,
        severity=judgement.severity or check.severity,
        confidence=judgement.confidence,
        message=judgement.message,
        text=judgement.message.text,
        reason=judgement.reason,
        evidence=judgement.evidence,
        command=judgement.command,
        at=_when(check, heard, subject),
        sources=_sources(heard, subject),
        fingerprint=fingerprint(
            check=check.id, target=heard.target, subject=subject, item=judgement.item
        ),
    )


def _when(check: Check, heard: Heard, subject: str) -> datetime | None:
    names = names_read((check,))
    times = (
        one.fact.at
        for one in heard.facts
        if one.fact.at and one.fact.name in names and one.fact.subject == subject
    )
    return max(times, default=None)


def _sources(heard: Heard, subject: str) -> tuple[Source, ...]:
    """The observations that the facts were derived from."""
    found = (each for one in heard.findings if one.subject == subject for each in one.sources)
    return tuple(dict.fromkeys(found))
