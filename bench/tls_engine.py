"""``python -m bench.tls_engine``: what the engine itself costs, without the command around it.

Examines the bench's servers a few times in one process: CPU seconds and connections a server, and
how many hellos a CPU second gets their ServerHello.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.tls import serving
from bench.tls_servers import ADDRESS, SETTINGS, fleet_address
from scanner.clock import SystemClock
from scanner.gather.budget import Budget, Limits
from scanner.gather.dialer import Dialer, Network, Scope
from scanner.gather.smtp.talk import starttls
from scanner.gather.tls.examine import examine
from scanner.gather.tls.prober import Prober
from scanner.observation import Role, Subject

TIMES = 5
PROBES = 2000


def context(name: str) -> Any:  # noqa: ANN401 - as much of one as the engine reads
    """All that the engine wants of a run."""
    network = Network(("127.0.0.0/8",))
    dialer = Dialer(network, Scope({name}, {name}), Budget(Limits(), SystemClock()))
    return SimpleNamespace(dialer=dialer, user_agent="govscan/bench", helo_name="bench.example")


async def whole(kind: str, port: int) -> tuple[int, float]:
    """Connections and CPU seconds of one examination."""
    name = f"{kind}.example"
    role = Role.MAIL if kind == "smtp" else Role.WEB
    preamble = starttls("bench.example") if kind == "smtp" else None
    began = time.process_time()
    seen = await examine(context(name), Subject(role, name, port), ADDRESS, preamble)
    return seen.server.volatile["connections"], time.process_time() - began


async def fleet(ports: list[int]) -> tuple[int, float, float]:
    """Connections, CPU and wall seconds of every server at once, through the delaying proxy."""
    name = "intermediate.example"
    began, wall = time.process_time(), time.monotonic()
    seen = await asyncio.gather(
        *(
            examine(context(name), Subject(Role.WEB, name, port), fleet_address(number))
            for number, port in enumerate(ports)
        )
    )
    count = sum(one.server.volatile["connections"] for one in seen)
    return count, time.process_time() - began, time.monotonic() - wall


async def probes(port: int) -> float:
    """Hellos of TLS 1.3 that got their answer, a CPU second."""
    name = "modern.example"
    prober = Prober(context(name), Subject(Role.WEB, name, port), ADDRESS, None)
    prober.control = prober.offer("TLSv1.3")
    began = time.process_time()
    for _ in range(PROBES // 2):
        await asyncio.gather(
            prober.ask(prober.offer("TLSv1.3")), prober.ask(prober.offer("TLSv1.3"))
        )
    return PROBES / (time.process_time() - began)


def main() -> None:
    """Print every row."""
    with tempfile.TemporaryDirectory() as text, serving(Path(text)) as servers:
        direct = servers.ports["direct"]
        medians = []
        for kind in (*SETTINGS, "smtp"):
            port = direct[kind][0]
            made = [asyncio.run(whole(kind, port)) for _ in range(TIMES)]
            connections = statistics.median(one for one, _ in made)
            cpu = statistics.median(one for _, one in made)
            medians.append(connections)
            print(f"{kind}: {connections:.0f} connections, {cpu * 1000:.0f} ms of CPU a server")
        ports = servers.ports["delayed"]["intermediate"]
        count, cpu, wall = asyncio.run(fleet(ports))
        print(f"{len(ports)} at once, delayed: {count} connections, {cpu:.1f} s CPU, {wall:.1f} s")
        rate = asyncio.run(probes(direct["modern"][0]))
        print(f"{rate:.0f} hellos answered a CPU second")


if __name__ == "__main__":
    main()
