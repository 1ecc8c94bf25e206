"""The pages in a real browser: nothing is loaded, nothing is wider than the screen."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conftest import Scanned, needs_program

pytestmark = pytest.mark.xdist_group("practice")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-port=0",
)
WIDTHS = (360, 1280)
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
SMALLEST = (
    "Math.min(...[...document.querySelectorAll('body *')].filter(e => e.textContent.trim())"
    ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
)


class _Tab:
    """A tab, spoken to by the DevTools protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.requested: list[str] = []

    async def say(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result; requests of the page are noted on the way."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            heard = json.loads((await self._socket.receive(timeout=180)).data)
            if heard.get("method") == "Network.requestWillBeSent":
                self.requested.append(heard["params"]["request"]["url"])
            if heard.get("id") == self._number:
                result: dict[str, Any] = heard.get("result", {})
                return result

    async def value(self, expression: str) -> Any:
        """What an expression is on the page."""
        said = await self.say("Runtime.evaluate", expression=expression)
        return said["result"]["value"]


@asynccontextmanager
async def _browser(program: str) -> AsyncIterator[_Tab]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            port = await _port(process)
            async with aiohttp.ClientSession() as session:
                listed = await (await session.get(f"http://127.0.0.1:{port}/json")).json()
                where = next(one for one in listed if one["type"] == "page")
                url = where["webSocketDebuggerUrl"]
                async with session.ws_connect(url, max_msg_size=1 << 24) as socket:
                    yield _Tab(socket)
        finally:
            process.terminate()
            await process.wait()


async def _port(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    async with asyncio.timeout(30):
        while line := await process.stderr.readline():
            if found := re.search(rb"ws://127\.0\.0\.1:(\d+)/", line):
                return found[1].decode()
    pytest.fail("the browser did not start")


async def _open(tab: _Tab, page: Path, width: int) -> None:
    await tab.say(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=900,
        deviceScaleFactor=1,
        mobile=width < 500,
    )
    tab.requested.clear()
    await tab.say("Page.navigate", url=page.as_uri())
    for _ in range(400):
        if await tab.value("document.readyState") == "complete":
            break
        await asyncio.sleep(0.05)


async def _look(program: str, pages: list[Path]) -> dict[tuple[str, int], Any]:
    seen: dict[tuple[str, int], Any] = {}
    async with _browser(program) as tab:
        await tab.say("Network.enable")
        await tab.say("Page.enable")
        for page in pages:
            for width in WIDTHS:
                await _open(tab, page, width)
                seen[page.name, width] = (
                    await tab.value(FITS),
                    await tab.value(SMALLEST),
                    list(tab.requested),
                )
    return seen


def test_pages_fit_and_load_nothing(scanned: Scanned) -> None:
    program = needs_program("chromium")
    pages = [scanned.output / "index.html", *sorted((scanned.output / "agency").glob("*.html"))[:4]]
    seen = asyncio.run(_look(program, pages))
    for (name, width), (fits, smallest, requested) in seen.items():
        assert fits, (name, width)
        assert smallest >= 12, (name, width)
        assert all(url.startswith("file:") and url.endswith(name) for url in requested), requested


NORMS = ("bod-18-01", "pk-nca-34", "nist-800-53r5")


@pytest.fixture(scope="module")
def norms(scanned: Scanned) -> list[Path]:
    """The report of the same evidence under several norms."""
    words = [word for name in NORMS for word in ("--profile", name)]
    ran = scanned.govscan("rejudge", "latest", *words, "--output", "norms", "--quiet")
    assert ran.code in {0, 1, 3}, ran.err
    folder = scanned.govscan.folder / "norms"
    pages = sorted((folder / "agency").glob("*.html"))
    return [folder / "index.html", *(one for one in pages if "police" in one.name)]


def test_pages_of_many_profiles_fit_and_load_nothing(norms: list[Path]) -> None:
    seen = asyncio.run(_look(needs_program("chromium"), norms))
    assert len(seen) == len(norms) * len(WIDTHS)
    for (name, width), (fits, smallest, requested) in seen.items():
        assert fits, (name, width)
        assert smallest >= 12, (name, width)
        assert all(url.startswith("file:") for url in requested), requested


AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LEVELS = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']"
RUN_AXE = (
    f"axe.run(document, {{runOnly: {LEVELS}, resultTypes: ['violations']}}).then("
    "r => JSON.stringify(r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html)])))"
)


async def _barriers(program: str, pages: list[Path]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with _browser(program) as tab:
        await tab.say("Page.enable")
        for page in pages:
            await _open(tab, page, 1280)
            await tab.value(AXE + ";0")
            said = await tab.say("Runtime.evaluate", expression=RUN_AXE, awaitPromise=True)
            found[page.name] = json.loads(said["result"]["value"])
    return found


def test_pages_have_no_barrier_that_axe_knows(norms: list[Path], scanned: Scanned) -> None:
    pages = [
        *norms,
        scanned.output / "index.html",
        next((scanned.output / "agency").glob("*.html")),
    ]
    found = asyncio.run(_barriers(needs_program("chromium"), pages))
    assert found
    assert {name: one for name, one in found.items() if one} == {}


CLOSED = "[...document.querySelectorAll('details:not([open]) > ul')].some(e => e.offsetHeight > 0)"


async def _printed(program: str, page: Path) -> tuple[Any, Any]:
    async with _browser(program) as tab:
        await tab.say("Page.enable")
        await tab.say("Emulation.setEmulatedMedia", media="print")
        await _open(tab, page, 794)  # A4 at 96 dots an inch
        return await tab.value(FITS), await tab.value(CLOSED)


def test_in_print_everything_is_on_the_page(norms: list[Path]) -> None:
    fits, shows_what_is_closed = asyncio.run(_printed(needs_program("chromium"), norms[1]))
    assert fits
    assert shows_what_is_closed
