"""Profiles: what a norm asks for, as data. Here the types, and the one that is derived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from scanner.check import Check
from scanner.finding import Severity


class ControlLevel(StrEnum):
    """How binding a control is; only required ones move the headline."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    INFORMATIONAL = "informational"


class Leaf(Struct, frozen=True, omit_defaults=True):
    """``{check: C}``: C's own outcome for every subject; ``fail_from`` a severity and worse."""

    check: str
    fail_from: Severity | None = None


class Control(Struct, frozen=True, omit_defaults=True):
    """One demand of a norm."""

    id: str
    title: str
    level: ControlLevel
    severity: Severity
    coverage: str
    rule: Leaf


class ProfileSource(Struct, frozen=True, omit_defaults=True):
    """Where a profile's text comes from, and whether it was read."""

    document: str
    date: str
    licence: str
    text_verified: str


class Profile(Struct, frozen=True):
    """A norm, as its controls."""

    schema_version: int
    id: str
    title: str
    version: str
    assertion: str
    source: ProfileSource
    max_evidence_age_days: int
    controls: tuple[Control, ...]


BASELINE = "rfc-baseline"

# compliance-profiles.md, rfc-baseline: RFC 8996 says MUST NOT; a third party or a dated list
# decides the next two; what is off by default or the user's own never binds.
LEVEL_OF = {
    "tls-1-0": ControlLevel.REQUIRED,
    "tls-1-1": ControlLevel.REQUIRED,
    "certificate-revocation": ControlLevel.RECOMMENDED,
    "certificate-transparency": ControlLevel.RECOMMENDED,
    "vdp-page": ControlLevel.RECOMMENDED,
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
    return Profile(
        schema_version=1,
        id=BASELINE,
        title="Government baseline (RFCs and RFC-derived good practice)",
        version=version,
        assertion="full",
        source=ProfileSource("govscan rfc-baseline", "2026-11-24", "Apache-2.0", "verified"),
        max_evidence_age_days=45,
        controls=tuple(
            control
            for check in sorted(checks, key=lambda one: one.id)
            for control in _controls(check)
        ),
    )


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
            coverage="full",
            rule=Leaf(check.id, row.fail_from),
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
