"""``make bench``: how fast, how gentle and how large a scan is, on loopback.

Prints names a minute, CPU seconds a name, requests and questions a name, and the peak of memory for
100 and for 1,000 names, healthy ones and a fleet of which a tenth is dead and a tenth slow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench import range as fleet_range

SCAN = (
    *("--resolver", f"127.90.0.200:{fleet_range.DNS_PORT}"),
    *("--connect-to", f":53::{fleet_range.DNS_PORT}"),
    *("--connect-to", f":80::{fleet_range.HTTP_PORT}"),
    *("--connect-to", f":443::{fleet_range.HTTPS_PORT}"),
    *("--connect-to", f":25::{fleet_range.SMTP_PORT}"),
    *("--allow-network", "127.0.0.0/8", "--skip", "exposure", "--quiet"),
)


class Measured(NamedTuple):
    """One scan."""

    names: int
    seconds: float
    cpu: float
    peak_mib: float
    requests: float
    questions: float


def measure(count: int, kind: str) -> Measured:
    """Scan a fleet and measure the scanner's own process."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        command = [sys.executable, "-m", "bench.range", text, str(count), kind]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as servers:
            roots = servers.stdout.readline().decode().strip() if servers.stdout else ""
            began = time.monotonic()
            usage = _scan(folder, roots)
            seconds = time.monotonic() - began
            if servers.stdin:
                servers.stdin.close()
            counted = json.loads(servers.stdout.readline()) if servers.stdout else {}
    return Measured(
        count,
        seconds,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        counted["requests"] / count,
        counted["questions"] / count,
    )


def _scan(folder: Path, roots: str) -> os.struct_rusage:
    scan = subprocess.Popen(
        [
            *(sys.executable, "-m", "scanner", "scan", str(folder / "targets.txt")),
            *SCAN,
            *("--trust-store", roots, "--store", f"sqlite:///{folder / 'bench.db'}"),
        ],
        env={**os.environ, "GOVSCAN_DATA_DIR": str(folder / "data")},
    )
    _, status, usage = os.wait4(scan.pid, 0)
    scan.returncode = os.waitstatus_to_exitcode(status)
    if scan.returncode not in {0, 1, 3}:
        message = f"the scan ended with {scan.returncode}"
        raise SystemExit(message)
    return usage


def main() -> None:
    """Measure, print, and say whether the promises hold."""
    rows = {}
    for count, kind in ((100, "good"), (1000, "good"), (100, "mixed"), (1000, "mixed")):
        rows[count, kind] = one = measure(count, kind)
        print(
            f"{count:5} {kind:6} {one.seconds:7.1f} s  {60 * count / one.seconds:6.0f} names/min"
            f"  {1000 * one.cpu / count:6.1f} ms CPU/name  {one.peak_mib:6.1f} MiB"
            f"  {one.requests:4.1f} HTTP requests/name  {one.questions:5.1f} DNS questions/name",
            flush=True,
        )
    growth = rows[1000, "mixed"].peak_mib / rows[100, "mixed"].peak_mib
    rate = 60 * 1000 / rows[1000, "good"].cpu
    print(f"memory at 1,000 names / at 100: {growth:.2f} (at most 1.20)")
    print(f"healthy names a minute and core, by CPU: {rate:.0f} (at least 300)")


if __name__ == "__main__":
    main()
