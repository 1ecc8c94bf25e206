"""``python -m bench.exposure``: recall, false alarms and requests, beside snallygaster, one run.

Loopback sites, each on an address of its own: true ones that expose what the catalogue knows (every
entry once), and at least as many traps. The peer is installed into an environment of its own. Both
see the same servers in the same minutes; snallygaster needs port 80: without root it is left out.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from bench import open_range
from scanner import registry
from scanner.gather.exposure.rows import budget

PEER = "snallygaster"
NETWORK = "127.0.0.0/8"
OTHERS = frozenset({"security-txt", "vdp-page"})  # about what is missing, not about what lies open


class Told(NamedTuple):
    """What one tool told of one site, and what it cost."""

    found: frozenset[str]
    extra: frozenset[str]
    requests: int


def main() -> None:
    """Serve, ask with both, compare, and say whether the promises hold."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        port = 80 if os.geteuid() == 0 else open_range.OTHER_PORT
        with _Served(folder, port) as served:
            ours, cpu = _ours(served, folder)
            has_peer = port == 80 and "--no-peer" not in sys.argv  # noqa: PLR2004 - it asks nowhere else
            theirs = _theirs(served, folder) if has_peer else {}
    _show("govscan", ours, served.truth)
    if theirs:
        _show(PEER, theirs, served.truth)
    most = budget(registry.catalogue().entries, "standard")
    worst = max(one.requests for one in ours.values())
    print(
        f"govscan: {1000 * cpu / len(ours):.0f} ms CPU a site, at most {worst} requests of {most}"
    )


class _Served:
    """The sites, in a process of their own."""

    def __init__(self, folder: Path, port: int) -> None:
        command = [sys.executable, "-m", "bench.open_range", str(folder), str(port)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = port
        self.truth: dict[str, dict[str, list[str]]] = json.loads(self._line())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def _line(self) -> str:
        if self._process.stdout is None:
            raise SystemExit(1)
        return self._process.stdout.readline()

    def counts(self) -> dict[str, int]:
        """Requests of each site since the last time."""
        if self._process.stdin:
            self._process.stdin.write("count\n")
            self._process.stdin.flush()
        return dict(json.loads(self._line()))


def _ours(served: _Served, folder: Path) -> tuple[dict[str, Told], float]:
    """One scan of all sites by govscan, with the CPU of its own process."""
    served.counts()
    environment = {**os.environ, "GOVSCAN_DATA_DIR": str(folder / "data")}
    scan = subprocess.Popen(
        [
            *(sys.executable, "-m", "scanner", "scan", str(folder / "targets.txt")),
            *("--family", "exposure", "--authorised-by", "the bench itself", "--quiet"),
            *("--resolver", f"{open_range.RESOLVER}:{open_range.DNS_PORT}"),
            *("--connect-to", f":80::{served.port}", "--connect-to", ":443::9"),
            *("--allow-network", NETWORK, "--rate", "0", "--workers", "8"),
            *("--seconds-per-target", "600"),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(scan.pid, 0)
    counted = served.counts()
    command = [sys.executable, "-m", "scanner", "export", "latest", "--output", "-"]
    ran = subprocess.run(command, env=environment, capture_output=True, check=True)
    document = json.loads(ran.stdout)
    told = {
        one["host"]: _judged(one["findings"], served.truth[one["host"]], counted[one["host"]])
        for one in document["targets"]
    }
    return told, usage.ru_utime + usage.ru_stime


def _judged(findings: list[dict[str, Any]], truth: Mapping[str, list[str]], requests: int) -> Told:
    """A finding is true where the site exposes this check's thing."""
    wanted = set(truth["checks"])
    said = {
        one["check"]
        for one in findings
        if one.get("item") and one["outcome"] in {"fail", "informational"}
    }
    failed = {one["check"] for one in findings if one["outcome"] == "fail"}
    return Told(frozenset(said & wanted), frozenset(failed - wanted - OTHERS), requests)


def _theirs(served: _Served, folder: Path) -> dict[str, Told]:
    """The same sites by the peer, one after another, each found path held against the truth."""
    place = folder / "peer"
    venv.create(place, with_pip=True)
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-qq", PEER]
    subprocess.run(pip, check=True)
    tool = str(place / "bin" / PEER)
    told: dict[str, Told] = {}
    for host, truth in served.truth.items():
        served.counts()
        ran = subprocess.run(
            [tool, "--nowww", "--nohttps", "-j", truth["address"][0]],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        paths = _paths(ran.stdout)
        true = {one for one in paths if _is_true(one, truth["paths"])}
        found = {check for one in true for check in _checks(one, truth)}
        told[host] = Told(frozenset(found), frozenset(paths - true), served.counts()[host])
    return told


def _paths(output: str) -> set[str]:
    try:
        rows = json.loads(output)
    except ValueError:
        return set()
    return {"/" + str(one.get("url", "")).partition("://")[2].partition("/")[2] for one in rows}


def _is_true(path: str, exposed: list[str]) -> bool:
    """The same path, or another file of the same exposed folder (``/.git/config``)."""
    folder = path.rpartition("/")[0]
    return any(path == one or (folder and one.startswith(f"{folder}/")) for one in exposed)


def _checks(path: str, truth: Mapping[str, list[str]]) -> list[str]:
    pairs = zip(truth["paths"], truth["of"], strict=True)
    return [check for one, check in pairs if _is_true(path, [one])]


def _show(
    name: str, told: Mapping[str, Told], truth: Mapping[str, Mapping[str, list[str]]]
) -> None:
    wanted = sum(len(set(one["checks"])) for one in truth.values())
    found = sum(len(one.found) for one in told.values())
    extra = sum(len(one.extra) for one in told.values())
    requests = [one.requests for one in told.values()]
    traps = sum(1 for host in told if not truth[host]["checks"])
    print(
        f"{name}: {len(told)} sites ({traps} traps), recall {found} of {wanted} "
        f"({100 * found / wanted:.0f} %), {extra} false alarms, requests a site: "
        f"median {statistics.median(requests):.0f}, most {max(requests)}",
        flush=True,
    )
    for host, one in told.items():
        if name == "govscan" and (one.extra or set(truth[host]["checks"]) - one.found):
            missed = sorted(set(truth[host]["checks"]) - one.found)
            print(f"  {host}: missed {missed}, false {sorted(one.extra)}")


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"({time.monotonic() - began:.0f} s)")
