"""A new check is one file: the one that CONTRIBUTING shows is made, found, run and documented."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from scanner.demo.range import Range
from tests.conftest import Govscan, reaching

pytestmark = pytest.mark.xdist_group("runs")

ROOT = Path(__file__).parents[1]


def _shown() -> tuple[str, str]:
    """Path and text of the check in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(r"`(checks/[a-z]+/[a-z_]+\.py)`:\n\n```python\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1], found[2]


def test_the_check_of_contributing_works(
    govscan: Govscan, government: Range, tmp_path: Path
) -> None:
    path, text = _shown()
    copy = tmp_path / "copy"
    for package in ("scanner", "checks", "reports"):
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    (copy / path).write_text(text, encoding="utf-8")
    govscan.environment["PYTHONPATH"] = str(copy)
    assert "title-present" in govscan("checks", "list").out
    assert "gb-title-present" in govscan("profiles", "show").out
    ran = govscan(
        "scan",
        "standards.example",
        *reaching(government),
        *("--check", "title-present", "--output", "report", "--quiet"),
    )
    assert ran.code == 3, ran.err
    document = json.loads((govscan.folder / "report" / "run.json").read_bytes())
    outcomes = {one["outcome"] for one in document["targets"][0]["findings"]}
    assert outcomes == {"pass", "not-applicable"}  # www answers by a redirect, which is no page
    page = next((govscan.folder / "report" / "agency").glob("*.html"))
    assert "The page has a title" in page.read_text(encoding="utf-8")
