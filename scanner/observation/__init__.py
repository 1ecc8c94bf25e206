"""Observations: what was seen, raw and typed, or the reason why it was not."""

from scanner.observation.base import (
    KINDS,
    Every,
    Found,
    Inapplicable,
    Kind,
    Level,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Role,
    Seen,
    Subject,
    Unobserved,
    kind,
)

__all__ = [
    "KINDS",
    "Every",
    "Found",
    "Inapplicable",
    "Kind",
    "Level",
    "NotObservedError",
    "Observation",
    "Observed",
    "Place",
    "Reason",
    "Role",
    "Seen",
    "Subject",
    "Unobserved",
    "kind",
]
