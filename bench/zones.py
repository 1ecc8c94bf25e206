"""``python -m bench.zones``: signed, unsigned and broken zones for govscan, checkdmarc, Zonemaster.

Prints what each says of DNSSEC, and its questions, CPU and wall seconds per domain. checkdmarc is
installed here in an environment of its own; Zonemaster is Debian's ``zonemaster-cli`` and starts
from our root by a hints file, where it is there. Port 53 of a loopback address is needed: the peers
ask no other.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import dns.flags
import dns.message

from scanner.demo.signed import SERVER, Making, World
from scanner.demo.zones import serve

RESOLVER, PORT = "127.87.0.54", 53  # the servers of the root and of example stand here too
BELOW, BEHIND = "ns.below.example", "127.87.0.55"  # the servers of the domains
PEER = "checkdmarc==6.0.4"
EACH = 10
SOA = f"{SERVER}. h.example. 1 7200 3600 1209600 60"
BELOW_SOA = f"{BELOW}. h.example. 1 7200 3600 1209600 60"
GLUE = {(SERVER, "A"): (RESOLVER,)}
GLUE_BELOW = {(BELOW, "A"): (BEHIND,)}


class Told(NamedTuple):
    """What one tool said, and what it cost."""

    dnssec: dict[str, str]
    questions: int
    direct: int
    cpu: float
    seconds: float


def making(kind: str, number: int) -> Making:
    """One domain of a kind: every other one is parked."""
    name = f"{kind}{number}.example"
    parked = number % 2 == 0
    records = {
        (name, "SOA"): (BELOW_SOA,),
        (name, "NS"): (f"{BELOW}.",),
        (name, "A"): (RESOLVER,),
        (f"www.{name}", "A"): (RESOLVER,),
        (name, "MX"): ("0 .",) if parked else ("10 mx.provider.example.",),
        (name, "TXT"): ('"v=spf1 -all"',) if parked else ('"v=spf1 mx -all"',),
        (f"_dmarc.{name}", "TXT"): (f'"v=DMARC1; p=reject; rua=mailto:d@{name}"',),
    }
    return Making(name, records, signed=kind != "unsigned", other_key=kind == "bogus")


MAKINGS = tuple(making(kind, n) for kind in ("secure", "unsigned", "bogus") for n in range(EACH))
NAMES = tuple(one.apex for one in MAKINGS)


def world() -> World:
    """All zones below a private signed root."""
    provider = {
        ("provider.example", "SOA"): (BELOW_SOA,),
        ("provider.example", "NS"): (f"{BELOW}.",),
        ("mx.provider.example", "A"): (RESOLVER,),
    }
    below = (*MAKINGS, Making("provider.example", provider))
    cuts = {(one.apex, "NS"): (f"{BELOW}.",) for one in below}
    tld = {
        ("example", "SOA"): (SOA,),
        ("example", "NS"): (f"{SERVER}.",),
        **GLUE,
        **GLUE_BELOW,
        **cuts,
    }
    root = {("", "SOA"): (SOA,), ("", "NS"): (f"{SERVER}.",), ("example", "NS"): (f"{SERVER}.",)}
    return World((*below, Making("example", tld), Making("", root | GLUE)))


class Counting:
    """The zones as a resolver, counting what it is asked; direct questions are told apart."""

    def __init__(self, zones: World) -> None:
        self.zones = zones
        self.asked = self.direct = 0

    def answer(self, asked: dns.message.Message) -> dns.message.Message:
        """The reply, counted; a question without RD is for the name server of this address."""
        if not asked.flags & 0x0100:
            self.direct += 1
            return _copied(asked, self.zones.serve(asked, ("", "example")))
        self.asked += 1
        return self.zones.resolve(asked)

    def below(self, asked: dns.message.Message) -> dns.message.Message:
        """What the server of the domains says."""
        self.direct += 1
        return _copied(asked, self.zones.serve(asked, (*NAMES, "provider.example")))


def _copied(asked: dns.message.Message, reply: dns.message.Message) -> dns.message.Message:
    """With the DO bit of the question (RFC 3225 3), which Zonemaster insists on."""
    reply.ednsflags |= asked.ednsflags & dns.flags.DO
    return reply


@contextmanager
def served(counting: Counting) -> Iterator[None]:
    """Up from here to the end of the block."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    started: list[Any] = []

    def work() -> None:
        asyncio.set_event_loop(loop)
        for answer, address in ((counting.answer, RESOLVER), (counting.below, BEHIND)):
            started.extend(loop.run_until_complete(serve(answer, address, PORT)))
        ready.set()
        loop.run_forever()
        for one in started:
            one.close()
        loop.run_until_complete(asyncio.sleep(0.05))

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(30)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Cost(NamedTuple):
    """A tool's output, questions to resolver and servers, CPU and wall seconds."""

    out: bytes
    questions: int
    direct: int
    cpu: float
    seconds: float

    def told(self, dnssec: dict[str, str]) -> Told:
        """What it said for it."""
        return Told(dnssec, *self[1:])


