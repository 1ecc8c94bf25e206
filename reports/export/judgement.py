"""``judgement.json``: the verdicts, canonical (compliance.md 14.1). ``run.json`` is the evidence.

Keys are sorted at every level and the domains are written one at a time, so the same judgement is
the same bytes and memory does not grow with the fleet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from reports.clock import clock
from reports.export.judged import Judged, every
from reports.export.judgement_document import (
    AgencyRow,
    Cause,
    Changed,
    CheckRow,
    ControlRow,
    DomainRow,
    EvidenceHead,
    Fact,
    FileHead,
    GroupRow,
    NotScanned,
    ProfileHead,
    ReasonRow,
    RunHead,
    Standing,
    Withdrawn,
)
from reports.source import Source
from scanner.control.difference import differences
from scanner.control.evaluate import Part
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import Assertion, ControlLevel
from scanner.control.rollup import Vector, added, bounds, headline, vectors
from scanner.fact import RecordedFact
from scanner.finding import Finding, Outcome
from scanner.observation import Role, Subject

SCHEMA_VERSION = 1


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write the document; what is long is written piece by piece."""
    fleet = _fleet(source)
    parts: dict[str, Any] = {
        "agencies": fleet.agencies,
        "as_of": source.judging.day.isoformat(),
        "causes": fleet.causes,
        "checks": _checks(source),
        "domains": _domains(source),
        "evidence": EvidenceHead(
            source.run.id,
            source.evidence_sha256,
            (source.judging.day - source.run.began.date()).days,
        ),
        "groups": fleet.groups,
        "manual": FileHead(source.judging.manual.sha256, len(source.judging.manual.every)),
        "not_scanned": tuple(sorted(_not_scanned(source))),
        "notices": source.notices(),
        "portfolio": fleet.portfolio,
        "profiles": tuple(_profiles(source)),
        "run": _run(source),
        "schema_version": SCHEMA_VERSION,
        "waivers": FileHead(source.judging.waivers.sha256, len(source.judging.waivers.every)),
        "withdrawn": tuple(sorted(_withdrawn(source))),
    }
    separator = b"{"
    for key in sorted(parts):
        out(separator + b'"%s":' % key.encode())
        value = parts[key]
        if isinstance(value, Iterator):
            _stream(out, value)
        else:
            out(msgspec.json.encode(value, order="sorted"))
        separator = b",\n"
    out(b"}\n")


def _stream(out: Callable[[bytes], object], values: Iterator[Struct]) -> None:
    separator = b"[\n"
    for one in values:
        out(separator + msgspec.json.encode(one, order="sorted"))
        separator = b",\n"
    out(b"[]" if separator == b"[\n" else b"\n]")


def _run(source: Source) -> RunHead:
    run = source.run
    return RunHead(
        run.id,
        run.lineage,
        "govscan",
        run.tool_version,
        run.rule_set,
        run.began,
        run.ended,
        run.status,
        run.vantage,
    )


def _profiles(source: Source) -> Iterator[ProfileHead]:
    for one in source.profiles:
        values = {name: one.value_of(name) for name in one.parameters}
        known = {name: value for name, value in values.items() if value is not None}
        yield ProfileHead(
            one.id, one.title, one.version, one.sha256, one.assertion, one.source, known
        )


class _Fleet(Struct):
    agencies: tuple[AgencyRow, ...]
    groups: tuple[GroupRow, ...]
    portfolio: tuple[Standing, ...]
    causes: tuple[Cause, ...]


Levels = Mapping[ControlLevel, Vector]


def _fleet(source: Source) -> _Fleet:
    """One pass over all domains: counts are summed, nothing is averaged."""
    sums: dict[str, dict[str, Levels]] = {one.id: {} for one in source.inventory.agencies}
    domains: dict[str, int] = {}
    behind: dict[tuple[str, str], set[str]] = {}
    for judged in every(source):
        own = sums.setdefault(judged.agency.id, {})
        domains[judged.agency.id] = domains.get(judged.agency.id, 0) + 1
        for profile in source.profiles:
            made = vectors(one for one in judged.verdicts if one.profile == profile.id)
            own[profile.id] = added([own[profile.id], made]) if profile.id in own else made
        for cause in _shared(judged):
            behind.setdefault(cause, set()).add(judged.agency.id)
    named = {one.id: one for one in source.inventory.agencies}
    agencies = [
        AgencyRow(
            one,
            named[one].name if one in named else one,
            named[one].group if one in named else "",
            domains.get(one, 0),
            _standings(source, [sums[one]]),
        )
        for one in sorted(sums)
    ]
    groups = sorted({one.group for one in agencies if one.group})
    return _Fleet(
        tuple(agencies),
        tuple(_group(source, name, agencies, sums) for name in groups),
        _standings(source, list(sums.values())),
        tuple(
            sorted(
                Cause(check, subject, tuple(sorted(names)))
                for (check, subject), names in behind.items()
                if len(names) > 1
            )
        ),
    )


