"""The memory and time of every export of 100,000 findings: ``python -m bench.exports``."""

from __future__ import annotations

import resource
import sys
import time
from multiprocessing import get_context

from scanner.finding import Finding, Outcome
from tests.reports.export.material import OUTCOMES, Judged, made_finding
from tests.reports.export.test_formats import FORMATS

HOSTS, EACH = 1000, 100


def _findings(host: str) -> tuple[Finding, ...]:
    checks = [check for check, _ in OUTCOMES.values()]
    return tuple(
        made_finding(host, checks[number % len(checks)], Outcome.FAIL, "sent", number)
        for number in range(EACH)
    )


def _measure(name: str) -> None:
    source = Judged(tuple(f"h{number}.example" for number in range(HOSTS)), findings=_findings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = 0

    def count(data: bytes) -> None:
        nonlocal size
        size += len(data)

    began = time.process_time()
    FORMATS[name](source, count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{name:<13} {size / 1e6:7.1f} MB written, {time.process_time() - began:6.1f} s CPU, "
        f"peak {peak / 1024:5.0f} MiB ({(peak - before) / 1024:+.0f})"
    )
    sys.stdout.flush()


def main() -> None:
    """Each format in a process of its own: the peak is its own."""
    print(f"{HOSTS * EACH:,} findings of {HOSTS:,} domains")
    for name in FORMATS:
        process = get_context("fork").Process(target=_measure, args=(name,))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
