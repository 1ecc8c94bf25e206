"""Structured fields (RFC 9651): read strictly, printed, read again; Permissions-Policy on top."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import permissions, structured
from scanner.formats.error import FormatError
from scanner.formats.structured import Date, Display, Inner, Item, Token


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("?1", True),
        ("?0", False),
        ("-42", -42),
        ("999999999999999", 999_999_999_999_999),
        ("1.5", Decimal("1.5")),
        ('"a \\"b\\" \\\\"', 'a "b" \\'),
        ("same-origin", Token("same-origin")),
        ("*", Token("*")),
        (":aGk=:", b"hi"),
        (":aGk:", b"hi"),
        ("@1659578233", Date(1_659_578_233)),
        ('%"f%c3%bc%22"', Display('fü"')),
        ("  a  ", Token("a")),
    ],
)
def test_items(text: str, value: object) -> None:
    made = structured.item(text)
    assert made.value == value
    assert type(made.value) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "?2", "1000000000000000", "1234567890123.1", "1.2345", "1.", "-", "'a'", '"a', '"é"'),
        *("a b", "a,", ":a:", ":é:", "@1.5", '%"%ff"', '%"%C3"', "a;B=1", "a; ;", "é", "()", "a=1"),
    ],
)
def test_what_is_no_item(text: str) -> None:
    with pytest.raises(FormatError):
        structured.item(text)


def test_too_long_a_field() -> None:
    with pytest.raises(FormatError, match="longer"):
        structured.item("a" * 70_000)
    with pytest.raises(FormatError, match="longer"):
        structured.dictionary("a=(" + "b " * 2000 + ")")


def test_dictionaries() -> None:
    made = structured.dictionary('a, b=2;x;y="z", c=(1 "2";q);r, a=?0')
    assert made == {
        "b": Item(2, {"x": True, "y": "z"}),
        "c": Inner((Item(1, {}), Item("2", {"q": True})), {"r": True}),
        "a": Item(False, {}),
    }
    assert structured.dictionary("") == {}


def test_lists() -> None:
    assert structured.members("a, (b c)") == (
        Item(Token("a"), {}),
        Inner((Item(Token("b"), {}), Item(Token("c"), {})), {}),
    )
    assert structured.members("") == ()


@pytest.mark.parametrize(
    "text", ["a,", "a,,b", "A=1", "a=(1,2)", "a=(1", "a b", "a=1;;b", "a 'none'"]
)
def test_what_is_no_dictionary(text: str) -> None:
    with pytest.raises(FormatError):
        structured.dictionary(text)


KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,8}", fullmatch=True)
BARE = st.one_of(
    st.booleans(),
    st.integers(-999_999_999_999_999, 999_999_999_999_999),
    st.decimals(-999_999_999_999, 999_999_999_999, places=3, allow_nan=False),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=10),
    st.from_regex(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,8}", fullmatch=True).map(Token),
    st.binary(max_size=8),
    st.integers(-99_999, 99_999).map(Date),
    st.text(st.characters(codec="utf-8"), max_size=6).map(Display),
)
PARAMETERS = st.dictionaries(KEYS, BARE, max_size=2)
ITEMS = st.builds(Item, BARE, PARAMETERS)
MEMBERS = ITEMS | st.builds(Inner, st.lists(ITEMS, max_size=3).map(tuple), PARAMETERS)


@given(st.dictionaries(KEYS, MEMBERS, max_size=4))
def test_printing_and_reading_agree(made: dict[str, structured.Member]) -> None:
    assert structured.dictionary(structured.print_dictionary(made)) == made


@given(st.text(max_size=80) | st.text('abc=(;, "?10.*:%@-)', max_size=40))
def test_any_text_is_a_value_or_a_format_error(text: str) -> None:
    for read in (structured.item, structured.dictionary, structured.members):
        with suppress(FormatError):
            assert read(text) is not None


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("camera=*", True),
        ("camera=(self *)", True),
        ("camera=(self)", False),
        ("camera=()", False),
        ("camera=self", False),
        ('camera="*"', False),
        ("usb=*", False),
    ],
)
def test_who_may_use_the_camera(text: str, is_open: bool) -> None:
    assert permissions.is_open(permissions.parse(text).get("camera")) is is_open
