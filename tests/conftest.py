"""What several tests share: the practice government, a finished scan of it, the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from scanner.cli.demo import HASTE, practice_government
from scanner.demo.range import Range

# The same texts in every run, and no stopwatch: a test that fails today fails tomorrow.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share what is dear to set up stay together, or the suite takes twice as long."""
    if getattr(config.option, "loadgroup", False):
        for item in items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
                message = "this pytest does not know xdist's groups: see pyproject.toml"
                raise pytest.UsageError(message)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long or packed bytes carry the time of day or a signature: their test has a short name."""
    if isinstance(val, bytes) and (len(val) > 64 or val.startswith(b"\x1f\x8b")):
        return "bytes"
    return "text" if isinstance(val, str) and len(val) > 400 else None


AUTHORISED = "the practice government itself"


def needs_program(name: str, package: str = "") -> str:
    """The path of a program; without it the test is skipped with the reason, in CI it fails."""
    if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        return found
    why = f"{name} is not installed (Debian package {package or name})"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


class Ran(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str


class Govscan:
    """The command line, as a process of its own with a data directory of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GOVSCAN_")},
            "GOVSCAN_DATA_DIR": str(folder / "data"),
            "NO_COLOR": "1",
            "COLUMNS": "120",
        }

    def command(self, *arguments: str) -> list[str]:
        """The words of the process."""
        return [sys.executable, "-m", "scanner", *arguments]

    def __call__(self, *arguments: str, given: str = "") -> Ran:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            input=given.encode(),
            capture_output=True,
            timeout=240,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def reaching(made: Range) -> list[str]:
    """The options with which a scan reaches the practice government."""
    routes = [word for one in made.connect_to for word in ("--connect-to", one)]
    return [
        *("--resolver", made.resolver),
        *("--allow-network", made.allow_network),
        *("--trust-store", made.trust_store),
        *("--trust-anchor", made.trust_anchor),
        *routes,
        *HASTE,
    ]


class Scanned(NamedTuple):
    """A finished scan of the practice government."""

    govscan: Govscan
    code: int
    output: Path
    said: str


@pytest.fixture(scope="session")
def government(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    """The practice government, up for the session."""
    with practice_government(tmp_path_factory.mktemp("government")) as made:
        yield made


@pytest.fixture(scope="session")
def scanned(government: Range, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """One scan of all of it, with leave."""
    folder = tmp_path_factory.mktemp("scan")
    govscan = Govscan(folder)
    ran = govscan(
        "scan",
        government.targets,
        *reaching(government),
        *("--authorised-by", AUTHORISED),
        *("--contact", "mailto:demo@standards.example"),
        *("--output", "report"),
    )
    return Scanned(govscan, ran.code, folder / "report", ran.out + ran.err)


@pytest.fixture
def govscan(tmp_path: Path) -> Govscan:
    """The command line in an empty folder."""
    return Govscan(tmp_path)
