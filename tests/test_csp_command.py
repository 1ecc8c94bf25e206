"""``govscan csp``: a policy explained from an argument or standard input, as text and as JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scanner.cli.csp import csp_command
from tests.conftest import Govscan


def _run(*arguments: str, given: str = "") -> tuple[int, str]:
    ran = CliRunner().invoke(csp_command, [*arguments], input=given)
    return ran.exit_code, ran.output


def test_an_argument() -> None:
    code, said = _run("script-src 'self' 'unsafe-inline'; img-src self")
    assert code == 0
    assert "yes run a script that he writes into the page: 'unsafe-inline' in script-src" in said
    assert "img-src: self lacks its single quotes" in said
    assert "'nonce-{RANDOM}'" in said


def test_header_lines_from_standard_input() -> None:
    lines = "content-security-policy: script-src 'self'\nContent-Security-Policy: script-src *\n"
    code, said = _run(given=lines)
    assert code == 0
    assert "Policy 2 of 2 (enforced)" in said
    assert "no  run a script from a server of his own" in said
    assert _run("-", given=lines) == (code, said)


def test_a_policy_that_only_reports() -> None:
    _, said = _run("Content-Security-Policy-Report-Only: script-src 'self'")
    assert "yes run a script that he writes into the page: no policy is enforced (the one" in said


def test_json() -> None:
    code, said = _run("default-src 'none'", "--json")
    found = json.loads(said)
    assert code == 0
    assert found["policies"][0]["lines"][0] == {
        "name": "default-src",
        "words": [{"text": "'none'", "kind": "none"}],
    }
    assert {one["check"] for one in found["attacker"]} >= {"csp-inline-script", "csp-base-uri"}


def test_a_page_s_own_policy() -> None:
    _, said = _run("frame-ancestors 'none'; default-src 'self'", "--meta")
    assert "frame-ancestors has no effect in a page's own policy" in said


@pytest.mark.parametrize("text", ["", "  ", ";;", ","])
def test_nothing_is_a_usage_error(text: str) -> None:
    code, said = _run(given=text)
    assert code == 2
    assert "no directive was found" in said


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    _, said = _run("img-src \x1b[31m\u202e; x\x07y")
    assert "\x1b" not in said
    assert "\u202e" not in said


@given(st.text(max_size=200))
def test_any_text_is_explained_or_refused(text: str) -> None:
    code, _ = _run(given=text)
    assert code in {0, 2}


def test_as_a_program(govscan: Govscan) -> None:
    ran = govscan("csp", "default-src 'self'")
    assert ran.code == 0
    assert "A better policy" in ran.out
