"""What other programs make of our exports; each in an environment of its own (make second)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from reports.export import ocsf, oscal
from tests.reports.export.material import Judged
from tests.reports.export.test_formats import Write, truth, written

PYTHON = Path(__file__).parents[3] / ".venv" / "second" / "bin" / "python"
TRESTLE = """
import sys
from trestle.oscal.{module} import Model
made = Model.model_validate_json(open(sys.argv[1]).read())
print(sum(len(one.observations) for one in made.assessment_results.results) if {counts} else 0)
"""
OCSF = """
import sys
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
print(len([ComplianceFinding.model_validate_json(line) for line in open(sys.argv[1])]))
"""


def asked(program: str, path: Path) -> str:
    """What the other program prints; without it the test says why it is skipped."""
    if not PYTHON.exists():
        why = "other programs that read our exports are not installed (make second)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", program, path],
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    ("write", "module"),
    [(oscal.write, "assessment_results"), (oscal.write_plan, "assessment_plan")],
)
def test_trestle_reads_what_we_write(tmp_path: Path, write: Write, module: str) -> None:
    source = Judged(("a.example", "b.example"))
    path = tmp_path / "oscal.json"
    path.write_bytes(written(write, source))
    counts = module == "assessment_results"
    said = asked(TRESTLE.format(module=module, counts=counts), path)
    assert said == str(truth(source).total() if counts else 0)


def test_trestle_refuses_a_state_that_there_is_not(tmp_path: Path) -> None:
    path = tmp_path / "oscal.json"
    path.write_bytes(written(oscal.write, Judged()).replace(b"not-satisfied", b"unknown"))
    with pytest.raises(AssertionError, match="satisfied"):
        asked(TRESTLE.format(module="assessment_results", counts=True), path)


def test_ocsf_models_read_what_we_write(tmp_path: Path) -> None:
    source = Judged(("a.example", "b.example"))
    path = tmp_path / "events.ndjson"
    path.write_bytes(written(ocsf.write, source))
    assert asked(OCSF, path) == str(truth(source).total())
