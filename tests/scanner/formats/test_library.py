"""Libraries in texts, names, addresses and hashes, and the flaws of a version."""

from __future__ import annotations

import hashlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import library
from scanner.formats.library import (
    cleaned,
    flaws,
    in_address,
    in_file,
    in_text,
    surest,
    vulnerable_libraries,
)
from scanner.lists import bundled
from scanner.observation.page import Library
from scanner.observation.web_lists import Flaw, KnownLibrary, VulnerableLibraries

BODY = b"a script that nobody changed"
SMALL = json.dumps(
    {
        "dated": "2026-11-25",
        "source": "test",
        "libraries": {
            "alpha": {
                "extractors": {
                    "uri": ["/(§§version§§)/alpha\\.js", "(§§version§§)(?<=x)"],
                    "filename": ["alpha-(§§version§§)\\.js", "plain\\.js"],
                    "filecontent": [
                        "/\\* alpha v(§§version§§) \\*/",
                        "alpha is ([a-z]+)",
                        "(a)\\1",
                    ],
                    "filecontentreplace": [
                        "/alpha major:([0-9]+) minor:([0-9]+)/$1.$2/",
                        "//",
                        "/(a)\\1/x/",
                    ],
                    "hashes": {hashlib.sha1(BODY).hexdigest().upper(): "9.9"},  # noqa: S324
                },
                "vulnerabilities": [
                    {
                        "below": "2.0",
                        "atOrAbove": "1.0",
                        "excludes": ["1.5"],
                        "severity": "high",
                        "cwe": ["CWE-79"],
                        "identifiers": {"CVE": ["CVE-1"], "githubID": "GHSA-1", "summary": "s"},
                        "info": ["https://a.test/"],
                    },
                    {
                        "below": "9",
                        "severity": "low",
                        "cwe": ["CWE-1104"],
                        "identifiers": {"retid": "r1"},
                    },
                ],
            },
            "beta.js": {"npmname": "beta-source", "extractors": {}},
            "empty": {},
        },
    }
).encode()


READ = vulnerable_libraries.read(SMALL)


@pytest.fixture(scope="module")
def small() -> VulnerableLibraries:
    return vulnerable_libraries.read(SMALL)


@pytest.fixture(scope="module")
def known() -> VulnerableLibraries:
    return vulnerable_libraries.read(bundled(vulnerable_libraries))


def test_the_bundled_list(known: VulnerableLibraries) -> None:
    assert len(known.libraries) == 74
    assert sum(len(one.flaws) for one in known.libraries) == 722
    assert len(known.skipped) == 10  # back-references, look-behind, long repetitions
    assert known.dated == "2026-08-22"


def test_patterns_that_cannot_be_run_are_named(small: VulnerableLibraries) -> None:
    assert small.skipped == ("alpha",) * 4
    assert small.libraries[1:] == (KnownLibrary("beta.js", "beta-source"), KnownLibrary("empty"))


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("/* alpha v1.2.3 */ x /* alpha v0.9.min */", ["0.9", "1.2.3"]),
        ("alpha major:4 minor:2", ["4.2"]),
        ("/* alpha v1.2.3 */ alpha major:4 minor:2", ["1.2.3"]),
        ("/* alpha v */", []),
        ("/* alpha v1.2.3 */" * 50, ["1.2.3"]),
        ("alpha major:4 minor:", []),
        ("/* alpha v9.9.9.min */", ["9.9.9"]),
        ("alpha is unknown", []),
        ("", []),
    ],
)
def test_words_of_a_script(small: VulnerableLibraries, text: str, versions: list[str]) -> None:
    assert [one.version for one in in_text(text, small)] == versions


def test_a_script_by_its_hash(small: VulnerableLibraries) -> None:
    assert in_file(BODY, small, "u") == (Library("alpha", "9.9", "hash", "u"),)
    assert in_file(b"other", small) == ()
    assert in_file(b"/* alpha v1.2.3 */", small) == (Library("alpha", "1.2.3", "content"),)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://x.test/1.2.3/alpha.js?v=9", ("1.2.3", "uri")),
        ("https://x.test/a/alpha-1.2.3.js#x", ("1.2.3", "filename")),
        ("/js/alpha-1.2.3.min.js", ("1.2.3", "filename")),
        ("https://x.test/plain.js", None),
        ("https://[", None),
        ("https://x.test/other.js?alpha-1.2.3.js", None),
    ],
)
def test_names_and_addresses(
    small: VulnerableLibraries, url: str, found: tuple[str, str] | None
) -> None:
    made = in_address(url, small)
    assert [(one.version, one.by) for one in made] == ([found] if found else [])


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("1.0", ["CVE-1", "r1"]),
        ("1.5", ["r1"]),
        ("0.9", ["r1"]),
        ("2.0", ["r1"]),
        ("9", []),
    ],
)
def test_flaws_of_versions(small: VulnerableLibraries, version: str, numbers: list[str]) -> None:
    found = flaws(Library("alpha", version, "content"), small)
    assert [one.identifiers[0] for one in found] == numbers
    assert [one.is_end_of_life for one in found] == [one == "r1" for one in numbers]


