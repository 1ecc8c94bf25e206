"""What a page says of profiles: states, counts, each control, exceptions, differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from reports.clock import Clock, clock
from reports.source import Source
from reports.view.text import MARKS, SEVERITIES, defused, moment, state_words, verdict_words
from scanner.assessment import Assessment, Status
from scanner.control.baseline import BASELINE
from scanner.control.difference import Named, differences
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import (
    AllOf,
    AnyOf,
    Assertion,
    ControlLevel,
    Coverage,
    Grade,
    Leaf,
    Profile,
    Rule,
)
from scanner.control.rollup import Bounds, Headline, Vector, bounds, headline, vectors
from scanner.control.verdict import ALL_OF, Verdict
from scanner.targets import readable

MOST_PARTS = 6
MOST_DIFFERENCES = 40


class State(NamedTuple):
    """A verdict with its word and its numbers."""

    code: Headline
    words: str
    required: Vector
    bounds: Bounds | None


class Domain(NamedTuple):
    """One target of the agency."""

    host: str
    display: str
    state: State
    fails: int
    unknown: int
    passed: int
    is_partial: bool
    seen: str


class ControlRow(NamedTuple):
    """One control on all domains of the agency: the worst verdict, and where."""

    id: str
    title: str
    ref: str
    mark: str
    coverage_note: str
    level: str
    severity_words: str
    code: str
    words: str
    counts: str
    why: tuple[str, ...]
    hashes: tuple[str, ...]
    clocks: tuple[str, ...]
    is_overdue: bool


class Section(NamedTuple):
    """One profile on the page."""

    profile: Profile
    is_baseline: bool
    is_evidence: bool
    state: State
    unseeable: int
    failing: tuple[ControlRow, ...]
    open: tuple[ControlRow, ...]
    upcoming: tuple[ControlRow, ...]
    met: tuple[ControlRow, ...]
    rest: tuple[ControlRow, ...]


class Differing(NamedTuple):
    """A check that is met for one profile and not for another."""

    title: str
    subject: str
    passes: str
    fails: str


class Exempted(NamedTuple):
    """A failure that somebody accepted."""

    waiver: str
    control: str
    host: str
    kind: str
    reason: str
    approved_by: str
    approved_on: str
    expires_on: str
    ticket: str


class ByHand(NamedTuple):
    """What a person found out."""

    control: str
    host: str
    words: str
    method: str
    assessor: str
    assessed_on: str
    valid_until: str
    statement: str


def state(profile: Profile, made: Iterable[ControlVerdict]) -> State:
    """The state that some verdicts of a profile give."""
    by_level = vectors(made)
    required = by_level[ControlLevel.REQUIRED]
    if profile.assertion is Assertion.EVIDENCE_ONLY:  # levels are ignored
        required = sum(by_level.values(), Vector())
    code = headline(required, profile.assertion)
    return State(code, state_words(code, profile), required, bounds(required))


def of_profile(profile: Profile, made: Iterable[ControlVerdict]) -> tuple[ControlVerdict, ...]:
    """The verdicts of one profile."""
    return tuple(one for one in made if one.profile == profile.id)


def domain(profile: Profile, one: Assessment, made: Iterable[ControlVerdict]) -> Domain:
    """One target under the profile that leads the page."""
    own = of_profile(profile, made)
    counts = Counter(each.verdict for each in own if each.binds)
    return Domain(
        host=one.host,
        display=readable(one.host),
        state=state(profile, own),
        fails=counts[Verdict.FAIL],
        unknown=counts[Verdict.INCONCLUSIVE] + counts[Verdict.ERROR],
        passed=counts[Verdict.PASS],
        is_partial=one.status is Status.PARTIAL,
        seen=moment(one.began),
    )


def levels(profiles: Iterable[Profile]) -> Mapping[str, ControlLevel]:
    """The strictest level at which a selected profile asks for a check."""
    order = list(ControlLevel)
    made: dict[str, ControlLevel] = {}
    for profile in profiles:
        for control in profile.controls:
            level = profile.level_of(control)
            for check in _checks(control.rule):
                made[check] = min(made.get(check, level), level, key=order.index)
    return made


def _checks(rule: Rule | None) -> Iterable[str]:
    match rule:
        case AllOf(rules) | AnyOf(rules):
            for one in rules:
                yield from _checks(one)
        case Grade(grading):
            yield grading.check
        case Leaf():
            yield rule.check
        case _:
            return


def accepted(judged: Mapping[str, Sequence[ControlVerdict]]) -> frozenset[tuple[str, str]]:
    """The findings (host, fingerprint) behind waived controls alone: nothing to do there first."""
    waived: set[tuple[str, str]] = set()
    open_: set[tuple[str, str]] = set()
    for host, made in judged.items():
        for one in made:
            if one.verdict is Verdict.FAIL and one.level is ControlLevel.REQUIRED:
                (waived if one.waived else open_).update((host, name) for name in one.findings)
    return frozenset(waived - open_)


def sections(source: Source, judged: Mapping[str, Sequence[ControlVerdict]]) -> tuple[Section, ...]:
    """Each selected profile: its state, and every control on all domains together."""
    return tuple(_section(source, profile, judged) for profile in source.profiles)


def _section(
    source: Source, profile: Profile, judged: Mapping[str, Sequence[ControlVerdict]]
) -> Section:
    by_control: dict[str, list[tuple[str, ControlVerdict]]] = {}
    for host, made in judged.items():
        for one in of_profile(profile, made):
            by_control.setdefault(one.control, []).append((host, one))
    ordered = sorted(by_control.values(), key=_urgency)
    rows = [(_worst(each), _row(source, profile, each), each) for each in ordered]
    own = [one for each in by_control.values() for _, one in each]
    binding = [(worst, row) for worst, row, each in rows if each[0][1].binds]
    unknown = {Verdict.INCONCLUSIVE, Verdict.ERROR}
    return Section(
        profile=profile,
        is_baseline=profile.id == BASELINE,
        is_evidence=profile.assertion is Assertion.EVIDENCE_ONLY,
        state=state(profile, own),
        unseeable=sum(one.coverage is Coverage.NONE for one in profile.controls),
        failing=tuple(row for worst, row in binding if worst is Verdict.FAIL),
        open=tuple(row for worst, row in binding if worst in unknown),
        upcoming=tuple(row for _, row, each in rows if not each[0][1].binds),
        met=tuple(row for worst, row in binding if worst is Verdict.PASS),
        rest=tuple(
            row for worst, row in binding if worst in {Verdict.NOT_APPLICABLE, Verdict.NOT_ASSESSED}
        ),
    )


def _urgency(each: Sequence[tuple[str, ControlVerdict]]) -> tuple[int, int]:
    """What binds first, then what is grave; else in the order of the norm."""
    first = each[0][1]
    return list(ControlLevel).index(first.level), first.severity.rank


def _worst(each: Sequence[tuple[str, ControlVerdict]]) -> Verdict:
    present = {one.verdict for _, one in each}
    order = (*ALL_OF[:4], Verdict.NOT_ASSESSED, Verdict.NOT_APPLICABLE)
    return next(one for one in order if one in present)


def _row(
    source: Source, profile: Profile, each: Sequence[tuple[str, ControlVerdict]]
) -> ControlRow:
    first, worst = each[0][1], _worst(each)
    counts = Counter(
        "accepted" if one.waived else verdict_words(one.verdict, profile).lower() for _, one in each
    )
    concerned = [(host, one) for host, one in each if one.verdict is worst]
    clocks = [(host, clock(one, source.first_seen(host))) for host, one in _dated(concerned)]
    day = source.judging.day
    return ControlRow(
        id=first.control,
        title=first.title,
        ref=first.ref,
        mark=MARKS[first.text_verified],
        coverage_note=first.coverage_note if first.coverage is Coverage.PARTIAL else "",
        level=first.level.value,
        severity_words=SEVERITIES[first.severity],
        code="waived" if all(one.waived for _, one in concerned) else worst.value,
        words="Not met, accepted"
        if all(one.waived for _, one in concerned)
        else verdict_words(worst, profile),
        counts=", ".join(f"{n} {words}" for words, n in counts.most_common()),
        why=tuple(_why(concerned)),
        hashes=tuple(f"{host}: {one.hash}" for host, one in concerned if one.hash),
        clocks=tuple(_due(host, one, day) for host, one in clocks if one.deadline),
        is_overdue=any(one.days_late(day) for _, one in clocks),
    )


def _dated(
    concerned: Iterable[tuple[str, ControlVerdict]],
) -> Iterable[tuple[str, ControlVerdict]]:
    """Those with a clock that runs."""
    return (
        (host, one)
        for host, one in concerned
        if one.deadline_days is not None and one.verdict is Verdict.FAIL
    )


def _due(host: str, one: Clock, day: date) -> str:
    """``www.a.example: first seen to fail on 2026-01-01, to be remedied by 2026-01-31``."""
    if one.deadline is None or one.first_seen is None:
        return ""
    last = one.deadline - timedelta(days=1)
    late = f" (overdue by {one.days_late(day)} days)" if one.days_late(day) else ""
    return (
        f"{readable(host)}: first seen to fail on {one.first_seen.date().isoformat()}, "
        f"to be remedied by {last.date().isoformat()}{late}"
    )


def _why(concerned: Sequence[tuple[str, ControlVerdict]]) -> Iterable[str]:
    """The facts and findings that led to the verdict, a few of them."""
    lines = [line for host, one in concerned for line in lines_of(host, one)]
    yield from lines[:MOST_PARTS]
    if len(lines) > MOST_PARTS:
        yield f"and {len(lines) - MOST_PARTS} more"


def lines_of(host: str, one: ControlVerdict) -> Iterable[str]:
    """What led to a verdict on one domain, each line once."""
    lines = []
    for part in one.deciding:
        where = " ".join(filter(None, (part.subject or f"domain:{host}", part.address, part.item)))
        facts = ", ".join(f"{fact.name} {fact.said}" for fact in part.facts)
        said = "; ".join(filter(None, (facts, part.detail if not facts else "", part.reason or "")))
        lines.append(defused(f"{where} [{part.check}] {said or part.text}"))
    if one.is_old:
        lines.append(f"domain:{host}: the evidence is old; it failed then")
    return dict.fromkeys(lines)


def differing(
    source: Source, judged: Mapping[str, Sequence[ControlVerdict]]
) -> tuple[Differing, ...]:
    """Passes here, fails there."""
    rows = [
        Differing(
            source.checks[one.check].title if one.check in source.checks else one.check,
            one.subject,
            _names(one.passes),
            _names(one.fails),
        )
        for made in judged.values()
        for one in differences(made)
    ]
    return tuple(rows[:MOST_DIFFERENCES])


def _names(named: Iterable[Named]) -> str:
    return ", ".join(f"{one.profile} {one.control}" for one in named)


def exceptions(
    source: Source, judged: Mapping[str, Sequence[ControlVerdict]]
) -> tuple[Exempted, ...]:
    """Every failure that a waiver covers."""
    waivers = {one.id: one for one in source.judging.waivers.every}
    return tuple(
        Exempted(
            waiver=one.waived,
            control=f"{one.profile} {one.control}",
            host=readable(host),
            kind=waivers[one.waived].kind.value,
            reason=waivers[one.waived].reason,
            approved_by=waivers[one.waived].approved_by,
            approved_on=waivers[one.waived].approved_on,
            expires_on=waivers[one.waived].expires_on,
            ticket=waivers[one.waived].ticket,
        )
        for host, made in judged.items()
        for one in made
        if one.waived
    )


def by_hand(
    profiles: Sequence[Profile], judged: Mapping[str, Sequence[ControlVerdict]]
) -> tuple[ByHand, ...]:
    """Every outcome that a person found out."""
    known = {one.id: one for one in profiles}
    return tuple(
        ByHand(
            control=f"{one.profile} {one.control}",
            host=readable(host),
            words=verdict_words(one.manual.outcome, known[one.profile]),
            method=one.manual.method.value,
            assessor=one.manual.assessor,
            assessed_on=one.manual.assessed_on,
            valid_until=one.manual.valid_until,
            statement=one.manual.statement,
        )
        for host, made in judged.items()
        for one in made
        if one.manual
    )
