"""A judgement, as a check returns it, and a finding, as it is kept and shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from scanner.fact import Fact, FactValue
from scanner.message import Message, Param
from scanner.observation import Reason, Subject


class Outcome(StrEnum):
    """What a check says of a subject. Unknown is never pass and never fail."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    INFORMATIONAL = "informational"


class Severity(StrEnum):
    """How much a failure matters."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical, 4 for info."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """What would have to be wrong for the finding to be wrong: nothing known, little, more."""

    CERTAIN = "certain"
    FIRM = "firm"
    TENTATIVE = "tentative"


class Judgement(Struct, frozen=True):
    """What a check says of one subject, or of one ``item`` inside it.

    ``cause`` is the id of the check whose failure is the root of this one (no policy at all, so
    nothing is refused): a report counts the two once.
    """

    outcome: Outcome
    message: Message
    evidence: tuple[str, ...] = ()
    facts: Mapping[Fact, FactValue] = {}
    item: str = ""
    severity: Severity | None = None
    confidence: Confidence = Confidence.CERTAIN
    reason: Reason | None = None
    command: str = ""
    cause: str = ""


class RunJudgement(NamedTuple):
    """What a run check says of one subject of one target."""

    target: str
    subject: Subject
    judgement: Judgement


def _message(said: str | Message, params: Mapping[str, Param]) -> Message:
    if isinstance(said, Message):
        return Message(said.template, {**said.params, **params}, said.plural, said.n)
    return Message(said, dict(params))


def passed(
    said: str | Message,
    /,
    *,
    evidence: tuple[str, ...] = (),
    facts: Mapping[Fact, FactValue] | None = None,
    item: str = "",
    confidence: Confidence = Confidence.CERTAIN,
    command: str = "",
    **params: Param,
) -> Judgement:
    """Say that the rule is met."""
    message = _message(said, params)
    return Judgement(
        Outcome.PASS,
        message,
        evidence,
        facts or {},
        item,
        None,
        confidence,
        None,
        command,
    )


def failed(  # noqa: PLR0913 - keyword-only, each a field of the judgement
    said: str | Message,
    /,
    *,
    evidence: tuple[str, ...] = (),
    facts: Mapping[Fact, FactValue] | None = None,
    item: str = "",
    severity: Severity | None = None,
    confidence: Confidence = Confidence.CERTAIN,
    command: str = "",
    cause: str = "",
    **params: Param,
) -> Judgement:
    """Say that the rule is not met; ``severity`` only where it differs from the check's."""
    message = _message(said, params)
    return Judgement(
        Outcome.FAIL,
        message,
        evidence,
        facts or {},
        item,
        severity,
        confidence,
        None,
        command,
        cause,
    )


def not_applicable(
    said: str | Message,
    /,
    *,
    evidence: tuple[str, ...] = (),
    facts: Mapping[Fact, FactValue] | None = None,
    item: str = "",
    **params: Param,
) -> Judgement:
    """Say that the rule does not concern the subject, naming the fact that proves it."""
    message = _message(said, params)
    return Judgement(Outcome.NOT_APPLICABLE, message, evidence, facts or {}, item)


def inconclusive(
    reason: Reason,
    said: str | Message,
    /,
    *,
    evidence: tuple[str, ...] = (),
    facts: Mapping[Fact, FactValue] | None = None,
    item: str = "",
    **params: Param,
) -> Judgement:
    """Say that what was seen does not settle it, and why."""
    message = _message(said, params)
    return Judgement(Outcome.INCONCLUSIVE, message, evidence, facts or {}, item, reason=reason)


def informational(
    said: str | Message,
    /,
    *,
    evidence: tuple[str, ...] = (),
    facts: Mapping[Fact, FactValue] | None = None,
    item: str = "",
    confidence: Confidence = Confidence.CERTAIN,
    command: str = "",
    **params: Param,
) -> Judgement:
    """Tell something that is no verdict: it never enters the algebra."""
    message = _message(said, params)
    return Judgement(
        Outcome.INFORMATIONAL,
        message,
        evidence,
        facts or {},
        item,
        None,
        confidence,
        None,
        command,
    )


class AddressOutcome(Struct, frozen=True):
    """What the check said of one address of the service."""

    address: str
    outcome: Outcome


class Source(Struct, frozen=True, omit_defaults=True):
    """An observation that a finding rests on, by its key."""

    kind: str
    subject: str
    address: str | None = None


class Finding(Struct, frozen=True, omit_defaults=True):
    """A check's outcome for a subject of a target, with all that defends it."""

    check: str
    target: str
    subject: str
    outcome: Outcome
    severity: Severity
    message: Message
    text: str
    fingerprint: str
    item: str = ""
    confidence: Confidence = Confidence.CERTAIN
    reason: Reason | None = None
    detail: str = ""
    evidence: tuple[str, ...] = ()
    command: str = ""
    at: datetime | None = None
    address: str | None = None
    addresses: tuple[AddressOutcome, ...] = ()
    sources: tuple[Source, ...] = ()
    cause: str = ""


def fingerprint(*, check: str, target: str, subject: str, item: str) -> str:
    """Name a problem: the same next month is the same, though a load balancer has moved.

    First 16 hex digits of SHA-256 over the four, joined by NUL (ARCHITECTURE.md, Decisions 19).
    """
    joined = f"{check}\0{target}\0{subject}\0{item}"
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
