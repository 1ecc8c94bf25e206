"""Dated lists: bundled, imported, refused, and part of what judges."""

from pathlib import Path

import pytest
from msgspec import Struct

from scanner import lists
from scanner.dated import DatedList, dated_list
from scanner.lists import ListError


class Colours(Struct, frozen=True):
    """A list for these tests."""

    dated: str
    source: str = "these tests"


@dated_list(name="colours", file="tls/SOURCES.md")
def read_colours(data: bytes) -> Colours:
    """Read ``colours DAY``; anything else is none."""
    word, _, day = data.decode(errors="replace").strip().partition(" ")
    if word not in {"colours", "#"}:
        message = "line 1: the word colours was expected"
        raise ValueError(message)
    return Colours(day)


def test_a_list_is_made_of_its_reader() -> None:
    assert isinstance(read_colours, DatedList)
    assert read_colours.kind is Colours
    assert lists.read(read_colours, Path("nowhere")).dated.startswith("Sources")


def test_an_imported_file_takes_its_place_and_changes_the_rule_set(tmp_path: Path) -> None:
    newer = tmp_path / "new.txt"
    newer.write_text("colours 2026-11-25\n", encoding="utf-8")
    assert lists.rule_set("abc", (read_colours,), tmp_path) == "abc"
    assert lists.import_file(newer, (read_colours,), tmp_path) is read_colours
    assert lists.read(read_colours, tmp_path).dated == "2026-11-25"
    assert lists.rule_set("abc", (read_colours,), tmp_path) not in {"", "abc"}


def test_a_file_that_no_list_can_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("colors", encoding="utf-8")
    with pytest.raises(ListError, match="colours: line 1: the word colours was expected"):
        lists.import_file(wrong, (read_colours,), tmp_path)


def test_a_file_that_two_lists_can_read_needs_a_name(tmp_path: Path) -> None:
    newer = tmp_path / "new.txt"
    newer.write_text("colours 2026-11-25\n", encoding="utf-8")
    twin = read_colours._replace(name="shades")
    with pytest.raises(ListError, match="say which with --as"):
        lists.import_file(newer, (read_colours, twin), tmp_path)


def test_an_imported_file_that_went_bad_is_said_with_its_path(tmp_path: Path) -> None:
    bad = lists.imported(read_colours, tmp_path)
    bad.parent.mkdir()
    bad.write_text("?", encoding="utf-8")
    with pytest.raises(ListError, match=str(bad)):
        lists.read(read_colours, tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LARGEST", 3)
    newer = tmp_path / "new.txt"
    newer.write_text("colours 2026-11-25\n", encoding="utf-8")
    with pytest.raises(ListError, match="larger than"):
        lists.import_file(newer, (read_colours,), tmp_path)
