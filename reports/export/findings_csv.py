"""Findings as a table; cells that a spreadsheet would run are defused (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime

from reports.source import Source
from reports.view.text import defused
from scanner.check import Check
from scanner.finding import Finding

COLUMNS = (
    "agency",
    "domain",
    "subject",
    "check",
    "outcome",
    "reason",
    "severity",
    "confidence",
    "observed",
    "expected",
    "remediation",
    "first_seen",
    "last_seen",
    "address",
    "item",
    "evidence",
    "command",
    "fingerprint",
)
# What makes a spreadsheet take a cell for a formula, the full-width forms too.
RUNNING = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SPACES = " \ufeff\u00a0\u3000"
LONGEST = 2000


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write a row for each finding, UTF-8 with CRLF (RFC 4180)."""
    names = {one.id: one.name for one in source.inventory.agencies}
    out(line(COLUMNS))
    for assessment in source.outcomes():
        seen = source.first_seen(assessment.host)
        agency = names.get(assessment.agency, assessment.agency)
        for finding in assessment.findings:
            out(line(_cells(agency, finding, source.checks.get(finding.check), seen)))


def _cells(
    agency: str, one: Finding, check: Check | None, seen: Mapping[str, datetime]
) -> tuple[str, ...]:
    return (
        agency,
        one.target,
        one.subject,
        one.check,
        one.outcome,
        one.reason or "",
        one.severity,
        one.confidence,
        one.text,
        check.title if check else "",
        check.remediation if check else "",
        _stamp(seen.get(one.fingerprint)),
        _stamp(one.at),
        one.address or "",
        one.item,
        " | ".join(one.evidence),
        one.command,
        one.fingerprint,
    )


def _stamp(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def line(cells: tuple[str, ...]) -> bytes:
    """One row; no cell of it runs."""
    held = io.StringIO()
    csv.writer(held).writerow([_safe(cell) for cell in cells])
    return held.getvalue().encode()


def _safe(cell: str) -> str:
    shown = defused(cell, LONGEST)
    starts = cell.startswith(RUNNING) or cell.lstrip(SPACES).startswith(RUNNING)
    return f"'{shown}" if starts else shown
