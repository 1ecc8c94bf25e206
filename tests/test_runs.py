"""What happens to a run: killed, interrupted, resumed, refused, without leave."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.range import Range
from tests.conftest import AUTHORISED, Govscan, reaching

pytestmark = pytest.mark.xdist_group("runs")

HEALTHY = ("standards.example", "police.example", "revenue.example", "health.example")
MORE = ("education.example", "transport.example", "courts.example", "post.example")
SLOW = "archives.example"
SKIP = ("--skip", "exposure")


def _findings(govscan: Govscan) -> dict[str, Any]:
    """Every finding of the latest run: what it says, not when, nor at which invented names.

    Words may differ: an issuer that another server sent before is known by name.
    """
    document = json.loads(govscan("export", "latest").out)
    return {
        one["fingerprint"]: (one["outcome"], one["severity"], one.get("reason"))
        for each in document["targets"]
        for one in each["findings"]
    }


def _kept(folder: Path) -> int:
    store = next((folder / "data").glob("*.db"), None)
    if store is None:
        return 0
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5) as connection:
        try:
            return int(connection.execute("select count(*) from run_target").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def _started(
    govscan: Govscan, made: Range, *, also: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    targets = (*HEALTHY, *MORE, *also)
    return subprocess.Popen(
        govscan.command(
            "scan",
            *targets,
            *reaching(made),
            *SKIP,
            *("--audit", "killed", "--workers", "1", "--quiet"),
        ),
        cwd=govscan.folder,
        env=govscan.environment,
    )


def _wait_for(govscan: Govscan, least: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while _kept(govscan.folder) < least:
        assert time.monotonic() < until
        assert process.poll() is None, "it ended before it could be stopped"
        time.sleep(0.02)


def test_a_killed_run_is_resumed_to_the_same_findings(government: Range, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    undisturbed, killed = Govscan(tmp_path / "a"), Govscan(tmp_path / "b")
    targets = (*HEALTHY, *MORE)
    options = (*reaching(government), *SKIP, "--audit", "killed", "--quiet")
    assert undisturbed("scan", *targets, *options).code == 1
    process = _started(killed, government)
    _wait_for(killed, 3, process)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    kept = _kept(tmp_path / "b")
    assert 3 <= kept < len(targets)
    shown = json.loads(killed("runs", "show", "--json").out)
    assert shown["status"] == "running"
    resumed = killed("scan", "--resume", "latest", "--quiet")
    assert resumed.code == 1, resumed.err
    assert json.loads(killed("runs", "show", "--json").out)["status"] == "finished"
    assert _findings(killed) == _findings(undisturbed)


def test_an_interrupted_run_keeps_what_was_kept(government: Range, govscan: Govscan) -> None:
    process = _started(govscan, government, also=(SLOW,))
    _wait_for(govscan, 1, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    shown = json.loads(govscan("runs", "show", "--json").out)
    assert shown["status"] == "interrupted"
    report = govscan("report", "latest", "--output", "partial")
    assert report.code == 0
    page = (govscan.folder / "partial" / "index.html").read_text(encoding="utf-8")
    assert "the run was interrupted before its turn" in page


def test_two_scans_of_one_audit_are_kept_apart(government: Range, govscan: Govscan) -> None:
    process = _started(govscan, government, also=(SLOW,))
    try:
        _wait_for(govscan, 1, process)
        second = govscan(
            "scan", "standards.example", *reaching(government), "--audit", "killed", "--quiet"
        )
        assert second.code == 6
        assert f"pid {process.pid}" in second.err
    finally:
        for _ in range(2):  # once: those in flight have their grace; twice: at once
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        assert process.wait(20) == 143


def test_without_leave_nothing_is_probed_and_the_exit_code_is_untouched(
    government: Range, govscan: Govscan
) -> None:
    ran = govscan("scan", "standards.example", *reaching(government), "--output", "report")
    assert ran.code == 0, ran.out + ran.err
    assert ran.err.count("nobody authorised it") == 1
    document = json.loads((govscan.folder / "report" / "run.json").read_bytes())
    probes = [
        one
        for one in document["targets"][0]["findings"]
        if one["check"] in {"environment-file", "database-dump"}
    ]
    assert probes
    assert {one["reason"] for one in probes} == {"not-authorised"}
    page = next((govscan.folder / "report" / "agency").glob("*.html"))
    assert "These are asked for only with leave" in page.read_text(encoding="utf-8")


def test_the_gate_moves_the_exit_code(government: Range, govscan: Govscan) -> None:
    common = ("scan", "standards.example", *reaching(government), "--quiet")
    assert govscan(*common, *SKIP).code == 0
    assert govscan(*common, *SKIP, "--fail-on", "recommended").code == 1
    assert govscan(*common, *SKIP, "--gate", "rfc-baseline:recommended").code == 1
    assert govscan(*common, *SKIP, "--fail-on", "low").code == 1
    assert govscan(*common, *SKIP, "--fail-on", "medium").code == 0


def test_what_is_unknown_is_exit_code_3(government: Range, govscan: Govscan) -> None:
    ran = govscan("scan", "tourism.example", *reaching(government), "--quiet", *SKIP)
    assert ran.code == 3


def test_only_what_is_asked_for_is_gathered(government: Range, govscan: Govscan) -> None:
    ran = govscan(
        "scan",
        "standards.example",
        *reaching(government),
        *("--check", "dmarc-policy", "--output", "report", "--quiet"),
    )
    assert ran.code == 0
    document = json.loads((govscan.folder / "report" / "run.json").read_bytes())
    (target,) = document["targets"]
    assert {one["kind"] for one in target["observations"]} == {"DmarcRecords"}
    assert {one["check"] for one in target["findings"]} == {"dmarc-policy"}
    assert document["run"]["deselected"]


def test_private_addresses_are_refused_unless_allowed(government: Range, govscan: Govscan) -> None:
    options = list(reaching(government))
    at = options.index("--allow-network")
    del options[at : at + 2]
    ran = govscan("scan", "standards.example", *options, "--output", "report", "--quiet")
    assert ran.code == 3
    document = json.loads((govscan.folder / "report" / "run.json").read_bytes())
    web = [
        one
        for one in document["targets"][0]["findings"]
        if one["subject"] == "web:standards.example:443"
    ]
    assert {one["reason"] for one in web} <= {"out-of-scope", "not-authorised"}


def test_a_dead_resolver_is_no_report_of_unknowns(govscan: Govscan) -> None:
    ran = govscan("scan", "agency.example", "--resolver", "127.0.0.1:9", "--output", "report")
    assert ran.code == 5
    assert "nothing was scanned" in ran.err
    assert not (govscan.folder / "report").exists()


def test_a_hosts_file_takes_the_place_of_dns(government: Range, govscan: Govscan) -> None:
    (govscan.folder / "hosts").write_text("127.80.0.1 standards.example www.standards.example\n")
    if government.shares_one_address:
        pytest.skip("this system has one loopback address")
    options = reaching(government)
    at = options.index("--resolver")
    options[at + 1] = "127.0.0.1:9"
    ran = govscan(
        "scan",
        "standards.example",
        *options,
        *("--hosts", "hosts", "--check", "hsts-presence", "--check", "tls-versions", "--quiet"),
    )
    assert ran.code == 0, ran.err


def test_targets_from_standard_input_and_subdomains(government: Range, govscan: Govscan) -> None:
    (govscan.folder / "more.txt").write_text("www.standards.example\nmail.standards.example\n")
    ran = govscan(
        "scan",
        "-",
        *reaching(government),
        *("--subdomains", "more.txt", "--check", "spf-presence", "--quiet"),
        given="[Practice]\nstandards.example\n",
    )
    assert ran.code in {0, 1}
    shown = json.loads(govscan("runs", "show", "--json").out)
    assert shown["lineage"] == "standard input"


def test_the_authorisation_and_contact_may_come_from_the_configuration(
    government: Range, govscan: Govscan
) -> None:
    (govscan.folder / "govscan.toml").write_text(
        f'[scan]\nauthorised-by = "{AUTHORISED}"\ncontact = "mailto:a@b.example"\n'
    )
    ran = govscan(
        "scan",
        "land.example",
        *reaching(government),
        *("--check", "environment-file", "--quiet"),
    )
    assert ran.code == 1
    shown = json.loads(govscan("runs", "show", "--json").out)
    assert shown["authorised_by"] == AUTHORISED
    assert "mailto:a@b.example" in shown["user_agent"]
    environment = {**govscan.environment, "GOVSCAN_CONTACT": "mailto:env@b.example"}
    other = Govscan(govscan.folder)
    other.environment = environment
    other("scan", "land.example", *reaching(government), "--check", "spf-presence", "--quiet")
    assert "env@b.example" in json.loads(other("runs", "show", "--json").out)["user_agent"]


def test_leave_may_stand_in_the_target_file(government: Range, govscan: Govscan) -> None:
    (govscan.folder / "t.txt").write_text(
        "[Land]\nauthorised_by = Letter 12\nland.example\n[Standards]\nstandards.example\n"
    )
    options = ("--check", "environment-file", "--output", "report", "--quiet")
    ran = govscan("scan", "t.txt", *reaching(government), *options)
    assert ran.code == 1, ran.err
    document = json.loads((govscan.folder / "report" / "run.json").read_bytes())
    outcomes = {
        each["host"]: {(one["outcome"], one.get("reason")) for one in each["findings"]}
        for each in document["targets"]
    }
    # www.land.example is the same site at the same address: it is not asked twice.
    assert outcomes["land.example"] == {("fail", None), ("not-applicable", None)}
    assert outcomes["standards.example"] == {("inconclusive", "not-authorised")}
