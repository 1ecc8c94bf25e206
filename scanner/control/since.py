"""Since when a problem is known: the clock that a deadline runs on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from scanner.finding import Outcome

# A fault that comes back so soon was not remedied: flapping must not reset a deadline.
SAME_FAULT = timedelta(days=30)


def first_seen(history: Iterable[tuple[datetime, Outcome]]) -> datetime | None:
    """When the failure that a history ends with was first seen; ``None`` if it ends with none.

    ``history`` has an outcome per run, the oldest first. A run that could not tell stops no clock;
    a fault that returns within 30 days of its fix keeps the old one.
    """
    began: datetime | None = None
    fixed: datetime | None = None
    for at, outcome in history:
        if outcome is Outcome.FAIL:
            if began is None or (fixed is not None and at - fixed > SAME_FAULT):
                began = at
            fixed = None
        elif outcome is Outcome.PASS and fixed is None:
            fixed = at
    return began if fixed is None else None
