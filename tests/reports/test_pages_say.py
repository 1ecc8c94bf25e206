"""What an agency's page says of causes and of deadlines."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from reports import html
from scanner.finding import Finding, Outcome
from tests.reports.export.material import Judged, made_finding


@pytest.fixture
def page(tmp_path: Path) -> str:
    """The page of an agency without a content security policy, and with an old failure."""
    html.write(Judged(findings=_found), tmp_path)
    return (tmp_path / "agency" / "agency.html").read_text(encoding="utf-8")


def _found(host: str) -> tuple[Finding, ...]:
    root = made_finding(host, "csp-presence", Outcome.FAIL, "no policy")
    child = made_finding(host, "csp-object", Outcome.FAIL, "no policy")
    alone = made_finding(host, "csp-eval", Outcome.FAIL, "unsafe-eval")
    old = made_finding(host, "hsts-max-age", Outcome.FAIL, "max-age=1")
    return (root, replace(child, cause="csp-presence"), replace(alone, cause="csp-syntax"), old)


def test_what_fails_with_its_cause_is_shown_there_once(page: str) -> None:
    assert 'id="c-csp-presence"' in page
    assert 'id="c-csp-object"' not in page
    (child,) = (one for one in _found("a.example") if one.check == "csp-object")
    assert page.count(f'id="f-{child.fingerprint}"') == 1
    assert "Remedied with it" in page


def test_what_fails_while_its_cause_does_not_stands_for_itself(page: str) -> None:
    assert 'id="c-csp-eval"' in page


def test_a_deadline_that_is_past_is_shown(page: str) -> None:
    said = "a.example: first seen to fail on 2026-10-20, to be remedied by 2026-11-19"
    assert f"{said} (overdue by 5 days)" in page
    assert ">Overdue</span>" in page
