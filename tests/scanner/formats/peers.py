"""The peers' own test inputs, read at test time from their npm packages, never copied.

The packages are installed once, into a cache outside the project, without running their scripts.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from platformdirs import user_cache_path

from tests.conftest import needs_program

PACKAGES = {
    "csp_evaluator": "1.1.8",
    "@mdn/mdn-http-observatory": "1.4.8",
}
_STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|(\+)|(,)|//[^\n]*")
_TEST = re.compile(r"\bit\(\s*[\"']([^\"']+)[\"'],")


def package(name: str) -> Path:
    """The folder of a peer's package; skipped where there is no npm, or where it has no network."""
    npm = needs_program("npm")
    version = PACKAGES[name]
    folder = user_cache_path("govscan-tests") / f"{name.replace('/', '-')}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    found = folder / "node_modules" / name
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (found / "package.json").is_file():
            _install(npm, f"{name}@{version}", folder)
    return found


def _install(npm: str, what: str, folder: Path) -> None:
    command = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--no-save",
        "--force",
    ]
    try:
        ran = subprocess.run(
            [*command, "--omit=peer", "--prefix", str(folder), what],
            capture_output=True,
            timeout=300,
            check=False,
            cwd=folder,
        )
        why = ran.stderr.decode("utf-8", "replace")[-400:] if ran.returncode else ""
    except subprocess.TimeoutExpired:
        why = "it took too long"
    if why:
        said = f"npm cannot install {what}: {why}"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)


class Block(NamedTuple):
    """One test of a peer: its name and its text."""

    name: str
    text: str

    @property
    def strings(self) -> tuple[str, ...]:
        """The string literals, joined where they are added."""
        return tuple(strings(self.text))


def blocks(path: Path) -> tuple[Block, ...]:
    """The tests of a JavaScript or TypeScript file."""
    text = path.read_text(encoding="utf-8")
    starts = [*_TEST.finditer(text)]
    ends = [*(one.start() for one in starts[1:]), len(text)]
    return tuple(
        Block(one[1], text[one.end() : end]) for one, end in zip(starts, ends, strict=True)
    )


def strings(text: str) -> Iterator[str]:
    """String literals in their order; those with a plus between them are one."""
    held: str | None = None
    adding = False
    for found in _STRING.finditer(text):
        if found[3]:
            adding = True
        elif found[4]:
            adding = False
        elif found[1] is not None or found[2] is not None:
            value = re.sub(r"\\(.)", r"\1", (found[1] or found[2] or "").replace("\\n", "\n"))
            if held is not None and adding:
                held += value
            else:
                if held is not None:
                    yield held
                held = value
            adding = False
    if held is not None:
        yield held


def array(text: str, name: str = "values") -> tuple[str, ...]:
    """The strings of ``const name = [ ... ]``."""
    found = re.search(rf"const {name} = \[(.*?)\n?\s*\];", text, re.DOTALL)
    return tuple(strings(found[1])) if found else ()
