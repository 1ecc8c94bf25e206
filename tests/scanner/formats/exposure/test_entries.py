"""Every entry of the catalogue is proved by what exposes it, and by nothing that looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from scanner import registry
from scanner.finding import Severity
from scanner.formats.exposure.entry import Entry, grade, proved
from scanner.formats.exposure.reply import Reply
from scanner.formats.exposure.secret import excerpt
from tests.exposures import ANSWERS, CANARY, ENTRIES, Answer

CHECKS = registry.load().checks
# Proofs of the specification that are words: their controls must tell the rest.
WORDS = {"debug-console", "liferay-jsonws", "pprof"}
SOFT_404 = b"<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>Sorry</h1>"
SHELL = b'<!doctype html><html><head><title>Agency</title></head><body><div id="root"></div>'
ERROR = b'{"timestamp": "x", "status": 404, "error": "Not Found", "message": "", "path": "/x"}'


def test_every_entry_has_its_example_and_there_are_enough() -> None:
    assert set(ANSWERS) == set(ENTRIES)
    assert len(ENTRIES) >= 150


@pytest.mark.parametrize("name", ENTRIES)
def test_what_exposes_it_proves_it(name: str) -> None:
    entry, answer = ENTRIES[name], ANSWERS[name]
    assert proved(entry, answer.reply) is not None
    graded = grade(entry, answer.path, answer.reply)
    check = CHECKS[entry.check]
    assert check.severity.rank <= Severity(graded.severity).rank <= check.mildest.rank


def _near(entry: Entry, answer: Answer) -> Iterator[tuple[str, Reply]]:
    """What looks like it and is not: other statuses, pages that quote it, words alone."""
    text = answer.body.decode("latin-1")
    if answer.status == 200 and entry.proof[0].class_:
        yield "not found", Reply(404 if 404 not in entry.statuses else 410, answer.body)
        yield "forbidden", Reply(403 if 403 not in entry.statuses else 410, answer.body)
    yield "soft 404", Reply(200, SOFT_404, path=answer.path)
    yield "shell of an application", Reply(200, SHELL, path=answer.path)
    yield "error in JSON", Reply(200, ERROR, path=answer.path)
    yield "nothing", Reply(200, b" \r\n", path=answer.path)
    if all(one.class_ in {"file", "json"} for one in entry.proof):
        quoted = f"<!DOCTYPE html><html><body><h1>Manual</h1><pre>{text}</pre></body></html>"
        yield "a page that quotes it", Reply(200, quoted.encode("latin-1"), path=answer.path)
    if all(one.class_ == "html" for one in entry.proof) and entry.id not in WORDS:
        words = re.sub(r"<[^>]*>", " ", text)
        yield (
            "its words alone",
            Reply(200, f"<!DOCTYPE html><html><p>{words}</p>".encode("latin-1")),
        )


@pytest.mark.parametrize("name", ENTRIES)
def test_what_only_looks_like_it_does_not(name: str) -> None:
    entry = ENTRIES[name]
    near = dict(_near(entry, ANSWERS[name]))
    assert len(near) >= 2
    for what, reply in near.items():
        assert proved(entry, reply) is None, what


@pytest.mark.parametrize("name", ENTRIES)
def test_no_other_example_of_its_paths_proves_it(name: str) -> None:
    entry = ENTRIES[name]
    others = {
        other: answer
        for other, answer in ANSWERS.items()
        if other != name and answer.path in entry.paths and ENTRIES[other].check != entry.check
    }
    wrong = [other for other, answer in others.items() if proved(entry, answer.reply)]
    assert not wrong


@pytest.mark.parametrize("name", ENTRIES)
def test_nothing_secret_is_shown(name: str) -> None:
    answer = ANSWERS[name]
    proof = proved(ENTRIES[name], answer.reply)
    assert proof
    shown = excerpt(ENTRIES[name].check, proof.name, answer.reply)
    assert CANARY not in shown.upper()
    assert len(shown) <= 200


@pytest.mark.parametrize("one", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_says_all_that_a_report_needs(one: Entry) -> None:
    assert one.check in CHECKS
    assert one.title
    assert one.remediation.endswith((".", "!")) or one.remediation
    assert re.fullmatch(r"A0\d", one.owasp_2021)
    assert all(path.startswith(("/", "{", "TRACE ", "OPTIONS ")) for path in one.paths)
    assert len(set(one.paths)) == len(one.paths)


def test_never_anything_that_changes_something_is_asked() -> None:
    forbidden = re.compile(
        r"(?i)shutdown|restart|refresh|wp-cron|logout|delete|reset|purge|\.\./|%0[ad]|pprof/(?:profile"
        r"|trace|heap)|exec|cmd="
    )
    paths: list[Any] = [path for one in ENTRIES.values() for path in one.paths]
    assert not [path for path in paths if forbidden.search(path)]
