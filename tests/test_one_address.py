"""Where the system has only 127.0.0.1 the practice government shares it, and says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from scanner.demo.range import Range
from tests.conftest import Govscan, reaching

CHILD = (
    "import asyncio, sys; from pathlib import Path; import scanner.demo.range as range_;"
    "range_._has_own_addresses = lambda: False;"
    "asyncio.run(range_.serve_until_closed(Path(sys.argv[1])))"
)


def test_agencies_share_one_address(govscan: Govscan, tmp_path: Path) -> None:
    folder = tmp_path / "range"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    ) as child:
        assert child.stdout
        assert child.stdin
        made = msgspec.json.decode(child.stdout.readline(), type=Range)
        assert made.shares_one_address
        names = ("standards.example", "health.example", "courts.example")
        ran = govscan("scan", *names, *reaching(made), "--skip", "exposure")
        child.stdin.close()
    assert ran.code == 1, ran.err
    lines = {line.split()[0]: line for line in ran.out.splitlines() if ".example" in line}
    assert "Nothing against it was seen" in lines["standards.example"]
    assert "Does not meet" in lines["health.example"]
    assert "Does not meet" in lines["courts.example"]
