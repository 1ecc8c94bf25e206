"""What an agency's page says: its state, what to do first, every finding with its proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from reports.source import Source, Unscanned
from reports.view import control
from reports.view.control import ByHand, Differing, Domain, Exempted, Section, State
from reports.view.text import (
    EFFORTS,
    OUTCOMES,
    SEVERITIES,
    defused,
    moment,
    reason_sentence,
)
from scanner.check import Check, Effort
from scanner.control.profile import ControlLevel
from scanner.finding import Finding, Outcome, Severity
from scanner.observation import Reason, Role, Subject
from scanner.targets import Agency, readable

MOST_ACTIONS = 3


class Row(NamedTuple):
    """One finding, ready to be shown."""

    anchor: str
    host: str
    subject: str
    address: str
    outcome: str
    words: str
    severity: str
    severity_words: str
    confidence: str
    message: str
    evidence: tuple[str, ...]
    command: str
    at: str
    addresses: tuple[str, ...]
    why_unknown: str


class Sunk(NamedTuple):
    """A check that fails only since another one does: remedied with it, and counted once."""

    title: str
    anchors: tuple[str, ...]


class Group(NamedTuple):
    """A check and those of its findings that are of one kind."""

    check: str
    title: str
    family: str
    reason: str
    remediation: str
    snippets: tuple[tuple[str, str], ...]
    references: tuple[tuple[str, str], ...]
    severity: str
    severity_words: str
    effort: str
    level: str
    rows: tuple[Row, ...]
    sinks: tuple[Sunk, ...] = ()


class Fleet(NamedTuple):
    """What the portfolio needs of an agency."""

    agency: Agency
    state: State
    states: tuple[State, ...]
    domains: int
    worst: Mapping[Severity, int]
    failing: Mapping[str, int]
    elsewhere: frozenset[tuple[str, str]]


class Silence(NamedTuple):
    """One service that kept something from us: why, and what could not be told."""

    host: str
    subject: str
    detail: str
    sentence: str
    titles: tuple[str, ...]
    anchors: tuple[str, ...]


class AgencyView(NamedTuple):
    """Everything on the page."""

    agency: Agency
    state: State
    sections: tuple[Section, ...]
    differences: tuple[Differing, ...]
    exceptions: tuple[Exempted, ...]
    by_hand: tuple[ByHand, ...]
    domains: tuple[Domain, ...]
    actions: tuple[Group, ...]
    failing: tuple[Group, ...]
    unknown: tuple[Silence, ...]
    errors: tuple[Group, ...]
    met: tuple[Group, ...]
    remarks: tuple[Group, ...]
    without_leave: tuple[str, ...]
    unscanned: tuple[Unscanned, ...]
    retired: tuple[str, ...]
    fleet: Fleet


def build(source: Source, agency: Agency) -> AgencyView:
    """The page of one agency; only its own targets are held in memory."""
    every = list(source.assessments(agency=agency.id))
    kept = [one for one in every if not source.is_retired(one.host)]
    unscanned = tuple(
        one
        for one in source.unscanned
        if one.agency == agency.id and not source.is_retired(one.host)
    )
    judged = {one.host: source.verdicts(one) for one in kept}
    unseen = {one.host: source.unknown(one.host, one.agency) for one in unscanned}
    sections = control.sections(source, {**judged, **unseen})
    findings = [one for each in kept for one in each.findings]
    asked = [one for one in findings if not _lacks_leave(one)]
    levels = control.levels(source.profiles)
    sunk = _sunk(asked)
    folded = {one.fingerprint for one in sunk}
    asked = [one for one in asked if one.fingerprint not in folded]
    failing = tuple(
        group._replace(sinks=_sinks(source.checks, group, sunk))
        for group in _groups(source.checks, levels, asked, Outcome.FAIL)
    )
    return AgencyView(
        agency=agency,
        state=sections[0].state,
        sections=sections,
        differences=control.differing(source, judged),
        exceptions=control.exceptions(source, judged),
        by_hand=control.by_hand(source.profiles, judged),
        domains=tuple(control.domain(source.profiles[0], one, judged[one.host]) for one in kept),
        actions=_actions(failing, control.accepted(judged)),
        failing=failing,
        unknown=_silences(source.checks, asked),
        errors=_groups(source.checks, levels, asked, Outcome.ERROR),
        met=_groups(source.checks, levels, asked, Outcome.PASS),
        remarks=_groups(source.checks, levels, asked, Outcome.INFORMATIONAL),
        without_leave=_without_leave(source.checks, findings),
        unscanned=unscanned,
        retired=tuple(one.host for one in every if source.is_retired(one.host)),
        fleet=_fleet(agency, sections, len(kept), asked, failing),
    )


def _sunk(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The failures whose cause fails at the same place and is shown in their stead."""
    fails = [one for one in findings if one.outcome is Outcome.FAIL]
    roots = {(one.check, one.subject) for one in fails if not one.cause}
    return tuple(one for one in fails if (one.cause, one.subject) in roots)


def _sinks(checks: Mapping[str, Check], group: Group, sunk: Iterable[Finding]) -> tuple[Sunk, ...]:
    anchors: dict[str, list[str]] = {}
    for one in sunk:
        if one.cause == group.check:
            anchors.setdefault(one.check, []).append(f"f-{one.fingerprint}")
    return tuple(Sunk(_title(checks, name), tuple(found)) for name, found in anchors.items())


