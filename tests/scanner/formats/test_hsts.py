"""HSTS as a browser reads it (RFC 6797 6.1)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import hsts
from scanner.formats.error import FormatError

VECTORS = json.loads(
    (Path(__file__).parents[2] / "data" / "web" / "hsts_vectors.json").read_bytes()
)["cases"]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_vector(case: dict[str, Any]) -> None:
    expected = case["expected"]
    first = case["lines"][0] if case["lines"] else None
    seen = hsts.effective(first)
    assert (seen is not None) is expected["effective"]
    if seen is not None:
        assert seen.max_age == expected["max_age"]
        assert seen.include_subdomains is expected["include_subdomains"]
        assert seen.preload is expected["preload"]


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("includeSubDomains=1; max-age=1", "includeSubDomains takes no value"),
        ("max-age", "max-age is missing"),
        ("max-age=-1", "not a number"),
        ("max-age=1 includeSubDomains", "not what the grammar allows"),
        ("max-age=1, max-age=2", "not what the grammar allows"),
        ("max-age=1; MAX-AGE=1", "given twice"),
        ('max-age="1', "not what the grammar allows"),
        ("", "max-age is missing"),
    ],
)
def test_ignored(field: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        hsts.parse(field)
    assert hsts.effective(field) is None


def test_quoted_text_is_unescaped() -> None:
    assert hsts.parse(r'x="a\";max-age=9"; max-age="\7" ;; ').max_age == 7


def test_no_field_and_zero_are_no_policy() -> None:
    assert hsts.effective(None) is None
    assert hsts.effective("max-age=0") is None


def test_a_number_too_large_for_json_readers_is_shown_as_the_largest() -> None:
    assert hsts.shown(10**30) == 1 << 53


@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_a_reason(field: str) -> None:
    try:
        assert hsts.parse(field).max_age >= 0
    except FormatError as error:
        said = error.message.text
        assert said
