"""Our own baseline: derived from the checks whenever it is loaded; a new check stays one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
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

_LEVELS = {
    Severity.CRITICAL: ControlLevel.REQUIRED,
    Severity.HIGH: ControlLevel.REQUIRED,
    Severity.MEDIUM: ControlLevel.RECOMMENDED,
    Severity.LOW: ControlLevel.RECOMMENDED,
    Severity.INFO: ControlLevel.INFORMATIONAL,
}


@lru_cache(maxsize=1)
def stated_levels() -> Mapping[str, ControlLevel]:
    """The levels of the checks that the specification names (compliance-profiles.md).

    RFC 8996 says MUST NOT of TLS 1.0 and 1.1; what a third party decides is recommended at most;
    what is off by default never binds.
    """
    text = files("scanner.control").joinpath("baseline-levels.txt").read_text(encoding="utf-8")
    level = ControlLevel.INFORMATIONAL
    made: dict[str, ControlLevel] = {}
    for line in text.splitlines():
        if line.startswith("["):
            level = ControlLevel(line.strip("[]"))
        elif not line.startswith("#"):
            made |= dict.fromkeys(line.split(), level)
    return made


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
    """A required check whose failures may be high or less gives two controls."""
    level = stated_levels().get(check.id, _LEVELS[check.severity])
    if level is not ControlLevel.REQUIRED or not has_range(check):
        return (_Row("", level, None),)
    return (
        _Row("", level, Severity.HIGH),
        _Row("-strict", ControlLevel.RECOMMENDED, None),
    )


def has_range(check: Check) -> bool:
    """Whether its failures may be high or worse, and less than that."""
    return check.severity.rank <= Severity.HIGH.rank < check.mildest.rank
