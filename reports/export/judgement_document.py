"""The shape of ``judgement.json`` (compliance.md 14.1); ``judgement.py`` makes it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from scanner.control.difference import Difference
from scanner.control.judgement import Effective
from scanner.control.manual import ManualOutcome
from scanner.control.profile import (
    Assertion,
    ControlLevel,
    Coverage,
    ProfileSource,
    TextVerified,
    Value,
)
from scanner.control.rollup import Bounds, Headline, Vector
from scanner.control.verdict import Verdict
from scanner.control.waiver import Notice
from scanner.fact import State, Stored
from scanner.finding import Confidence, Outcome, Severity
from scanner.observation import Reason
from scanner.run import RunStatus, Vantage


class RunHead(Struct, frozen=True):
    """The run whose evidence was judged."""

    id: str
    lineage: str
    tool: str
    version: str
    rule_set: str
    began: datetime
    ended: datetime | None
    status: RunStatus
    vantage: Vantage


class EvidenceHead(Struct, frozen=True):
    """The evidence: its run, the hash of what was seen, its age on the day of the judgement."""

    id: str
    sha256: str
    age_days: int


class ProfileHead(Struct, frozen=True):
    """A profile as it was applied."""

    id: str
    title: str
    version: str
    sha256: str
    assertion: Assertion
    source: ProfileSource
    parameters: dict[str, Value]


class FileHead(Struct, frozen=True):
    """A file of waivers or manual outcomes."""

    sha256: str
    count: int


class Standing(Struct, frozen=True):
    """Where an agency stands under one profile: counts by level, and the bounds they leave."""

    profile: str
    headline: Headline
    vector: dict[str, Vector]
    bounds: Bounds | None


class AgencyRow(Struct, frozen=True):
    """An agency."""

    id: str
    name: str
    group: str
    domains: int
    standings: tuple[Standing, ...]


class GroupRow(Struct, frozen=True):
    """A group of agencies."""

    name: str
    agencies: int
    standings: tuple[Standing, ...]


class Fact(Struct, frozen=True, omit_defaults=True):
    """A fact as a rule read it."""

    name: str
    state: State
    value: Stored = None
    complete: bool = True
    source: str = ""
    subject: str = ""
    reason: Reason | None = None


class ReasonRow(Struct, frozen=True, omit_defaults=True):
    """One part of a verdict: which check of which subject, and why."""

    code: str
    check: str
    detail: str = ""
    subject: str = ""
    address: str = ""
    item: str = ""
    facts: tuple[Fact, ...] = ()


class Changed(Struct, frozen=True):
    """Why a verdict is not what it was in the audit before."""

    cause: str
    old: Verdict
    new: Verdict
    detail: str = ""


class ControlRow(Struct, frozen=True):
    """One control on one domain. A waiver never changes ``verdict``."""

    profile: str
    control: str
    title: str
    level: ControlLevel
    severity: Severity
    verdict: Verdict
    reasons: tuple[ReasonRow, ...]
    waived: str | None
    manual: ManualOutcome | None
    coverage: Coverage
    coverage_note: str
    text_verified: TextVerified
    effective_state: Effective
    effective_from: str | None
    first_seen: datetime | None
    deadline: datetime | None
    changed: Changed | None
    is_old: bool
    evidence: tuple[str, ...]
    evidence_hash: str | None


class DomainRow(Struct, frozen=True):
    """One domain; ``withdrawn`` are controls whose time is over."""

    name: str
    agency: str
    is_scanned: bool
    facts: tuple[Fact, ...]
    controls: tuple[ControlRow, ...]
    differences: tuple[Difference, ...]


class CheckRow(Struct, frozen=True):
    """A finding with the facts that its check recorded there."""

    id: str
    domain: str
    subject: str
    item: str
    outcome: Outcome
    reason: Reason | None
    severity: Severity
    confidence: Confidence
    facts: tuple[Fact, ...]
    extractor_version: str
    fingerprint: str
    first_seen: datetime | None


class Cause(Struct, frozen=True, order=True):
    """A server that fails behind several agencies, counted once."""

    check: str
    subject: str
    agencies: tuple[str, ...]


class Withdrawn(Struct, frozen=True, order=True):
    """A control that no longer holds on the day of the judgement."""

    profile: str
    control: str
    until: str


class NotScanned(Struct, frozen=True, order=True):
    """A name of the inventory without verdicts of its own, and why."""

    name: str
    agency: str
    reason: str


class Document(Struct, frozen=True):
    """The whole of ``judgement.json``."""

    schema_version: int
    run: RunHead
    evidence: EvidenceHead
    as_of: str
    profiles: tuple[ProfileHead, ...]
    waivers: FileHead
    manual: FileHead
    agencies: tuple[AgencyRow, ...]
    groups: tuple[GroupRow, ...]
    portfolio: tuple[Standing, ...]
    domains: tuple[DomainRow, ...]
    checks: tuple[CheckRow, ...]
    causes: tuple[Cause, ...]
    not_scanned: tuple[NotScanned, ...]
    withdrawn: tuple[Withdrawn, ...]
    notices: tuple[Notice, ...]
