"""The HSTS preload list: the bundled one, a newer one, and what is none."""

import contextlib
import gzip
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.preload import PreloadList, of, packed, preload_list

read = preload_list.read


def test_the_bundled_list_says_its_date_and_knows_its_names() -> None:
    data = files("scanner").joinpath("data", *preload_list.file.split("/")).read_bytes()
    seen = read(data)
    assert isinstance(seen, PreloadList)
    assert seen.dated == "2025-01-01"
    assert "Chromium" in seen.source
    assert seen.names.count(b"\n") > 150_000
    assert seen.covering("gov.uk") == "gov.uk"
    assert seen.covering("paypal.com") == "paypal.com"
    assert seen.covering("sub.paypal.com") is None
    assert seen.covering("anything.example.dev") == "dev"
    assert seen.covering("agency.example") is None


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("a.example", "a.example"),
        ("www.a.example", None),
        ("b.example", "b.example"),
        ("x.y.b.example", "b.example"),
        ("A.EXAMPLE", "a.example"),
        ("example", None),
        ("c.example", None),
        ("é.example", None),
    ],
)
def test_parents_cover_only_with_their_subdomains(host: str, entry: str | None) -> None:
    assert of("2026-11-01", "b.example +", "a.example", "b-b.example").covering(host) == entry


CHROMIUM = b"""// Copyright
// dated: 2026-11-20
{
  // comment
  "pinsets": [],
  "entries": [
    {"name": "b.example", "policy": "custom", "mode": "force-https", "include_subdomains": true},
    {"name": "a.example", "mode": "force-https"},
    {"name": "pins.example", "include_subdomains_for_pinning": true}
  ]
}
"""


def test_chromium_s_own_file_is_read() -> None:
    seen = read(CHROMIUM)
    assert seen.dated == "2026-11-20"
    assert seen.names == b"a.example\nb.example +"
    assert read(CHROMIUM.replace(b"// dated: 2026-11-20\n", b"")).dated == "of unknown date"


def test_a_list_survives_packing() -> None:
    seen = read(CHROMIUM)
    assert read(packed(seen)) == seen


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"a.example\n",
        b"\x1f\x8bnothing",
        gzip.compress(CHROMIUM)[:-9],
        b"# hsts-preload 2026-13-45\n# source: x\n",
        b'{"entries": [{"name": "\xff"}]}',
    ],
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(read(data), PreloadList)


NAMES = st.text("ab-", min_size=1, max_size=4).map(lambda label: f"{label}.x")


@given(st.dictionaries(NAMES, st.booleans(), max_size=30), NAMES)
def test_the_search_finds_what_is_there(entries: dict[str, bool], name: str) -> None:
    seen = of("2026-01-01", *(f"{one} +" if wide else one for one, wide in entries.items()))
    assert seen.includes_subdomains(name) == entries.get(name)
