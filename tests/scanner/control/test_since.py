"""The clock of a deadline: flapping does not reset it, a lasting remedy does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scanner.control.since import first_seen
from scanner.finding import Outcome

START = datetime(2026, 1, 1, tzinfo=UTC)
FAIL, PASS, UNKNOWN = Outcome.FAIL, Outcome.PASS, Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("history", "since"),
    [
        ([], None),
        ([(0, PASS)], None),
        ([(0, FAIL)], 0),
        ([(0, PASS), (7, FAIL), (14, FAIL)], 7),
        ([(0, FAIL), (7, UNKNOWN), (14, FAIL)], 0),
        ([(0, FAIL), (7, PASS)], None),
        ([(0, FAIL), (7, PASS), (37, FAIL)], 0),
        ([(0, FAIL), (7, PASS), (38, FAIL)], 38),
        ([(0, FAIL), (7, PASS), (30, PASS), (38, FAIL)], 38),
        ([(0, FAIL), (7, PASS), (14, FAIL), (21, PASS), (50, FAIL)], 0),
        ([(0, FAIL), (7, PASS), (20, UNKNOWN), (30, FAIL)], 0),
    ],
    ids=lambda value: (
        "-".join(f"{day}{one.value[0]}" for day, one in value)
        if isinstance(value, list)
        else str(value)
    ),
)
def test_since_when(history: list[tuple[int, Outcome]], since: int | None) -> None:
    said = first_seen((START + timedelta(days=day), outcome) for day, outcome in history)
    assert said == (None if since is None else START + timedelta(days=since))
