"""Judged again: without a packet, the same bytes, under any profile, with waivers and people."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from scanner.cli.main import main
from tests.conftest import Scanned

pytestmark = pytest.mark.xdist_group("practice")

NORMS = ("rfc-baseline", "bod-18-01", "ism-2025-12", "nist-800-53r5", "mozilla-intermediate")
FEW = ("police.example", "standards.example", "transport.example")
Call = Callable[..., Result]


@pytest.fixture
def offline(scanned: Scanned, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command line in this process, where no socket can be opened."""

    def refuse(*_: object, **__: object) -> NoReturn:
        message = "a socket was asked for"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.chdir(scanned.govscan.folder)

    def call(*arguments: str) -> Result:
        environment = {"GOVSCAN_DATA_DIR": str(scanned.govscan.folder / "data")}
        return CliRunner(env=environment).invoke(main, arguments)

    return call


@pytest.fixture
def few(offline: Call) -> str:
    """The file of a run with three of its targets: what is looked at again and again."""
    offline("export", "latest", "--output", "few.json")
    path = Path("few.json")
    document = json.loads(path.read_bytes())
    document["targets"] = [one for one in document["targets"] if one["host"] in FEW]
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def judged(ran: Result, code: int | None = None) -> dict[str, Any]:
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    assert code is None or ran.exit_code == code, ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


def verdict(document: dict[str, Any], domain: str, control: str) -> dict[str, Any]:
    (row,) = [one for one in document["domains"] if one["name"] == domain]
    (found,) = [one for one in row["controls"] if one["control"] == control]
    assert isinstance(found, dict)
    return found


def _all() -> tuple[str, ...]:
    return tuple(word for name in NORMS for word in ("--profile", name))


def test_twice_is_the_same_bytes_and_a_file_is_as_good_as_the_store(offline: Call) -> None:
    first = offline("rejudge", "latest", *_all(), "--json")
    second = offline("rejudge", "latest", *_all(), "--json")
    assert first.exit_code == 1
    assert first.stdout == second.stdout
    offline("export", "latest", "--output", "kept.json")
    assert offline("rejudge", "kept.json", *_all(), "--json").stdout == first.stdout


def test_when_nothing_changed_it_is_what_the_run_itself_says(offline: Call) -> None:
    again = offline("rejudge", "latest", "--json").stdout
    assert again == offline("export", "latest", "--format", "judgement").stdout


