"""A large run is written piece by piece: memory does not grow with the fleet."""

from __future__ import annotations

import tracemalloc

import pytest

from reports.source import Source
from scanner.finding import Finding, Outcome
from tests.reports.export.material import OUTCOMES, Judged, made_finding
from tests.reports.export.test_formats import FORMATS, Write

EACH = 25
FEW, MANY = 4, 40


def several(host: str) -> tuple[Finding, ...]:
    """Some findings of a host."""
    checks = [check for check, _ in OUTCOMES.values()]
    return tuple(
        made_finding(host, checks[number % len(checks)], Outcome.FAIL, "sent", number)
        for number in range(EACH)
    )


def peak(write: Write, hosts: int) -> tuple[int, int]:
    """The most memory that writing took, and how many bytes were written."""
    source: Source = Judged(
        tuple(f"h{number}.example" for number in range(hosts)), findings=several
    )
    size = 0

    def count(data: bytes) -> None:
        nonlocal size
        size += len(data)

    tracemalloc.start()
    try:
        write(source, count)
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", [one for one in FORMATS if one != "oscal-plan"])
def test_memory_does_not_grow_with_the_fleet(name: str) -> None:
    few, small = peak(FORMATS[name], FEW)
    many, large = peak(FORMATS[name], MANY)
    assert large > 8 * small
    assert many < 2 * few + (1 << 19), (few, many)
