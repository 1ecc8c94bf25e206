"""Which paths robots.txt leaves to a robot (RFC 9309 2.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.robots import forbidding, rules

FILE = """
# comment
Disallow: /before-any-group
User-agent: *
Disallow: /private/   # and so on
Disallow:
Crawl-delay: 5
Allow: /private/open
Disallow: /*.bak$
Disallow: /q?x=
Disallow: /caf%C3%A9

User-agent: GovScan/1.0
User-agent: second
Disallow: /only-for-us
nonsense
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/", ""),
        ("/private/", "Disallow: /private/"),
        ("/private/open.txt", ""),
        ("/private", ""),
        ("/a/b.bak", "Disallow: /*.bak$"),
        ("/a/b.bak.txt", ""),
        ("/q?x=1", "Disallow: /q?x="),
        ("/qax=1", ""),
        ("/caf%c3%a9/menu", "Disallow: /caf%C3%A9"),
        ("/only-for-us", ""),
        ("/before-any-group", ""),
        ("/robots.txt", ""),
    ],
)
def test_a_robot_that_is_not_named(path: str, line: str) -> None:
    assert forbidding(rules(FILE, "another"), path) == line


def test_a_robot_that_is_named_has_rules_of_its_own() -> None:
    ours = rules(FILE, "govscan")
    assert forbidding(ours, "/only-for-us/x") == "Disallow: /only-for-us"
    assert forbidding(ours, "/private/") == ""
    assert forbidding(rules(FILE, "second"), "/only-for-us") == "Disallow: /only-for-us"


def test_of_two_equal_rules_the_kind_one_wins_and_robots_txt_is_always_open() -> None:
    found = rules("User-agent: *\nDisallow: /\nAllow: /\n", "govscan")
    assert forbidding(found, "/x") == ""
    assert forbidding(rules("User-agent: *\nDisallow: /\n", "govscan"), "/robots.txt") == ""
    assert rules("", "govscan") == ()


@given(st.text(max_size=300), st.text(max_size=100))
def test_hostile_files_are_read(text: str, path: str) -> None:
    found = rules(f"User-agent: *\nDisallow: {text}\n{text}", "govscan")
    assert isinstance(forbidding(found, path), str)
