"""``python -m bench.mail``: the same loopback zones for govscan, checkdmarc and trustymail.

Prints verdict by verdict, and each tool's questions and CPU. The peers are installed here, each in
an environment of its own. Port 53 of a loopback address is needed: trustymail asks no other.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import dns.message
import dns.rdatatype
import dns.zone

from scanner.demo.zones import Zones, serve
from tests.real.test_mail import COM, ROWS, _zone

RESOLVER, PORT = "127.87.0.53", 53
PEERS = {"checkdmarc": "checkdmarc==6.0.4", "trustymail": "trustymail==1.2.1"}
HERE = Path(__file__).parent
# They need a wildcard, a refusal, an inventory, a web server that peers seek beyond loopback.
SOUND = ("spf-presence", "spf-syntax", "spf-lookups", "spf-void-lookups")
LEFT_OUT = ("wild", "refused", "news.", "sts-gone", "two-sts")


class Told(NamedTuple):
    """What one tool said, and what it cost."""

    rows: dict[str, dict[str, Any]]
    questions: int
    cpu: float


class Counting:
    """The zones as a resolver, counting what it is asked."""

    def __init__(self) -> None:
        records: dict[tuple[str, str], tuple[str, ...]] = {}
        for text, origin in ((_zone(), "gov.pk."), (COM, "com.")):
            zone = dns.zone.from_text(text, origin=origin, relativize=False, check_origin=False)
            for name, rdataset in zone.iterate_rdatasets():
                key = (
                    name.to_text(omit_final_dot=True).lower(),
                    dns.rdatatype.to_text(rdataset.rdtype),
                )
                records[key] = tuple(one.to_text() for one in rdataset)
        self._zones = Zones(records, recursive=True)
        self.asked = 0

    def answer(self, asked: dns.message.Message) -> dns.message.Message | None:
        """The reply, counted."""
        self.asked += 1
        return self._zones.answer(asked)


@contextmanager
def served(zones: Counting) -> Iterator[None]:
    """Up from here to the end of the block."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    started: list[Any] = []

    def work() -> None:
        asyncio.set_event_loop(loop)
        started.extend(loop.run_until_complete(serve(zones.answer, RESOLVER, PORT)))
        ready.set()
        loop.run_forever()
        for one in started:
            one.close()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    if not ready.wait(10):
        message = f"port 53 of {RESOLVER} could not be had"
        raise SystemExit(message)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def environment(folder: Path, package: str) -> Path:
    """A peer's own environment; the path of its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True)
    return python


def peer(name: str, folder: Path, names: list[str], zones: Counting) -> Told:
    """Run a peer over all names."""
    python = environment(folder / name, PEERS[name])
    before = zones.asked
    command = [str(python), str(HERE / "peers" / f"{name}_verdicts.py"), RESOLVER, *names]
    ran = subprocess.run(command, capture_output=True, check=False, cwd=folder)
    if ran.returncode:
        raise SystemExit(ran.stderr.decode()[-2000:])
    said = json.loads(ran.stdout.splitlines()[-1])
    return Told(said["rows"], zones.asked - before, said["cpu"])


def ours(names: list[str], zones: Counting) -> Told:
    """Run govscan over all names: its SPF, its DMARC, and its one answer.

    What it costs to start, the same for one name and for a thousand, is measured and taken off.
    """
    start = _scanned(names[:1])[1]
    before = zones.asked
    run, spent = _scanned(names)
    rows = {one["host"]: _ours(one) for one in run["targets"]}
    print(f"govscan starts in {start:.1f} s of CPU; the rest is told a name.\n")
    return Told(rows, zones.asked - before, spent - start)


def _scanned(names: list[str]) -> tuple[dict[str, Any], float]:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "targets.txt").write_text("\n".join(names))
        command = [sys.executable, "-m", "scanner", "scan", "targets.txt", "--family", "mail"]
        command += ["--resolver", f"{RESOLVER}:{PORT}", "--quiet", "--output", "report"]
        began = os.times()
        paths = {**os.environ, "PYTHONPATH": str(HERE.parent), "GOVSCAN_DATA_DIR": text}
        subprocess.run(command, cwd=folder, env=paths, check=False)
        ended = os.times()
        run: dict[str, Any] = json.loads((folder / "report" / "run.json").read_bytes())
    spent = ended.children_user + ended.children_system
    return run, spent - began.children_user - began.children_system


def _ours(target: dict[str, Any]) -> dict[str, Any]:
    outcome = {one["check"]: one for one in target["findings"] if not one.get("item")}
    facts = {one["name"]: one.get("value") for one in target["facts"]}
    return {
        "spf": {outcome[name]["outcome"] for name in SOUND} == {"pass"},
        "dmarc": outcome["dmarc-presence"]["outcome"] == "pass",
        "policy": facts.get("dmarc.effective_p") or "",
        "spoofable": facts.get("mail.spoofable") or "unknown",
        "said": outcome["mail-spoofing"]["text"],
    }


def main() -> None:
    """Measure, and print a table."""
    names = [f"{name}.gov.pk" for name in ROWS if not name.startswith(LEFT_OUT)]
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="govscan-peers-"))
    zones = Counting()
    with served(zones):
        told = {"govscan": ours(names, zones)}
        told |= {name: peer(name, folder, names, zones) for name in PEERS}
    _print(names, told)


def _print(names: list[str], told: dict[str, Told]) -> None:
    print("| domain | govscan: SPF, DMARC, a stranger can send | checkdmarc | trustymail |")
    print("|---|---|---|---|")
    for name in names:
        mine = told["govscan"].rows[name]
        cells = [
            f"{_cell(mine)}, {mine['spoofable']}",
            *(_cell(told[one].rows[name]) for one in PEERS),
        ]
        print(f"| {name.removesuffix('.gov.pk')} | {' | '.join(cells)} |")
    print("\n| tool | questions a name | CPU a name |\n|---|---|---|")
    for name, one in told.items():
        count = len(names)
        print(f"| {name} | {one.questions / count:.1f} | {1000 * one.cpu / count:.0f} ms |")


def _cell(row: dict[str, Any]) -> str:
    spf = "sound" if row["spf"] else "not sound"
    return f"{spf}, {row['policy'] if row['dmarc'] else 'none'}"


if __name__ == "__main__":
    main()
