"""Another distribution adds a check, a gatherer and a fact; a doubled id stops the start."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.demo.range import Range
from tests.conftest import Govscan, reaching

pytestmark = pytest.mark.xdist_group("families")

PLUGIN = Path(__file__).parent / "plugin"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
ENTRY = "[govscan.plugins]\nacme = {module}\n"


def _install(folder: Path, *, name: str, package: str, module: str) -> None:
    """Install a distribution as an installer would: its package, and its metadata beside it."""
    shutil.copytree(PLUGIN / "acme_govscan", folder / package)
    metadata = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(METADATA.format(name=name))
    (metadata / "entry_points.txt").write_text(ENTRY.format(module=module))
    (metadata / "top_level.txt").write_text(f"{package}\n")


@pytest.fixture
def with_plugin(govscan: Govscan, tmp_path: Path) -> Govscan:
    folder = tmp_path / "site"
    folder.mkdir()
    _install(folder, name="acme-govscan", package="acme_govscan", module="acme_govscan.robots")
    govscan.environment["PYTHONPATH"] = f"{folder}:{Path(__file__).parents[1]}"
    return govscan


def test_the_plugin_can_be_packaged(tmp_path: Path) -> None:
    text = (PLUGIN / "pyproject.toml").read_text()
    assert 'acme = "acme_govscan.robots"' in text
    run = subprocess.run(
        [sys.executable, "-c", "import acme_govscan.robots as r; print(r.acme_addresses.id)"],
        cwd=PLUGIN,
        env={"PYTHONPATH": f"{PLUGIN}:{Path(__file__).parents[1]}"},
        capture_output=True,
        check=True,
    )
    assert run.stdout.strip() == b"acme-addresses"


def test_it_adds_a_check_a_gatherer_and_a_fact(with_plugin: Govscan, government: Range) -> None:
    assert "acme-addresses" in with_plugin("checks", "list").out
    ran = with_plugin(
        "scan",
        "standards.example",
        *reaching(government),
        *("--check", "acme-addresses", "--output", "report", "--quiet"),
    )
    assert ran.code == 3, ran.err  # it is only recommended: nothing required was assessed
    document = json.loads((with_plugin.folder / "report" / "run.json").read_bytes())
    (target,) = document["targets"]
    assert [one["outcome"] for one in target["findings"]] == ["pass"]
    assert [(one["name"], one["value"]) for one in target["facts"]] == [("acme.addresses", 2)]
    assert {one["kind"] for one in target["observations"]} == {"HostAddresses", "AddressCount"}


def test_a_doubled_id_stops_the_start_and_names_both(with_plugin: Govscan, tmp_path: Path) -> None:
    copy = tmp_path / "site" / "copy_of_acme"
    copy.mkdir()
    (copy / "__init__.py").write_text('"""A copy."""\n')
    text = (PLUGIN / "acme_govscan" / "robots.py").read_text()
    text = text.replace("class AddressCount", "class AddressTally").replace(
        "AddressCount", "AddressTally"
    )
    (copy / "robots.py").write_text(text)
    metadata = tmp_path / "site" / "copy_of_acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(METADATA.format(name="copy-of-acme"))
    (metadata / "entry_points.txt").write_text("[govscan.plugins]\ncopy = copy_of_acme.robots\n")
    ran = with_plugin("checks", "list")
    assert ran.code == 5
    assert "acme-addresses" in ran.err
    assert "acme_govscan.robots" in ran.err
    assert "copy_of_acme.robots" in ran.err


def test_another_owner_of_our_package_names_stops_the_start(
    govscan: Govscan, tmp_path: Path
) -> None:
    metadata = tmp_path / "site" / "checks_lib-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(METADATA.format(name="checks-lib"))
    (metadata / "top_level.txt").write_text("checks\n")
    (metadata / "RECORD").write_text("checks/__init__.py,,\n")
    govscan.environment["PYTHONPATH"] = f"{tmp_path / 'site'}:{Path(__file__).parents[1]}"
    ran = govscan("scan", "agency.example")
    assert ran.code == 5
    assert "checks-lib" in ran.err
