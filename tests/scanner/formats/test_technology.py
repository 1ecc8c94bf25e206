"""Each fingerprint against its own examples, everyone else's, and pages that only quote it."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import technology as subject
from scanner.formats.technology import Answer, named
from scanner.observation.mark import Mark
from scanner.observation.technology import Technology

KNOWN = subject.read.read(Path("scanner/data/exposure/technologies.json").read_bytes())
FIELDS = {
    "cookie": "cookies",
    "generator": "generators",
    "title": "titles",
    "path": "paths",
    "script": "scripts",
}
CVE = re.compile(r"CVE-\d{4}-\d{4,7}(?:<\d[\w.]*)?")
# A field that names several products, and software that is made with other software.
TOGETHER = {
    ("mod-perl", "apache"),
    ("modsecurity", "apache"),
    ("mono", "apache"),
    ("openssl", "apache"),
    ("passenger", "apache"),
    ("php", "apache"),
    ("primefaces", "jsf"),
    ("python", "python-http-server"),
    ("webrick", "ruby"),
    ("werkzeug", "python"),
}


def look(example: str) -> tuple[Mark, ...]:
    """What an example, ``place text => version``, is recognised as."""
    place, _, text = example.partition(" => ")[0].partition(" ")
    match place:
        case "header":
            name, _, value = text.partition(":")
            return subject.recognised(Answer(fields=((name, value.strip()),)), KNOWN)
        case "html":
            return subject.in_page(text.encode(), KNOWN)
        case "error":
            return subject.in_error_page(text.encode(), KNOWN)
        case "icon":
            return subject.of_icon(text, KNOWN)
        case _:
            parts: dict[str, Any] = {FIELDS[place]: (text,)}
            return subject.recognised(Answer(**parts), KNOWN)


def test_there_are_enough_and_each_is_complete() -> None:
    assert len(KNOWN.technologies) >= 250
    assert len({one.id for one in KNOWN.technologies}) == len(KNOWN.technologies)
    for one in KNOWN.technologies:
        assert one.has, one.id
        assert one.hasnt, one.id
        assert one.title, one.id
        assert all(CVE.fullmatch(number) for number in one.exploited), one.id


@pytest.mark.parametrize("one", KNOWN.technologies, ids=lambda one: one.id)
def test_a_fingerprint_and_its_examples(one: Technology) -> None:
    for example in one.has:
        found = {each.technology.id: each for each in named(look(example), KNOWN)}
        assert one.id in found, example
        assert found[one.id].version in {example.partition(" => ")[2]} | (
            {""} if found[one.id].confidence == "tentative" else set()
        ), example
        assert {(one.id, other) for other in found if other != one.id} <= TOGETHER, example
    for example in one.hasnt:
        assert one.id not in {each.technology for each in look(example)}, example


@pytest.mark.parametrize(
    "text",
    [
        text
        for one in KNOWN.technologies
        for text in one.has
        if text.split(" ", 1)[0] in {"html", "error"} and "<" in text
    ],
    ids=str,
)
def test_a_page_that_quotes_the_markup_is_not_made_with_it(text: str) -> None:
    written = text.partition(" => ")[0].partition(" ")[2]
    page = (
        f"<html><body><h1>How to</h1><pre>{html.escape(written, quote=False)}</pre></body></html>"
    )
    assert subject.in_page(page.encode(), KNOWN) == ()
    if "Jetty" not in written and "SRVE" not in written:
        assert subject.in_error_page(page.encode(), KNOWN) == ()


def test_a_version_is_that_of_what_runs_and_in_its_full_form() -> None:
    left = Mark("drupal", "7.59", "file", "/CHANGELOG.txt: 7.59")
    runs = Mark("drupal", "10", "header", "X-Generator: Drupal 10")
    asset = Mark("drupal", "10.1.2", "path", "path: /core/misc/drupal.js?v=10.1.2")
    assert named((left, runs, asset), KNOWN)[0].version == "10.1.2"
    assert named((left, runs), KNOWN)[0].version == "10"
    cookie = Mark("drupal", "", "cookie", "cookie: SSESS0", weak=True)
    assert named((left, cookie), KNOWN)[0].version == "7.59"
    (alone,) = named((left,), KNOWN)
    assert (alone.version, alone.confidence) == ("", "tentative")
    assert named((Mark("nobody", "1.0", "header", ""),), KNOWN) == ()


@pytest.mark.parametrize(
    ("marks", "confidence"),
    [
        ((Mark("django", "", "cookie", "csrftoken", weak=True),), "tentative"),
        ((Mark("django", "", "html", "csrfmiddlewaretoken"),), "firm"),
        ((Mark("django", "", "html", "x"), Mark("django", "", "cookie", "y")), "certain"),
        ((Mark("django", "", "html", "x"), Mark("django", "", "cookie", "y", weak=True)), "firm"),
    ],
)
def test_how_sure_it_is(marks: tuple[Mark, ...], confidence: str) -> None:
    assert named(marks, KNOWN)[0].confidence == confidence


def test_a_hole_that_the_version_has_behind_it_is_not_named() -> None:
    by_id = {one.id: one for one in KNOWN.technologies}
    apache = by_id["apache"]
    assert "CVE-2021-41773" in subject.holes(subject.Named(apache, "2.4.49", "firm", ()))
    assert "CVE-2021-41773" in subject.holes(subject.Named(apache, "", "firm", ()))
    assert subject.holes(subject.Named(apache, "2.4.65", "firm", ())) == ()
    exchange = subject.Named(by_id["exchange"], "15.2.2562.46", "firm", ())
    assert subject.holes(exchange)  # where the data names no version, its own is no answer


def test_an_identifier_of_a_request_is_no_evidence() -> None:
    (found,) = look("header CF-RAY: 0123456789abcdef-FRA")
    assert found.where == "CF-RAY"
    (server,) = look("header Server: cloudflare")
    assert server.where == "Server: cloudflare"


def test_the_words_of_a_page_are_no_evidence() -> None:
    page = b'<script>var key="S3cretCanary";Liferay.ThemeDisplay = {};</script>'
    page += b'<input value="S3cretCanary" name="__VIEWSTATE">'
    found = subject.in_page(page, KNOWN)
    assert {one.technology for one in found} == {"asp-net", "liferay"}
    assert "Canary" not in repr(found)
    assert found[0].where == 'html: <input[^<>]* name="__VIEWSTATE"'


def test_the_words_shown_end_with_their_line() -> None:
    page = b"<h3>Apache Tomcat/8.5.39 (Debian)</h3>\r\nand more"
    (found,) = subject.in_error_page(page, KNOWN)
    assert found.where == "error: <h3>Apache Tomcat/8.5.39 (Debian)</h3>"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"list": "x", "dated": "2026-11-25", "source": "", "technologies": []}',
        *(
            b'{"list": "technologies", "dated": "2026-11-25", "source": "", "technologies": [{"id":'
            b' "x", "title": "X", "kind": "", "signs": ["' + sign + b'"], "has": [], "hasnt": []}]}'
            for sign in (b"nowhere x", b"cookie", b"cookie (")
        ),
    ],
    ids=["nothing", "empty", "another list", "no place", "no pattern", "a broken pattern"],
)
def test_what_is_no_list(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"list|sign|pattern"):
        subject.read.read(data)


@given(st.binary(max_size=2000), st.text(max_size=200))
def test_hostile_text_is_read(body: bytes, text: str) -> None:
    assert isinstance(subject.in_page(body, KNOWN), tuple)
    assert isinstance(subject.in_error_page(body, KNOWN), tuple)
    answer = Answer(((text, text),), (text,), (text,), (text,), (text,), (text,))
    assert isinstance(subject.recognised(answer, KNOWN), tuple)
