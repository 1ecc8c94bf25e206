"""Two audits of one site: the second compares its page with the first's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.demo.range import Range
from tests.conftest import Govscan, reaching

pytestmark = pytest.mark.xdist_group("families")

DRIFT = ("content-drift", "defacement-signs", "script-drift", "web-spam")


def _outcomes(govscan: Govscan, government: Range, name: str) -> dict[str, str]:
    ran = govscan(
        "scan",
        "standards.example",
        *reaching(government),
        *(word for one in DRIFT for word in ("--check", one)),
        *("--audit", "drift", "--output", name),
    )
    assert ran.code in {0, 1, 3}, ran.err
    document = json.loads((Path(govscan.folder) / name / "run.json").read_bytes())
    found = document["targets"][0]["findings"]
    return {
        one["check"]: one["outcome"]
        for one in found
        if one["check"] in DRIFT and one["subject"] == "web:standards.example:443"
    }


def test_the_second_audit_compares_with_the_first(govscan: Govscan, government: Range) -> None:
    assert _outcomes(govscan, government, "first") == dict.fromkeys(DRIFT, "not-applicable")
    assert _outcomes(govscan, government, "second") == dict.fromkeys(DRIFT, "pass")