def test_findings_are_derived_anew_by_the_checks_of_today(
    offline: Call, few: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checks.web.hsts_max_age import hsts_max_age  # noqa: PLC0415 - changed below
    from scanner import failed, registry  # noqa: PLC0415

    stricter = registry.load()
    from dataclasses import replace  # noqa: PLC0415

    changed = replace(hsts_max_age, judge=lambda *_: failed("We read it otherwise today."))
    found = replace(stricter, checks={**stricter.checks, "hsts-max-age": changed})
    monkeypatch.setattr(registry, "load", lambda: found)
    ran = offline("rejudge", few, "--json")
    assert verdict(judged(ran), "standards.example", "gb-hsts-max-age")["verdict"] == "fail"


def test_several_profiles_and_where_they_differ(offline: Call, few: str) -> None:
    document = judged(offline("rejudge", few, *_all(), "--json"))
    assert [one["id"] for one in document["profiles"]] == list(NORMS)
    standards = next(one for one in document["domains"] if one["name"] == "standards.example")
    assert standards["differences"]
    (agency,) = [one for one in document["agencies"] if one["domains"] and "standards" in one["id"]]
    states = {one["profile"]: one["headline"] for one in agency["standings"]}
    assert states["rfc-baseline"] != "not-compliant"
    assert states["nist-800-53r5"] == "evidence-only"


WAIVER = """
schema_version: 1
waivers:
  - id: W-1
    profile: rfc-baseline
    targets: [transport.example]
    controls: [gb-dangling-cname]
    kind: remediation-scheduled
    reason: "The campaign's name is taken out of the zone on Friday."
    approved_by: "CISO"
    approved_on: "{since}"
    expires_on: "{until}"
"""


def _waiver(scanned: Scanned, since: str, until: str) -> str:
    path = scanned.govscan.folder / f"waivers-{since}.yaml"
    path.write_text(WAIVER.format(since=since, until=until), encoding="utf-8")
    return str(path)


def test_a_waiver_lives_and_ends(offline: Call, few: str, scanned: Scanned) -> None:
    began = judged(offline("export", "latest", "--format", "judgement"))["as_of"]
    year = int(began[:4])
    path = _waiver(scanned, f"{year}-01-01", f"{year}-12-31")
    control = "gb-dangling-cname"
    for day, waived in (
        (f"{year}-01-01", "W-1"),
        (f"{year}-12-30", "W-1"),
        (f"{year - 1}-12-31", None),
        (f"{year}-12-31", None),
    ):
        document = judged(offline("rejudge", few, "--as-of", day, "--waivers", path, "--json"))
        found = verdict(document, "transport.example", control)
        assert (found["verdict"], found["waived"]) == ("fail", waived), day
        kinds = {one["kind"] for one in document["notices"]}
        assert ("waiver-expired" in kinds) is (day == f"{year}-12-31")
        assert ("waiver-expires-soon" in kinds) is (day == f"{year}-12-30")
    assert document["waivers"]["count"] == 1


def test_old_evidence_proves_no_pass(offline: Call, few: str) -> None:
    document = judged(offline("rejudge", few, "--as-of", "2030-01-01", "--json"))
    verdicts = {one["verdict"] for each in document["domains"] for one in each["controls"]}
    assert "pass" not in verdicts
    hsts = verdict(document, "police.example", "gb-hsts-max-age")
    assert (hsts["verdict"], hsts["is_old"]) == ("fail", True)
    stale = verdict(document, "standards.example", "gb-hsts-max-age")
    assert stale["reasons"][0]["code"] == "stale-evidence"


def test_the_gate_decides_the_code(offline: Call) -> None:
    assert offline("rejudge", "latest", "--gate", "rfc-baseline", "--quiet").exit_code == 1
    assert offline("rejudge", "latest", "--gate", "bod-18-01").exit_code == 2
    assert offline("rejudge", "latest", "--as-of", "tomorrow").exit_code == 2
    assert offline("rejudge", "no-such-run").exit_code == 2
    evidence = ("--profile", "nist-800-53r5")
    assert offline("rejudge", "latest", *evidence, "--quiet").exit_code == 3


def test_a_report_of_every_profile(offline: Call, scanned: Scanned) -> None:
    ran = offline("rejudge", "latest", *_all(), "--output", "again-all", "--quiet")
    assert ran.exit_code == 1
    folder = scanned.govscan.folder / "again-all"
    index = (folder / "index.html").read_text(encoding="utf-8")
    page = next((folder / "agency").glob("*standards*.html")).read_text(encoding="utf-8")
    for name in NORMS:
        assert name in index
        assert f'id="p-{name}"' in page
    assert "Passes here, fails there" in page
    assert json.loads((folder / "judgement.json").read_bytes())["schema_version"] == 1


def test_explain_shows_facts_and_command(offline: Call) -> None:
    ran = offline("explain", "gb-hsts-max-age", "latest", "--domain", "police.example")
    assert ran.exit_code == 0, ran.stderr
    assert "Not met" in ran.stdout
    assert "hsts-max-age" in ran.stdout
    assert "$ curl" in ran.stdout
    assert "sha256:" in ran.stdout
    assert offline("explain", "no-such-control").exit_code == 2


@pytest.mark.parametrize("text", ["", "{", '{"schema_version":1}', '{"schema_version":1,"run":3}'])
def test_a_file_that_is_no_run_is_refused(offline: Call, tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    assert offline("rejudge", str(path)).exit_code == 2


def test_a_broken_profile_is_refused_with_its_place(offline: Call, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("schema_version: 1\nid: own\non: no\n", encoding="utf-8")
    ran = offline("rejudge", "latest", "--profile", str(path))
    assert ran.exit_code == 2
    assert "own.yaml:3:1" in ran.stderr
