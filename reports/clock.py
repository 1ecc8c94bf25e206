"""Since when a control fails, and until when it is to be remedied: shown, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from scanner.control.judgement import ControlVerdict
from scanner.control.verdict import Verdict


class Clock(NamedTuple):
    """The first audit that saw it fail, and the end of the last day (24:00 UTC) of its remedy."""

    first_seen: datetime | None = None
    deadline: datetime | None = None

    def days_late(self, day: date) -> int:
        """How many days the last day is past; 0 where it is not, or where there is none."""
        return max(0, (day - self.deadline.date()).days + 1) if self.deadline else 0


def clock(one: ControlVerdict, seen: Mapping[str, datetime]) -> Clock:
    """The clock of a control on a target; ``seen`` has the failing findings by fingerprint."""
    first = min((seen[name] for name in one.findings if name in seen), default=None)
    if first is None or one.verdict is not Verdict.FAIL:
        return Clock()
    if one.deadline_days is None:
        return Clock(first)
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    return Clock(first, day + timedelta(days=one.deadline_days + 1))
