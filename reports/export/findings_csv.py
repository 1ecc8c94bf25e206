"""Findings as a table; cells that a spreadsheet would run are defused (OWASP CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from reports.source import Source
from reports.view.text import defused
from scanner.finding import Finding

COLUMNS = (
    "agency",
    "target",
    "subject",
    "address",
    "check",
    "item",
    "outcome",
    "severity",
    "confidence",
    "reason",
    "message",
    "evidence",
    "command",
    "observed_at",
    "fingerprint",
)
RUNNING = ("=", "+", "-", "@", "\t", "\r")


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write a row for each finding, UTF-8 with CRLF (RFC 4180)."""
    names = {one.id: one.name for one in source.inventory.agencies}
    out(_line(COLUMNS))
    for assessment in source.assessments():
        for finding in assessment.findings:
            out(_line(_cells(names.get(assessment.agency, assessment.agency), finding)))


def _cells(agency: str, one: Finding) -> tuple[str, ...]:
    return (
        agency,
        one.target,
        one.subject,
        one.address or "",
        one.check,
        one.item,
        one.outcome,
        one.severity,
        one.confidence,
        one.reason or "",
        one.text,
        " | ".join(one.evidence),
        one.command,
        f"{one.at:%Y-%m-%dT%H:%M:%SZ}" if one.at else "",
        one.fingerprint,
    )


def _line(cells: tuple[str, ...]) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerow([_safe(cell) for cell in cells])
    return held.getvalue().encode()


def _safe(cell: str) -> str:
    shown = defused(cell, 2000)
    return f"'{shown}" if cell.lstrip(" ").startswith(RUNNING) else shown
