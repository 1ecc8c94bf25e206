"""The plugin API: the names a check or a plugin may import."""

from scanner.check import Check, Effort, Reference, check
from scanner.fact import Fact, FactType, FactValue, Members, Unknown
from scanner.finding import (
    Confidence,
    Finding,
    Judgement,
    Outcome,
    Severity,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.message import Message, counted
from scanner.observation import (
    Every,
    Inapplicable,
    Observed,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
)

__all__ = [
    "Check",
    "Confidence",
    "Effort",
    "Every",
    "Fact",
    "FactType",
    "FactValue",
    "Finding",
    "Inapplicable",
    "Judgement",
    "Members",
    "Message",
    "Observed",
    "Outcome",
    "Place",
    "Reason",
    "Reference",
    "Role",
    "Severity",
    "Subject",
    "Unknown",
    "Unobserved",
    "check",
    "counted",
    "failed",
    "inconclusive",
    "informational",
    "not_applicable",
    "passed",
]
