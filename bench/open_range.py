"""Sites for the bench of exposures, each on its own loopback address: true ones, and traps."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from scanner.demo import zones
from scanner.demo.zones import Zones
from tests.exposures import ANSWERS, ENTRIES
from tests.scanner.gather.open_sites import Said, Site, Speaks
from tests.scanner.gather.traps import TRAPS, catch_all, groups, true_site

RESOLVER, DNS_PORT, OTHER_PORT = "127.93.250.53", 5493, 8493


class Served(NamedTuple):
    """One site: what it says, and what it exposes."""

    speaks: Speaks
    names: tuple[str, ...] = ()


def sites() -> Iterator[Served]:
    """True sites until every entry is exposed once, then as many traps."""
    true = [Served(true_site(names), tuple(names)) for names in groups()]
    yield from true
    traps = [Served(one) for one in TRAPS.values()]
    traps += [Served(catch_all(name)) for name in ANSWERS if _can_be_everywhere(name)]
    yield from traps[: max(len(true), len(TRAPS))]


def _can_be_everywhere(name: str) -> bool:
    """Not what a start page alone exposes: there it would be true."""
    return "/" not in ENTRIES[name].paths and ANSWERS[name].path.startswith("/")


def _truth(address: str, names: tuple[str, ...]) -> dict[str, list[str]]:
    kept = [one for one in names if not ENTRIES[one].opt_in]
    return {
        "address": [address],
        "checks": sorted({ENTRIES[one].check for one in kept}),
        "paths": [ANSWERS[one].path for one in kept],
        "of": [ENTRIES[one].check for one in kept],
    }


async def serve(folder: Path, port: int) -> None:
    """Be up until standard input ends; say how often each was asked when a line comes."""
    async with AsyncExitStack() as stack:
        running: dict[str, Site] = {}
        truth, records = {}, {}
        for number, one in enumerate(sites(), 1):
            host, address = (
                f"s{number:03}.agency.example",
                f"127.93.{number // 250}.{number % 250 + 1}",
            )
            site = running[host] = Site(one.speaks)
            server = await asyncio.start_server(_kept(site), address, port)
            stack.callback(server.close)
            truth[host] = _truth(address, one.names)
            records[host, "A"] = (address,)
        for one in await zones.serve(Zones(records, recursive=True).answer, RESOLVER, DNS_PORT):
            stack.callback(one.close)
        (folder / "targets.txt").write_text("\n".join(running))
        print(json.dumps(truth), flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps({host: len(site.asked) for host, site in running.items()}), flush=True)
            for site in running.values():
                site.asked.clear()


def _kept(site: Site):  # type: ignore[no-untyped-def]  # noqa: ANN202 - asyncio's callback
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await site.answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    return talk


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))


__all__ = ["Said", "serve", "sites"]
