"""What the portfolio says: how many agencies stand where, and what would help most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reports.source import Source
from reports.view.agency import Fleet
from reports.view.control import State
from reports.view.text import SEVERITIES, moment, state_words
from scanner.check import Check
from scanner.control.profile import Profile
from scanner.control.rollup import Headline, Vector, bounds
from scanner.finding import Severity

ORDER = (
    Headline.NOT_COMPLIANT,
    Headline.NOT_DETERMINED,
    Headline.NOT_ASSESSED,
    Headline.NO_CONTRADICTION,
    Headline.COMPLIANT_WITH_EXCEPTIONS,
    Headline.COMPLIANT,
    Headline.EVIDENCE_ONLY,
)
WIDTH = 1000
MOST_COMMON = 8


class Segment(NamedTuple):
    """One state in the bar: x and width in its thousandths."""

    code: Headline
    words: str
    agencies: int
    x: int
    width: int


class Common(NamedTuple):
    """A check that many agencies fail."""

    title: str
    severity: str
    severity_words: str
    agencies: int
    domains: int


class Standing(NamedTuple):
    """One profile over all agencies: how many stand where, and the summed counts."""

    profile: Profile
    states: tuple[tuple[Headline, str, int], ...]
    total: State


class SharedCause(NamedTuple):
    """A server behind several agencies that fails: mended once, it helps all of them."""

    title: str
    subject: str
    agencies: tuple[str, ...]


class Method(NamedTuple):
    """What defends the report."""

    rows: tuple[tuple[str, str], ...]
    deselected: tuple[str, ...]


class PortfolioView(NamedTuple):
    """Everything on the page."""

    title: str
    agencies: tuple[Fleet, ...]
    domains: int
    segments: tuple[Segment, ...]
    common: tuple[Common, ...]
    notes: tuple[str, ...]
    standings: tuple[Standing, ...]
    shared: tuple[SharedCause, ...]


def build(source: Source, fleet: Sequence[Fleet]) -> PortfolioView:
    """The page of all agencies, the worst first."""
    ordered = sorted(
        fleet,
        key=lambda one: (
            ORDER.index(one.state.code),
            -one.worst[Severity.CRITICAL],
            -one.worst[Severity.HIGH],
            one.agency.name,
        ),
    )
    return PortfolioView(
        title=source.run.lineage,
        agencies=tuple(ordered),
        domains=sum(one.domains for one in fleet),
        segments=_segments(source.profiles[0], fleet),
        common=_common(source, fleet),
        notes=source.inventory.notes,
        standings=tuple(
            _standing(profile, [one.states[number] for one in fleet])
            for number, profile in enumerate(source.profiles)
        ),
        shared=_shared(source, fleet),
    )


def _standing(profile: Profile, states: Sequence[State]) -> Standing:
    """Counts are summed; percentages never averaged (compliance.md 9)."""
    counts = Counter(one.code for one in states)
    total = sum((one.required for one in states), Vector())
    worst = next((code for code in ORDER if counts[code]), Headline.NOT_ASSESSED)
    return Standing(
        profile,
        tuple((code, state_words(code, profile), counts[code]) for code in ORDER if counts[code]),
        State(worst, state_words(worst, profile), total, bounds(total)),
    )


def _shared(source: Source, fleet: Sequence[Fleet]) -> tuple[SharedCause, ...]:
    behind: dict[tuple[str, str], list[str]] = {}
    for one in fleet:
        for cause in sorted(one.elsewhere):
            behind.setdefault(cause, []).append(one.agency.name)
    rows = [
        SharedCause(
            source.checks[check].title if check in source.checks else check,
            subject,
            tuple(names),
        )
        for (check, subject), names in behind.items()
        if len(names) > 1
    ]
    return tuple(sorted(rows, key=lambda one: (-len(one.agencies), one.subject, one.title)))


def _segments(profile: Profile, fleet: Sequence[Fleet]) -> tuple[Segment, ...]:
    counts = Counter(one.state.code for one in fleet)
    made: list[Segment] = []
    x = 0
    for code in ORDER:
        if counts[code]:
            width = round(WIDTH * counts[code] / len(fleet))
            made.append(Segment(code, state_words(code, profile), counts[code], x, width))
            x += width
    return tuple(made)


def _common(source: Source, fleet: Sequence[Fleet]) -> tuple[Common, ...]:
    agencies = Counter(check for one in fleet for check in one.failing)
    domains: Counter[str] = Counter()
    for one in fleet:
        domains.update(one.failing)
    ranked = sorted(
        (name for name in agencies if name in source.checks),
        key=lambda name: (source.checks[name].severity.rank, -agencies[name], name),
    )
    return tuple(
        _row(source.checks[name], agencies[name], domains[name]) for name in ranked[:MOST_COMMON]
    )


def _row(check: Check, agencies: int, domains: int) -> Common:
    severity = check.severity
    return Common(check.title, severity.value, SEVERITIES[severity], agencies, domains)


def method(source: Source) -> Method:
    """Method and provenance: the same on every page."""
    run = source.run
    rows = (
        ("Run", f"{run.id} ({run.status}), number {run.sequence} of the audit {run.lineage!r}"),
        ("Observed", f"{moment(run.began)} to {moment(run.ended)}"),
        *_judged_by(source),
        ("Checks", f"{len(run.checks)} of {len(run.checks) + len(run.deselected)}"),
        ("Rule set", run.rule_set),
        ("Made with", f"govscan {run.tool_version}"),
        ("Sent as", run.user_agent),
        ("Contact", run.contact or "none was given"),
        ("Authorised by", run.authorised_by or "nobody: what needs leave was not asked for"),
        ("Seen from", _vantage(source)),
        (
            "Inventory",
            f"{len(source.inventory.targets)} targets, SHA-256 {source.inventory.sha256}",
        ),
    )
    titles = tuple(
        source.checks[one.check].title if one.check in source.checks else one.check
        for one in run.deselected
    )
    return Method(rows, titles)


def _judged_by(source: Source) -> Iterator[tuple[str, str]]:
    judging = source.judging
    for one in source.profiles:
        chosen = ", ".join(f"{name} = {value}" for name, value in sorted(one.chosen.items()))
        text = f"{one.title}, version {one.version} ({one.id}, SHA-256 {one.sha256[:16]}…)"
        yield "Judged by", f"{text}; {chosen}" if chosen else text
        if one.source.attribution:
            yield "Attribution", one.source.attribution
    yield "As of", judging.day.isoformat()
    if judging.waivers.sha256:
        yield "Waivers", f"{len(judging.waivers.every)}, SHA-256 {judging.waivers.sha256}"
    if judging.manual.sha256:
        yield "Manual outcomes", f"{len(judging.manual.every)}, SHA-256 {judging.manual.sha256}"


def _vantage(source: Source) -> str:
    seen = source.run.vantage
    parts = (
        f"IPv4 {seen.ipv4}" if seen.ipv4 else "no IPv4 route",
        f"IPv6 {seen.ipv6}" if seen.ipv6 else "no IPv6 route: IPv6 addresses were not tested",
        f"resolver {seen.resolver}",
    )
    return "; ".join(parts)
