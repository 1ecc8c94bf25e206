"""Strict-Transport-Security, clause by clause (RFC 6797 6.1, 6.1.1, 6.1.2, 8.1)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import hsts
from scanner.formats.error import FormatError

CASES = json.loads((Path(__file__).parents[2] / "data" / "web" / "hsts_vectors.json").read_bytes())[
    "cases"
]


def _read(field: str) -> hsts.Hsts | None:
    try:
        return hsts.parse(field)
    except FormatError:
        return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_first_line_reads_as_the_vector_says(case: dict[str, Any]) -> None:
    expected, first = case["expected"], case["lines"][0]
    made = _read(first)
    assert (made is not None) is expected["conforming"]
    assert (hsts.effective(first) is not None) is expected["effective"]
    if made:
        assert made.max_age == expected["max_age"]
        assert made.include_subdomains is expected["include_subdomains"]
        assert made.preload is expected["preload"]


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ('includesubdomains;MAX-AGE="40000000"', hsts.Hsts(40_000_000, include_subdomains=True)),
        ('note="x;max-age=5"; max-age=50000000', hsts.Hsts(50_000_000)),
        ("max-age \t=\t 5\t;\tpreload ", hsts.Hsts(5, preload=True)),
        ("max-age=007", hsts.Hsts(7)),
        (r'max-age="\4\2"', hsts.Hsts(42)),
        ("max-age=1; unknown; other=2", hsts.Hsts(1)),
        (";;;max-age=1;;;", hsts.Hsts(1)),
    ],
)
def test_conforming(field: str, made: hsts.Hsts) -> None:
    assert hsts.parse(field) == made
    assert hsts.effective(field) == made


@pytest.mark.parametrize(
    "field",
    [
        "max-age=31536000.0",
        "max-age=1year",
        "max-age=",
        'max-age=""',
        'max-age=" 5"',
        "max-age=+5",
        "max-age=\u0665",
        "max-age",
        "maxage=5",
        'note="max-age=5"',
        "max-age=5; x=1; X=2",
        "max-age=5; preload; preload",
        'max-age=5; includeSubDomains=""',
        "max-age=5 preload",
        "max-age=5; (comment)",
        'max-age=5; x="open',
        'max-age=5; x="1"2',
        "max-age=5; x=a=b",
        "=5; max-age=5",
        "max-age=5; caf\u00e9",
        " ",
    ],
)
def test_the_whole_field_is_ignored(field: str) -> None:
    with pytest.raises(FormatError):
        hsts.parse(field)
    assert hsts.effective(field) is None


def test_nothing_is_noted_without_a_field_or_with_zero() -> None:
    assert hsts.parse("max-age=0; includeSubDomains").max_age == 0
    assert hsts.effective("max-age=0; includeSubDomains") is None
    assert hsts.effective(None) is None


def test_shown_numbers_stay_readable() -> None:
    assert hsts.shown(31_536_000) == 31_536_000
    assert hsts.shown(1 << 60) == 1 << 53


@given(st.text(max_size=200) | st.text('max-age=;" \\,19', max_size=40))
def test_any_text_is_read_or_ignored(field: str) -> None:
    made = _read(field)
    assert hsts.effective(field) == (made if made and made.max_age else None)


@given(st.integers(min_value=0, max_value=10**30), st.booleans(), st.booleans())
def test_what_is_written_is_read(age: int, subdomains: bool, preload: bool) -> None:
    words = ["preload"] * preload + [f"Max-Age={age}"] + ["IncludeSubDomains"] * subdomains
    assert hsts.parse(" ; ".join(words)) == hsts.Hsts(age, subdomains, preload)