def _group(
    source: Source, name: str, agencies: Iterable[AgencyRow], sums: Mapping[str, dict[str, Levels]]
) -> GroupRow:
    members = [one.id for one in agencies if one.group == name]
    return GroupRow(name, len(members), _standings(source, [sums[one] for one in members]))


def _shared(judged: Judged) -> Iterator[tuple[str, str]]:
    for one in judged.findings:
        role = Subject.from_text(one.subject).role
        if one.outcome is Outcome.FAIL and role in {Role.MAIL, Role.NAME_SERVER}:
            yield one.check, one.subject


def _standings(source: Source, sums: Iterable[Mapping[str, Levels]]) -> tuple[Standing, ...]:
    every_sum = list(sums)
    made = []
    for profile in source.profiles:
        total = added(one[profile.id] for one in every_sum if profile.id in one)
        required = total[ControlLevel.REQUIRED]
        if profile.assertion is Assertion.EVIDENCE_ONLY:
            required = sum(total.values(), Vector())
        by_level = {level.value: one for level, one in total.items()}
        state = headline(required, profile.assertion)
        made.append(Standing(profile.id, state, by_level, bounds(required)))
    return tuple(made)


def _not_scanned(source: Source) -> Iterator[NotScanned]:
    for one in source.unscanned:
        yield NotScanned(one.host, one.agency, one.reason)
    for target in source.inventory.targets:
        if source.is_retired(target.host):
            reason = f"retired on {target.attributes['retired']}, says the inventory"
            yield NotScanned(target.host, target.agency, reason)


def _withdrawn(source: Source) -> Iterator[Withdrawn]:
    day = source.judging.day.isoformat()
    for profile in source.profiles:
        for one in profile.controls:
            if one.effective.until and day >= one.effective.until:
                yield Withdrawn(profile.id, one.id, one.effective.until)


def _domains(source: Source) -> Iterator[DomainRow]:
    unscanned = {one.host for one in source.unscanned}
    for judged in every(source):
        seen = source.first_seen(judged.host)
        rows = tuple(_control(source, judged, one, seen) for one in judged.verdicts)
        used = {fact for row in rows for reason in row.reasons for fact in reason.facts}
        yield DomainRow(
            judged.host,
            judged.agency.id,
            judged.host not in unscanned,
            tuple(
                sorted(used, key=lambda one: (one.name, one.subject, one.source, str(one.value)))
            ),
            rows,
            differences(judged.verdicts),
        )


def _control(
    source: Source, judged: Judged, one: ControlVerdict, seen: Mapping[str, datetime]
) -> ControlRow:
    runs = clock(one, seen)
    return ControlRow(
        profile=one.profile,
        control=one.control,
        title=one.title,
        level=one.level,
        severity=one.severity,
        verdict=one.verdict,
        reasons=tuple(_reason(part) for part in one.deciding),
        waived=one.waived or None,
        manual=one.manual,
        coverage=one.coverage,
        coverage_note=one.coverage_note,
        text_verified=one.text_verified,
        effective_state=one.effective,
        effective_from=one.effective_from or None,
        first_seen=runs.first_seen,
        deadline=runs.deadline,
        changed=_changed(source, judged.host, one),
        is_old=one.is_old,
        evidence=one.findings,
        evidence_hash=one.hash or None,
    )


def _changed(source: Source, host: str, one: ControlVerdict) -> Changed | None:
    earlier = source.before(host).get((one.profile, one.control))
    if earlier is None or earlier.verdict is one.verdict:
        return None
    cause, _, said = source.cause(host, one).partition(": ")
    return Changed(cause, earlier.verdict, one.verdict, said)


def _reason(part: Part) -> ReasonRow:
    return ReasonRow(
        code=part.reason or part.verdict,
        check=part.check,
        detail=part.detail or part.text,
        subject=part.subject,
        address=part.address,
        item=part.item,
        facts=tuple(Fact(*one) for one in part.facts),
    )


def _checks(source: Source) -> Iterator[CheckRow]:
    for one in source.outcomes():
        if source.is_retired(one.host):
            continue
        facts: dict[tuple[str, str, str], list[RecordedFact]] = {}
        for fact in one.facts:
            facts.setdefault((fact.check, fact.subject, fact.item), []).append(fact)
        seen = source.first_seen(one.host)
        for finding in one.findings:
            recorded = facts.get((finding.check, finding.subject, finding.item), [])
            yield _check(source, finding, recorded, seen)


def _check(
    source: Source,
    one: Finding,
    recorded: Iterable[RecordedFact],
    seen: Mapping[str, datetime],
) -> CheckRow:
    return CheckRow(
        id=one.check,
        domain=one.target,
        subject=one.subject,
        item=one.item,
        outcome=one.outcome,
        reason=one.reason,
        severity=one.severity,
        confidence=one.confidence,
        facts=tuple(
            Fact(
                each.name,
                each.state,
                each.value,
                each.complete,
                each.check,
                f"{each.subject} {each.address}" if each.address else each.subject,
                each.reason,
            )
            for each in recorded
        ),
        extractor_version=source.extractor_version,
        fingerprint=one.fingerprint,
        first_seen=seen.get(one.fingerprint),
    )
