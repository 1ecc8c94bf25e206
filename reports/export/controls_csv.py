"""The control matrix as a table: a row for each control of each profile on each domain."""

from __future__ import annotations

from collections.abc import Callable

from reports.export.findings_csv import line
from reports.export.judged import Judged, every, profiles_of, reason
from reports.source import Source
from reports.view.control import lines_of
from scanner.control.judgement import ControlVerdict

COLUMNS = (
    "profile",
    "version",
    "control",
    "level",
    "severity",
    "coverage",
    "text_verified",
    "agency",
    "domain",
    "verdict",
    "reason",
    "waiver",
    "waiver_expires",
    "changed_by",
    "evidence",
)


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write a row for each control, UTF-8 with CRLF (RFC 4180)."""
    versions = {name: one.version for name, one in profiles_of(source).items()}
    expiry = {one.id: one.expires_on for one in source.judging.waivers.every}
    out(line(COLUMNS))
    for judged in every(source):
        before = source.before(judged.host)
        for one in judged.verdicts:
            cause = source.cause(judged.host, one) if before else ""
            out(line(_cells(judged, one, versions[one.profile], expiry.get(one.waived, ""), cause)))


def _cells(
    judged: Judged, one: ControlVerdict, version: str, expires: str, cause: str
) -> tuple[str, ...]:
    return (
        one.profile,
        version,
        one.control,
        one.level,
        one.severity,
        one.coverage,
        one.text_verified,
        judged.agency.name,
        judged.host,
        one.verdict,
        reason(one),
        one.waived,
        expires,
        cause,
        " | ".join(lines_of(judged.host, one)),
    )