def test_what_content_says_outranks_a_name() -> None:
    name = Library("a", "1", "filename", "u")
    content = Library("a", "2", "content", "u")
    other = Library("a", "3", "uri", "v")
    assert surest([name, content, other]) == (content, other)
    assert surest([content, Library("a", "2", "content", "w")]) == (content,)


def test_real_texts(known: VulnerableLibraries) -> None:
    text = "/*! jQuery v1.8.3 jquery.com | jquery.org/license */\n" + "var x = 1;\n" * 5000
    assert in_text(text, known) == (Library("jquery", "1.8.3", "content"),)
    assert any(
        "CVE-2012-6708" in one.identifiers
        for one in flaws(Library("jquery", "1.8.3", "content"), known)
    )
    found = in_address("https://code.jquery.com/jquery-3.4.1.min.js", known)
    assert found == (
        Library("jquery", "3.4.1", "filename", "https://code.jquery.com/jquery-3.4.1.min.js"),
    )
    assert flaws(Library("jquery", "3.7.1", "content"), known) == ()


@pytest.mark.parametrize(
    "part", [" ", "jquery", '="1.2.3",', "/*! jQuery v1", "a='1.2',b=", "\n", 'VERSION="1.2.3";']
)
def test_hostile_texts_take_linear_time(known: VulnerableLibraries, part: str) -> None:
    text = part * ((1 << 20) // len(part))
    began = time.process_time()
    in_text(text, known)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("1.2.3.min", "1.2.3"),
        ("1.2-min", "1.2"),
        ("1.2.", "1.2"),
        ("x", ""),
        ("", ""),
        ("3.0.0-rc1", "3.0.0-rc1"),
    ],
)
def test_versions_are_cleaned(written: str, version: str) -> None:
    assert cleaned(written) == version


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"libraries": 5}',
        b'{"libraries": {"a": 5}}',
        b'{"a": {}}',
        b"{}",
        b"[" * 20_000,
    ],
)
def test_what_is_no_list(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the texts differ
        vulnerable_libraries.read(data)


def test_the_repository_as_it_is_published() -> None:
    published = json.dumps(json.loads(SMALL)["libraries"] | {"empty": {"extractors": {}}})
    made = vulnerable_libraries.read(published.encode())
    assert made.libraries[0] == READ.libraries[0]
    assert made.dated == "undated"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://cdn.test/npm/alpha@1.2.3/dist/alpha.min.js", ("alpha", "1.2.3")),
        ("https://cdn.test/alpha@1.2.3", ("alpha", "1.2.3")),
        ("https://cdn.test/ajax/libs/alpha.js/1.2.3-rc1/a.min.js", ("alpha", "1.2.3-rc1")),
        ("https://cdn.test/npm/beta-source@4.5.6/x.js", ("beta.js", "4.5.6")),
        ("https://cdn.test/ajax/libs/Beta/4.5.6/x.js", ("beta.js", "4.5.6")),
        ("https://cdn.test/npm/alpha@1/dist/alpha.min.js", None),
        ("https://cdn.test/npm/alpha@1.2/dist/alpha.min.js", None),
        ("https://cdn.test/npm/gamma@1.2.3/dist/alpha.min.js", None),
        ("https://cdn.test/npm/my-alpha@1.2.3/a.js", None),
        ("https://cdn.test/ajax/libs/prototype/1.2.3/a.js", None),
        ("https://cdn.test/.js@1.2.3/a.js", None),
        ("https://cdn.test/npm/alpha@..../a.js", None),
    ],
)
def test_public_copies_of_packages(
    small: VulnerableLibraries, url: str, found: tuple[str, str] | None
) -> None:
    made = [(one.name, one.version) for one in in_address(url, small)]
    assert made == ([found] if found else [])


def test_what_the_file_name_says_comes_before_the_package(small: VulnerableLibraries) -> None:
    (one,) = in_address("https://cdn.test/npm/alpha@1.2.3/alpha-1.2.2.js", small)
    assert (one.version, one.by) == ("1.2.2", "filename")


def test_copies_under_another_name_than_the_package() -> None:
    known = vulnerable_libraries.read(bundled(vulnerable_libraries))
    url = "https://cdn.test/ajax/libs/twitter-bootstrap/3.3.7/css/x.js"
    assert [one.name for one in in_address(url, known)] == ["bootstrap"]


def test_an_empty_list_recognises_nothing() -> None:
    assert in_text("/* alpha v1 */", VulnerableLibraries("", "")) == ()
    assert in_file(b"x", VulnerableLibraries("", "")) == ()


@given(st.text(max_size=200))
def test_any_text_is_a_script(text: str) -> None:
    made = READ
    assert in_text(text, made) == in_text(text, made)
    assert isinstance(in_address(text, made), tuple)
    assert library.flaws(Library("alpha", text, "uri"), made) == library.flaws(
        Library("alpha", text, "uri"), made
    )


def test_flaws_without_numbers() -> None:
    made = vulnerable_libraries.read(b'{"libraries":{"a":{"vulnerabilities":[{"below":"2"}]}}}')
    assert made.libraries[0].flaws == (Flaw("2", "medium"),)
