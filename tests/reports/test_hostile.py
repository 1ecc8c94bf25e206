"""What a server sent is shown and not run: in pages, in spreadsheets, in terminals."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import html
from reports.export import findings_csv, run_json
from reports.view.text import defused
from scanner.assessment import Assessment, Status
from scanner.control.baseline import rfc_baseline
from scanner.control.judgement import ControlVerdict
from scanner.control.judging import Bench, Judging
from scanner.control.waiver import Notice
from scanner.finding import Finding, Outcome, Severity, fingerprint
from scanner.message import Message
from scanner.registry import load
from scanner.run import Run, RunStatus, Vantage
from scanner.targets import Agency, Inventory, target

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CHECKS = load().checks
SCRIPT = "<script>alert(1)</script>"
ESCAPE = "\x1b[31mred\x07"
BIDI = "abc\u202egnp.exe"
FORMULA = '=HYPERLINK("http://x.test","a")'


class Fake:
    """A run with one agency and one finding."""

    def __init__(self, sent: str, name: str = "Agency") -> None:
        self._sent = sent
        self.inventory = Inventory((target("a.example", "a"),), (Agency("a", name, name, name),))
        self.checks = CHECKS
        baseline = rfc_baseline(CHECKS.values(), version="1")
        self.judging = Judging((baseline,), {baseline.id: baseline}, NOW.date())
        self.profiles = self.judging.profiles
        self.unscanned: tuple[Any, ...] = ()
        self.run = Run(
            id="r",
            lineage=name,
            sequence=1,
            began=NOW,
            status=RunStatus.FINISHED,
            tool_version="1",
            rule_set="x",
            checks=tuple(CHECKS),
            deselected=(),
            options={},
            vantage=Vantage(),
            authorised_by=name,
            contact=name,
            user_agent="govscan/1",
            inventory="i",
        )

    @property
    def bench(self) -> Bench:
        return Bench(self.run, self.inventory, self.judging)

    def verdicts(self, one: Assessment, only: str = "") -> tuple[ControlVerdict, ...]:
        return self.judging.judge().domain(self.bench.evidence(one), only)

    def unknown(self, host: str, agency: str, only: str = "") -> tuple[ControlVerdict, ...]:
        return self.judging.judge().domain(self.bench.nothing(host, agency), only)

    extractor_version = "1"
    evidence_sha256 = "e"
    accepts_waivers = False
    shows_evidence_as_findings = False

    def before(self, host: str) -> dict[tuple[str, str], ControlVerdict]:
        return {}

    def cause(self, host: str, today: ControlVerdict) -> str:
        return ""

    def first_seen(self, host: str) -> dict[str, datetime]:
        return {}

    def is_retired(self, host: str) -> bool:
        return self.bench.is_retired(host)

    def notices(self) -> tuple[Notice, ...]:
        return ()

    def outcomes(self) -> Iterator[Assessment]:
        return self.assessments()

    def assessments(self, *, agency: str = "") -> Iterator[Assessment]:
        message = Message("It sends {what}.", {"what": self._sent})
        finding = Finding(
            check="hsts-syntax",
            target="a.example",
            subject="web:a.example:443",
            outcome=Outcome.FAIL,
            severity=Severity.LOW,
            message=message,
            text=message.text,
            evidence=(self._sent,),
            detail=self._sent,
            at=NOW,
            fingerprint=fingerprint(
                check="hsts-syntax", target="a.example", subject="web:a.example:443", item=""
            ),
        )
        if agency in {"", "a"}:
            yield Assessment("a.example", "a", NOW, NOW, Status.ASSESSED, (), (finding,), ())


def _pages(source: Fake, folder: Path) -> str:
    html.write(source, folder)
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))


@pytest.mark.parametrize("sent", [SCRIPT, "'\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}"])
def test_markup_is_text(tmp_path: Path, sent: str) -> None:
    pages = _pages(Fake(sent, name=sent), tmp_path)
    assert "<script" not in pages
    assert "<img" not in pages
    if "{{" in sent:
        assert "{{ 7 * 7 }}" in pages


def test_control_and_bidi_characters_are_made_visible(tmp_path: Path) -> None:
    pages = _pages(Fake(ESCAPE + BIDI), tmp_path)
    assert "\x1b" not in pages
    assert "\u202e" not in pages
    assert "\\x1b" in pages
    assert "\\u202e" in pages


def test_cells_do_not_run() -> None:
    out = io.BytesIO()
    findings_csv.write(Fake(FORMULA, name=FORMULA), out.write)
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode())))
    assert rows[0]["agency"] == "'" + FORMULA
    assert rows[0]["evidence"] == "'" + FORMULA


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_every_start_that_runs_is_defused(start: str) -> None:
    out = io.BytesIO()
    findings_csv.write(Fake(start + "x"), out.write)
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    assert row["evidence"].startswith("'")


def test_the_document_keeps_what_was_sent() -> None:
    out = io.BytesIO()
    run_json.write(Fake(SCRIPT + ESCAPE), out.write)
    document = json.loads(out.getvalue())
    (finding,) = document["targets"][0]["findings"]
    assert finding["evidence"] == [SCRIPT + ESCAPE]


@given(st.text(max_size=600))
def test_any_text_is_made_harmless(text: str) -> None:
    shown = defused(text)
    assert not any(ord(char) < 32 and char not in "\n\t" for char in shown)
    assert "\u202e" not in shown
