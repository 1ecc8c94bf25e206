# ruff: noqa: E501 - a rule stands in one line, as it would in the file
"""The strict loader: what it refuses, with file, line and column, before a packet is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import registry
from scanner.control.library import File, added, linted, read
from scanner.control.lint import Known, token
from scanner.control.strict_yaml import DocumentError, parse
from scanner.observation import Role
from tests.scanner.control.material import library

REGISTRY = registry.load()
LIBRARY = library()
GOOD = """\
schema_version: 1
id: own-rules
title: "Rules of our own"
version: "1"
assertion: partial
source: {document: "A letter", date: "2026-11-01", text_verified: verified}
parameters: {strict: {type: boolean, default: false}}
tables:
  modern: [TLSv1.3]
  graded: {classes: [{name: good, members: [TLSv1.3]}, {name: bad, members: []}], default: bad}
  days: {by_date: [{from: "2026-01-01", value: 10}, {from: "2026-06-01", value: 5}]}
controls:
  - id: "a"
    title: "HSTS lasts a year"
    level: required
    severity: high
    coverage: full
    applies_when: {fact: web.present, op: eq, value: true}
    rule:
      check: hsts-max-age
      expect:
        - {fact: hsts.max_age, op: gte, value: 31536000}
  - id: "b"
    title: "Asked of people"
    level: required
    coverage: none
    manual: {question: "Is it so?"}
  - id: "c"
    title: "Only new versions"
    level: recommended
    severity: medium
    coverage: partial
    coverage_note: "Web servers only."
    rule: {check: tls-versions, subject: web, expect: [{fact: tls.versions, op: subset_of, table: modern}]}