def _actions(failing: Sequence[Group], accepted: frozenset[tuple[str, str]]) -> tuple[Group, ...]:
    """What to do first: neither what somebody accepted nor what no norm asks for."""
    names = {f"f-{name}" for _, name in accepted}
    open_ = [
        group
        for group in failing
        if group.level != ControlLevel.INFORMATIONAL
        and not all(row.anchor in names for row in group.rows)
    ]
    return tuple(open_[:MOST_ACTIONS])


def _fleet(
    agency: Agency,
    sections: tuple[Section, ...],
    domains: int,
    asked: Sequence[Finding],
    failing: Sequence[Group],
) -> Fleet:
    fails = [one for one in asked if one.outcome is Outcome.FAIL]
    worst = Counter(one.severity for one in fails)
    return Fleet(
        agency=agency,
        state=sections[0].state,
        states=tuple(one.state for one in sections),
        domains=domains,
        worst={severity: worst[severity] for severity in Severity},
        failing={group.check: len({row.host for row in group.rows}) for group in failing},
        elsewhere=frozenset((one.check, one.subject) for one in fails if _is_shared(one)),
    )


def _is_shared(one: Finding) -> bool:
    """Whether it lies at a server that may serve others as well."""
    return Subject.from_text(one.subject).role in {Role.MAIL, Role.NAME_SERVER}


def _lacks_leave(one: Finding) -> bool:
    return one.outcome is Outcome.INCONCLUSIVE and one.reason is Reason.NOT_AUTHORISED


def _without_leave(checks: Mapping[str, Check], findings: Iterable[Finding]) -> tuple[str, ...]:
    names = sorted({one.check for one in findings if _lacks_leave(one)})
    return tuple(_title(checks, name) for name in names)


def _silences(checks: Mapping[str, Check], findings: Iterable[Finding]) -> tuple[Silence, ...]:
    """What was not determined, by service and reason: one line says what a hundred rows would."""
    found: dict[tuple[str, str, Reason | None], list[Finding]] = {}
    for one in findings:
        if one.outcome is Outcome.INCONCLUSIVE:
            subject = Subject.from_text(one.subject)
            where = f"port {subject.port}" if subject.port else subject.role.value
            found.setdefault((subject.host, where, one.reason), []).append(one)
    return tuple(
        Silence(
            host=readable(host),
            subject=where,
            detail=defused(next((one.detail for one in rows if one.detail), rows[0].text)),
            sentence=reason_sentence(reason),
            titles=tuple(_title(checks, one.check) for one in rows),
            anchors=tuple(f"f-{one.fingerprint}" for one in rows),
        )
        for (host, where, reason), rows in found.items()
    )


def _title(checks: Mapping[str, Check], name: str) -> str:
    return checks[name].title if name in checks else name


def _groups(
    checks: Mapping[str, Check],
    levels: Mapping[str, ControlLevel],
    findings: Iterable[Finding],
    outcome: Outcome,
) -> tuple[Group, ...]:
    """By check, what is worst and hits most first."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        if one.outcome is outcome:
            found.setdefault(one.check, []).append(one)
    ordered = sorted(found.items(), key=lambda item: _urgency(checks, levels, *item))
    return tuple(_group(checks.get(name), levels, name, rows) for name, rows in ordered)


def _urgency(
    checks: Mapping[str, Check],
    levels: Mapping[str, ControlLevel],
    name: str,
    rows: Sequence[Finding],
) -> tuple[int, int, int, int, str]:
    """What binds first, then what is grave, then what is quickly done, then what hits most."""
    level = list(ControlLevel).index(levels.get(name, ControlLevel.INFORMATIONAL))
    effort = list(Effort).index(checks[name].effort) if name in checks else len(Effort)
    return level, min(one.severity.rank for one in rows), effort, -len(rows), name


def _group(
    check: Check | None,
    levels: Mapping[str, ControlLevel],
    name: str,
    findings: Sequence[Finding],
) -> Group:
    worst = min((one.severity for one in findings), key=lambda one: one.rank)
    return Group(
        check=name,
        title=check.title if check else name,
        family=check.family if check else "",
        reason=check.reason if check else "",
        remediation=check.remediation if check else "",
        snippets=tuple(check.snippets.items()) if check else (),
        references=tuple((one.text, one.url) for one in check.references) if check else (),
        severity=worst.value,
        severity_words=SEVERITIES[worst],
        effort=EFFORTS[check.effort.value] if check else "",
        level=levels.get(name, ControlLevel.INFORMATIONAL).value,
        rows=tuple(_row(one) for one in findings),
    )


def _row(one: Finding) -> Row:
    subject = Subject.from_text(one.subject)
    return Row(
        anchor=f"f-{one.fingerprint}",
        host=readable(subject.host),
        subject=f"port {subject.port}" if subject.port else subject.role.value,
        address=one.address or "",
        outcome=one.outcome.value,
        words=OUTCOMES[one.outcome],
        severity=one.severity.value,
        severity_words=SEVERITIES[one.severity],
        confidence=one.confidence.value,
        message=defused(one.text),
        evidence=tuple(defused(line) for line in one.evidence),
        command=one.command,
        at=moment(one.at),
        addresses=tuple(
            f"{each.address}: {OUTCOMES[each.outcome].lower()}" for each in one.addresses
        ),
        why_unknown=reason_sentence(one.reason),
    )