def run(command: list[str], counting: Counting, cwd: Path) -> Cost:
    """Run a tool once."""
    before, direct, began = counting.asked, counting.direct, time.monotonic()
    usage = os.times()
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    after = os.times()
    cpu = after.children_user - usage.children_user + after.children_system - usage.children_system
    seconds = time.monotonic() - began
    return Cost(done.stdout, counting.asked - before, counting.direct - direct, cpu, seconds)


def govscan(counting: Counting, folder: Path, *families: str) -> Told:
    """One scan of all names."""
    anchor, names = folder / "anchor", folder / "names.txt"
    anchor.write_text(counting.zones.anchor)
    names.write_text("\n".join(NAMES))
    chosen = [word for one in families for word in ("--family", one)]
    command = [
        *(sys.executable, "-m", "scanner", "scan", str(names), *chosen, "--quiet"),
        *("--resolver", f"{RESOLVER}:{PORT}", "--trust-anchor", str(anchor)),
        *("--allow-network", "127.0.0.0/8", "--seconds", "3", "--output", str(folder / "report")),
        *("--store", f"sqlite:///{folder}/{'-'.join(families)}.db"),
    ]
    cost = run(command, counting, Path.cwd())
    document = json.loads((folder / "report" / "run.json").read_bytes())
    status = {
        one["host"]: str(fact.get("value"))
        for one in document["targets"]
        for fact in one["facts"]
        if fact["name"] == "dnssec.status"
    }
    return cost.told(status)


def checkdmarc(counting: Counting, folder: Path) -> Told:
    """The same names, with the peer's defaults."""
    home = folder / "peer"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", PEER]
    subprocess.run(pip, check=True, capture_output=True)
    command = [str(home / "bin" / "checkdmarc"), "-n", RESOLVER, "--", *NAMES]
    cost = run(command, counting, folder)
    said = json.loads(cost.out)
    return cost.told({one["domain"]: str(one.get("dnssec")) for one in said})


def zonemaster(counting: Counting, folder: Path, program: str) -> Told:
    """The same names one by one, as the peer takes them, with its default profile."""
    hints = folder / "hints"
    hints.write_text(f". 3600000 NS {SERVER}.\n{SERVER}. 3600000 A {RESOLVER}\n")
    command = [program, "--hints", str(hints), "--no-ipv6", "--json", "--level", "NOTICE"]
    costs = {name: run([*command, name], counting, folder) for name in NAMES}
    sums = [sum(one[at] for one in costs.values()) for at in range(1, 5)]
    said = {name: _zonemaster_says(json.loads(one.out)) for name, one in costs.items()}
    return Told(said, int(sums[0]), int(sums[1]), sums[2], sums[3])


def _zonemaster_says(messages: list[dict[str, Any]]) -> str:
    """Its messages about DNSSEC, the worst level that it gives any of them first."""
    found = [one for one in messages if one["module"] == "DNSSEC"]
    tags = sorted({one["tag"] for one in found if one["level"] in {"ERROR", "CRITICAL"}})
    noted = sorted({one["tag"] for one in found} - set(tags))
    return " ".join(tags) or f"no error ({' '.join(noted) or 'nothing noted'})"


def main() -> None:
    """Measure and print."""
    counting = Counting(world())
    with tempfile.TemporaryDirectory() as text, served(counting):
        folder = Path(text)
        rows = {
            "govscan, dns": govscan(counting, folder, "dns"),
            "govscan, dns and mail": govscan(counting, folder, "dns", "mail"),
            PEER: checkdmarc(counting, folder),
        }
        if program := shutil.which("zonemaster-cli"):
            rows["zonemaster-cli"] = zonemaster(counting, folder, program)
        else:
            print("zonemaster-cli is not here (Debian: apt-get install zonemaster-cli)")
    print(f"{len(NAMES)} domains: {EACH} secure, {EACH} unsigned, {EACH} bogus; half are parked")
    for name, told in rows.items():
        n = len(NAMES)
        print(
            f"{name:24} {told.questions / n:5.1f} questions  "
            f"{told.direct / n:5.1f} direct  {1000 * told.cpu / n:6.0f} ms CPU  "
            f"{told.seconds / n:5.2f} s a domain"
        )
        for kind in ("secure", "unsigned", "bogus"):
            answers = {told.dnssec.get(f"{kind}{each}.example", "-") for each in range(EACH)}
            print(f"    {kind:9} -> {', '.join(sorted(answers))}")


if __name__ == "__main__":
    main()
