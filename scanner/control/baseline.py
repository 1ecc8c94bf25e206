"""Our own baseline: derived from the checks whenever it is loaded; a new check stays one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import structs

from scanner.assessment import digest
from scanner.check import Check
from scanner.control.profile import (
    Assertion,
    Control,
    ControlLevel,
    Coverage,
    Leaf,
    Profile,
    ProfileSource,
    TextVerified,
    to_plain,
)
from scanner.finding import Severity

BASELINE = "rfc-baseline"

# compliance-profiles.md, rfc-baseline: RFC 8996 says MUST NOT; a third party or a dated list
# decides the next two; what is off by default or the user's own never binds.
LEVEL_OF = {
    "tls-1-0": ControlLevel.REQUIRED,
    "tls-1-1": ControlLevel.REQUIRED,
    "certificate-revocation": ControlLevel.RECOMMENDED,
    "certificate-transparency": ControlLevel.RECOMMENDED,
    "vdp-page": ControlLevel.RECOMMENDED,
    "certificate-wildcard": ControlLevel.INFORMATIONAL,  # its only failure is grave, and rare
    # The list of compliance-profiles.md, where it is milder than the gravest failure of the check.
    "cookie-secure": ControlLevel.RECOMMENDED,
    "mta-sts-policy": ControlLevel.RECOMMENDED,
    "mx-target": ControlLevel.RECOMMENDED,
    "content-drift": ControlLevel.INFORMATIONAL,
    "cross-origin-isolation": ControlLevel.INFORMATIONAL,
    "padding-oracle": ControlLevel.INFORMATIONAL,
    "http-upgrade-tls": ControlLevel.INFORMATIONAL,
    "template-finding": ControlLevel.INFORMATIONAL,
    "lookalike-domains": ControlLevel.INFORMATIONAL,
}

_LEVELS = {
    Severity.CRITICAL: ControlLevel.REQUIRED,
    Severity.HIGH: ControlLevel.REQUIRED,
    Severity.MEDIUM: ControlLevel.RECOMMENDED,
    Severity.LOW: ControlLevel.RECOMMENDED,
    Severity.INFO: ControlLevel.INFORMATIONAL,
}


def rfc_baseline(checks: Iterable[Check], *, version: str) -> Profile:
    """Our own government baseline: one control per check, by the rule of its severity.

    Derived whenever it is loaded, so that a new check stays one file.
    """
    made = Profile(
        id=BASELINE,
        title="Government baseline (RFCs and RFC-derived good practice)",
        version=version,
        assertion=Assertion.FULL,
        source=ProfileSource(
            document="govscan rfc-baseline",
            date="2026-11-24",
            licence="Apache-2.0",
            text_verified=TextVerified.VERIFIED,
        ),
        max_evidence_age_days=45,
        controls=tuple(
            control
            for check in sorted(checks, key=lambda one: one.id)
            for control in _controls(check)
        ),
    )
    return structs.replace(made, sha256=digest(to_plain(made)))


class _Row(NamedTuple):
    suffix: str
    level: ControlLevel
    fail_from: Severity | None


def _controls(check: Check) -> Iterator[Control]:
    for row in _rows(check):
        yield Control(
            id=f"gb-{check.id}{row.suffix}",
            title=check.title,
            level=row.level,
            severity=check.severity if row.level is ControlLevel.REQUIRED else check.mildest,
            coverage=Coverage.FULL,
            rule=Leaf(check.id, fail_from=row.fail_from),
        )


def _rows(check: Check) -> tuple[_Row, ...]:
    """A check whose failures may be high or less gives two controls."""
    if level := LEVEL_OF.get(check.id):
        return (_Row("", level, None),)
    worst, mildest = _LEVELS[check.severity], _LEVELS[check.mildest]
    if worst is ControlLevel.REQUIRED and mildest is not ControlLevel.REQUIRED:
        return (
            _Row("", worst, Severity.HIGH),
            _Row("-strict", ControlLevel.RECOMMENDED, None),
        )
    return (_Row("", worst, None),)