"""


def refused(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(DocumentError) as error:
        added(LIBRARY, [File("own.yaml", data)], checks=REGISTRY.checks, facts=REGISTRY.facts)
    said = str(error.value)
    assert said.startswith("own.yaml:")
    return said


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_profile_is_read() -> None:
    made = added(
        LIBRARY, [File("own.yaml", GOOD.encode())], checks=REGISTRY.checks, facts=REGISTRY.facts
    )
    assert [one.id for one in made["own-rules"].controls] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "own.yaml:1:1: the file is empty"),
        ("a: &x 1\n", "own.yaml:1:4: anchors"),
        ("a: [*x]\n", "own.yaml:1:5: anchors"),
        ("a: 1\nb: 2\na: 3\n", "own.yaml:3:1: the key 'a' stands twice, first in line 1"),
        ("a: !!python/object 1\n", "own.yaml:1:4: the tag"),
        ("a: 1\n---\nb: 1\n", "own.yaml:2:1: a second document"),
        ("? [a]\n: 1\n", "a key is plain text"),
        ("a: {\n", "this is not YAML"),
        ("a: \x01\n", "this is not YAML"),
        (b"a: \xff\n", "own.yaml:1:4: byte 0xff is not UTF-8"),
        ("[" * 21, "deeper than 20"),
        ("a: 1\n" + " " * (1 << 20), "larger than 1 MiB"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text: str | bytes, said: str) -> None:
    assert said in refused(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("1.10", 1.1),
        ("2026-09-01", "2026-09-01"),
        ("012", 12),
        ("0o12", 10),
        ("0x1f", 31),
        ("~", None),
        ("True", True),
        ("'true'", "true"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("9" * 30, "9" * 30),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    made = parse("f", f"a: {text}\n".encode()).plain()["a"]
    assert (made, type(made)) == (value, type(value))


def test_the_key_on_is_text() -> None:
    assert parse("f", b"on: 1\n").plain() == {"on": 1}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema_version: 1", "schema_version: 2", "own.yaml:1:17: 1 was expected, not 2"),
        ("id: own-rules", "id: Own", "own.yaml:2:5: 'Own' does not have the form"),
        ('version: "1"', "version: 1.10", "own.yaml:4:10: text"),
        ("assertion: partial", "assertion: complete", "is not one of full, partial"),
        ('title: "Rules of our own"\n', "", "the key 'title' is missing"),
        (
            "level: required\n    severity: high",
            "levle: required",
            "own.yaml:15:5: the key 'levle'",
        ),
        ("op: gte, value: 31536000", "op: gte", "value"),
        ("op: gte, value: 31536000", "op: gte, value: 1, table: modern", "only one of"),
        ("op: gte, value: 31536000", "op: exists, value: 1", "may not be given here"),
        ("op: gte", "op: over", "'over' is not one of"),
        ("coverage: none", "coverage: full", "the key 'rule' is missing"),
        ('    coverage_note: "Web servers only."\n', "", "the key 'coverage_note' is missing"),
        ("subject: web", "subject: www", "'www' is not one of"),
        ("modern: [TLSv1.3]", "modern: [TLSv1.3, TLSv1.3]", "stands twice in this list"),
        ("modern: [TLSv1.3]", "modern: []", "1 or more was expected"),
        ('{question: "Is it so?"}', "{}", "the key 'question' is missing"),
    ],
)
def test_what_does_not_keep_the_schema_is_refused_at_its_place(
    old: str, new: str, said: str
) -> None:
    assert said in refused(changed(old, new))


RULE = "{check: tls-versions, subject: web, expect: [{fact: tls.versions, op: subset_of, table: modern}]}"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{check: no-such-check}", "own.yaml:34:19: there is no check 'no-such-check'"),
        ("{check: hsts-max-age, expect: [{fact: no.fact, op: exists}]}", "there is no fact"),
        (
            "{check: hsts-max-age, expect: [{fact: tls.versions, op: exists}]}",
            "records nothing like",
        ),
        (
            "{check: hsts-max-age, expect: [{fact: hsts.max_age, op: has, value: a}]}",
            "says nothing of it",
        ),
        ("{check: hsts-max-age, expect: [{fact: hsts.max_age, op: eq, value: a}]}", "'a' is not"),
        (
            "{check: hsts-max-age, expect: [{fact: hsts.max_age, op: eq, value: true}]}",
            "True is not",
        ),
        (
            "{check: hsts-max-age, expect: [{fact: hsts.max_age, op: lt, value: [1]}]}",
            "not with a list",
        ),
        (
            "{check: hsts-max-age, expect: [{fact: hsts.max_age, op: lt, parameter: p}]}",
            "no parameter",
        ),
        (
            "{check: tls-versions, subject: web, expect: [{fact: tls.versions, op: subset_of, table: t}]}",
            "no table 't'",
        ),
        (
            "{check: tls-versions, subject: web, expect: [{fact: tls.versions, op: subset_of, table: graded}]}",
            "use grade",
        ),
        ("{check: hsts-max-age, expect: [{fact: hsts.max_age, op: lt, table: days}]}", "say key"),
        (
            "{check: hsts-max-age, expect: [{fact: hsts.max_age, op: lt, table: days, key: hsts.max_age}]}",
            "that is a day",
        ),
        (
            "{check: hsts-max-age, expect: [{fact: hsts.max_age, op: in, table: modern, key: certificate.not_before}]}",
            "does not go by a day",
        ),
        (
            "{check: hsts-preload-listing, where: {not: {fact: no.fact, op: exists}}}",
            "there is no fact",
        ),
        (
            "{grade: {check: tls-versions, subject: web, fact: tls.versions, table: graded, pass_at: fine}}",
            "no class 'fine'",
        ),
        (
            "{grade: {check: tls-versions, subject: web, fact: hsts.max_age, table: graded, pass_at: good}}",
            "that is a set",
        ),
        (
            "{grade: {check: tls-versions, subject: web, fact: tls.versions, table: modern, pass_at: good}}",
            "no table of classes",
        ),
        ("{profile: nowhere}", "there is no profile 'nowhere'"),
        ("{profile: own-rules}", "includes itself"),
        ("{all_of: []}", "1 or more was expected"),
        ("{any_of: [{check: hsts-max-age}]}", "2 or more was expected"),
        (
            "{check: hsts-max-age, fail_from: high, expect: [{fact: hsts.max_age, op: exists}]}",
            "may not be given here",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: str, said: str) -> None:
    assert said in refused(changed(RULE, rule))


def test_a_check_of_web_and_mail_needs_a_subject() -> None:
    both = replace(REGISTRY.checks["tls-versions"], roles=(Role.WEB, Role.MAIL))
    known = Known({**REGISTRY.checks, "tls-versions": both}, REGISTRY.facts, LIBRARY)
    made = read(File("own.yaml", changed(RULE, "{check: tls-versions}").encode()))
    errors, _ = linted(made, known)
    assert [one.text for one in errors] == [
        "tls-versions speaks of web and of mail: say subject (tls for both)"
    ]


def test_a_check_without_a_verdict_of_its_own_needs_expectations() -> None:
    informational = next(
        one.id
        for one in REGISTRY.checks.values()
        if not one.passes and not one.fails and one.family != "tls"
    )
    assert "no verdict of its own" in refused(changed(RULE, f"{{check: {informational}}}"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id: "b"', 'id: "a"', "own.yaml:23:9: the control 'a' stands twice"),
        ('id: "b"\n', 'id: "a/"\n', None),
        ("default: bad}", "default: worse}", "the class 'worse' is not one of"),
        ('from: "2026-06-01"', 'from: "2025-06-01"', "the steps do not ascend"),
        ("type: boolean, default: false", "type: integer, default: false", "no integer"),
        ("default: false", "default: false, allowed: [true]", "is not allowed"),
        (
            "level: recommended",
            "level: recommended\n    level_when: [{parameter: p, op: eq, value: 1, level: required}]",
            "no parameter 'p'",
        ),
        ("fact: web.present", "fact: web.presnt", "own.yaml:18:26: there is no fact"),
        ("id: own-rules", "id: bod-18-01", "already"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, said: str | None) -> None:
    if said is None:
        added(
            LIBRARY,
            [File("own.yaml", changed(old, new).encode())],
            checks=REGISTRY.checks,
            facts=REGISTRY.facts,
        )
        return
    assert said in refused(changed(old, new))


def test_two_ids_of_one_name_in_oscal_are_refused() -> None:
    text = changed('id: "a"', 'id: "x/1"').replace('id: "b"', 'id: "x(1"')
    assert "are one name in OSCAL (x-1)" in refused(text)
    assert token("3DES") == "c-3DES"
    assert token("sc-8.1") == "sc-8.1"


def test_warnings_do_not_refuse() -> None:
    text = changed("assertion: partial", 'assertion: partial\nvalid: {until: "2026-01-01"}')
    text = text.replace("level: recommended", "level: informational")
    made = read(File("own.yaml", text.encode()))
    known = Known(REGISTRY.checks, REGISTRY.facts, LIBRARY)
    from datetime import date  # noqa: PLC0415 - used once

    errors, warnings = linted(made, known, date(2026, 11, 25))
    assert not errors
    assert [one.text for one in warnings] == [
        "an informational control of more than low severity",
        "the profile is past its day (2026-01-01)",
    ]


def test_every_defect_is_named_at_once() -> None:
    said = refused(changed("level: required\n    severity: high", "levle: x\n    severity: hi"))
    assert said.count("own.yaml:") >= 3


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_document_or_refused(data: bytes) -> None:
    try:
        parse("f", data)
    except DocumentError as error:
        line = error.defects[0].line
    else:
        line = 1
    assert line >= 1


def test_the_schemas_are_published() -> None:
    docs = Path(__file__).parents[3] / "docs" / "schema"
    for name in ("profile", "waivers", "manual-outcomes", "judgement", "run"):
        assert (docs / f"{name}.schema.json").is_file()
