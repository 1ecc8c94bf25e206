"""The one clock of a run, injected from the CLI down (ARCHITECTURE.md, Decisions 10)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Aware UTC for what is recorded, seconds that never go back for what is waited for."""

    def now(self) -> datetime:
        """UTC, cut to milliseconds: what is kept is what is read back."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """UTC, cut to milliseconds."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()
