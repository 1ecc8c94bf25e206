"""What the portfolio says: how many agencies stand where, and what would help most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from reports.source import Source
from reports.view.agency import Fleet
from reports.view.text import SEVERITIES, STATES, moment
from scanner.check import Check
from scanner.control.rollup import Headline
from scanner.finding import Severity

ORDER = (
    Headline.NOT_COMPLIANT,
    Headline.NOT_DETERMINED,
    Headline.NOT_ASSESSED,
    Headline.NO_CONTRADICTION,
    Headline.COMPLIANT_WITH_EXCEPTIONS,
    Headline.COMPLIANT,
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
        segments=_segments(fleet),
        common=_common(source, fleet),
        notes=source.inventory.notes,
    )


def _segments(fleet: Sequence[Fleet]) -> tuple[Segment, ...]:
    counts = Counter(one.state.code for one in fleet)
    made: list[Segment] = []
    x = 0
    for code in ORDER:
        if counts[code]:
            width = round(WIDTH * counts[code] / len(fleet))
            made.append(Segment(code, STATES[code], counts[code], x, width))
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
    run, profile = source.run, source.profile
    rows = (
        ("Run", f"{run.id} ({run.status}), number {run.sequence} of the audit {run.lineage!r}"),
        ("Observed", f"{moment(run.began)} to {moment(run.ended)}"),
        ("Judged by", f"{profile.title}, version {profile.version}"),
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


def _vantage(source: Source) -> str:
    seen = source.run.vantage
    parts = (
        f"IPv4 {seen.ipv4}" if seen.ipv4 else "no IPv4 route",
        f"IPv6 {seen.ipv6}" if seen.ipv6 else "no IPv6 route: IPv6 addresses were not tested",
        f"resolver {seen.resolver}",
    )
    return "; ".join(parts)
