"""The shipped profiles: each row as in the specification, every check and fact known."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from scanner import registry
from scanner.control.baseline import BASELINE, has_range, rfc_baseline, stated_levels
from scanner.control.kleene import PARAMETER, names_in
from scanner.control.library import File, linted, read
from scanner.control.lint import INVENTORY_FACTS, Known
from scanner.control.profile import (
    AllOf,
    AnyOf,
    ControlLevel,
    Coverage,
    Grade,
    Leaf,
    Profile,
    Rule,
    TextVerified,
    to_plain,
)
from scanner.finding import Severity
from tests.scanner.control.material import DATA, checks_of, files, library

REGISTRY = registry.load()
LIBRARY = library()
ROWS = {one["id"]: one for one in json.loads((DATA / "control-rows.json").read_bytes())["profiles"]}
TABLES = json.loads((DATA / "tables.json").read_bytes())["tables"]
SHIPPED = sorted(set(LIBRARY) - {BASELINE})
# The checks of the specification's tables.
SPECIFIED = {one["rule"]["check"] for one in ROWS[BASELINE]["controls"]}
# compliance.md 16: required, recommended, informational; automatic; verified, second-hand, not.
COUNTS = {
    "bod-18-01": (14, 2, 0, 15, 15, 1, 0),
    "bod-20-01": (6, 0, 1, 2, 7, 0, 0),
    "bod-23-02": (3, 0, 0, 1, 2, 1, 0),
    "m-15-13": (5, 1, 1, 7, 7, 0, 0),
    "nist-sp-800-52r2": (9, 4, 0, 12, 12, 1, 0),
    "nist-800-53r5": (0, 0, 23, 20, 23, 0, 0),
    "mozilla-modern": (6, 1, 0, 7, 7, 0, 0),
    "mozilla-intermediate": (7, 1, 1, 9, 9, 0, 0),
    "ncsc-nl-2025": (12, 2, 0, 14, 0, 14, 0),
    "internet-nl": (13, 2, 2, 16, 17, 0, 0),
    "owasp-asvs-5": (9, 0, 26, 34, 35, 0, 0),
    "ism-2025-12": (21, 1, 0, 20, 22, 0, 0),
    "canada-tbs": (8, 2, 0, 10, 6, 3, 1),
    "uk-gov": (9, 2, 0, 11, 9, 1, 1),
    "pci-dss-4": (6, 1, 0, 4, 0, 7, 0),
    "ca-browser-forum": (9, 2, 0, 11, 11, 0, 0),
    "pk-nca-34": (7, 3, 0, 10, 0, 10, 0),
    "pk-ntisb-web": (10, 0, 0, 5, 0, 10, 0),
}


def test_every_profile_of_the_specification_is_shipped() -> None:
    assert set(LIBRARY) == set(ROWS)
    assert set(COUNTS) == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_counts_are_those_of_the_specification(name: str) -> None:
    controls = LIBRARY[name].controls
    levels = Counter(one.level for one in controls)
    marks = Counter(one.text_verified for one in controls)
    assert COUNTS[name] == (
        *(levels[level] for level in ControlLevel),
        sum(one.coverage is not Coverage.NONE for one in controls),
        *(marks[mark] for mark in TextVerified),
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_every_row_is_as_in_the_specification(name: str) -> None:
    made = _plain(LIBRARY[name])
    row = ROWS[name]
    assert made["assertion"] == row["assertion"]
    assert [one["id"] for one in made["controls"]] == [one["id"] for one in row["controls"]]
    for one, expected in zip(made["controls"], row["controls"], strict=True):
        for key in ("level", "coverage", "text_verified", "ref", "applies_when", "level_when"):
            assert one.get(key) == expected.get(key), (one["id"], key)
        assert one.get("severity", "medium") == expected["severity"]
        assert one["title"].casefold() == expected["title"].casefold()
        assert one.get("rule") == expected.get("rule"), one["id"]


def _plain(profile: Profile) -> Any:
    return msgspec.json.decode(msgspec.json.encode(to_plain(profile)))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_table_is_as_in_the_specification(name: str) -> None:
    for table, made in _plain(LIBRARY[name]).get("tables", {}).items():
        assert made == TABLES[table]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_source_is_named(name: str) -> None:
    source = LIBRARY[name].source
    assert source.document
    assert source.date
    worst = {one.text_verified for one in LIBRARY[name].controls}
    assert source.text_verified in worst


def test_the_licence_asks_for_an_attribution() -> None:
    assert "CC BY 4.0" in LIBRARY["ism-2025-12"].source.attribution


def _checks(profile: Profile) -> frozenset[str]:
    return frozenset().union(*(checks_of(one.rule) for one in profile.controls))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_control_names_an_unknown_check(name: str) -> None:
    assert not _checks(LIBRARY[name]) - set(REGISTRY.checks)


def test_every_check_of_the_specification_is_there() -> None:
    assert not SPECIFIED - set(REGISTRY.checks)


def test_checks_that_no_profile_uses_are_listed(record_property: Any) -> None:
    """Every check is used by the derived baseline; the others may leave some out."""
    used = frozenset().union(*(_checks(LIBRARY[name]) for name in SHIPPED))
    unused = sorted(set(REGISTRY.checks) - used)
    record_property("checks that no profile but the baseline uses", ", ".join(unused))
    assert _checks(LIBRARY[BASELINE]) == set(REGISTRY.checks)


def _facts(profile: Profile) -> Iterator[tuple[str, str]]:
    def of_rule(rule: Rule | None) -> Iterator[tuple[str, str]]:
        match rule:
            case AllOf(rules) | AnyOf(rules):
                for one in rules:
                    yield from of_rule(one)
            case Grade(grading):
                yield grading.check, grading.fact
            case Leaf():
                for one in rule.expect:
                    yield from ((rule.check, name) for name in names_in(one))
            case _:
                return

    for control in profile.controls:
        yield from of_rule(control.rule)
        if control.applies_when is not None:
            yield from (("", name) for name in names_in(control.applies_when))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_fact_is_known_and_recorded_by_its_check(name: str) -> None:
    for check, fact in _facts(LIBRARY[name]):
        if fact.startswith(PARAMETER):
            continue
        assert fact in REGISTRY.facts or fact in INVENTORY_FACTS, fact
        if check:
            recorded = {one.name for one in REGISTRY.checks[check].records}
            assert fact in recorded, (check, fact)


@pytest.mark.parametrize("file", files(), ids=lambda one: one.name)
def test_lint_finds_nothing(file: File) -> None:
    made = read(file)
    errors, warnings = linted(made, Known(REGISTRY.checks, REGISTRY.facts, LIBRARY))
    assert not errors
    assert not warnings


def test_a_profile_says_the_same_after_a_round_trip() -> None:
    for name in SHIPPED:
        profile = LIBRARY[name]
        plain = msgspec.json.decode(msgspec.json.encode(to_plain(profile)))
        assert to_plain(of(plain)) == to_plain(profile)
        assert of(plain).sha256 == profile.sha256


def of(plain: dict[str, Any]) -> Profile:
    from scanner.control.profile import of_plain  # noqa: PLC0415 - used once

    return of_plain(plain)


def test_the_level_of_asvs_is_a_parameter() -> None:
    profile = LIBRARY["owasp-asvs-5"]
    stated = [int(re.findall(r"\bL([123])\b", one.ref)[0]) for one in profile.controls]
    for level in (1, 2, 3):
        required = sum(one <= level for one in stated)
        chosen = msgspec.structs.replace(profile, chosen={"level": level})
        levels = Counter(chosen.level_of(one) for one in chosen.controls)
        assert levels[ControlLevel.REQUIRED] == required


# The derived baseline


def test_the_baseline_is_the_specification_s_list_of_what_has_landed() -> None:
    rows = {one["id"]: one for one in ROWS[BASELINE]["controls"]}
    for one in LIBRARY[BASELINE].controls:
        if one.id in rows:
            assert one.level == rows[one.id]["level"], one.id
        else:  # a check of our own, or one whose failures are of several severities
            assert isinstance(one.rule, Leaf)
            assert one.id.endswith("-strict") or one.rule.check not in SPECIFIED, one.id


def test_the_levels_of_the_specification_are_those_of_the_file() -> None:
    rows = {one["rule"]["check"]: one["level"] for one in reversed(ROWS[BASELINE]["controls"])}
    assert stated_levels() == rows


def test_a_required_check_of_several_severities_gives_two_controls() -> None:
    for one in REGISTRY.checks.values():
        first, *others = rfc_baseline([one], version="1").controls
        is_split = first.level is ControlLevel.REQUIRED and has_range(one)
        assert len(others) == is_split, one.id


def test_a_check_of_our_own_goes_by_its_severity() -> None:
    own = replace(REGISTRY.checks["hsts-max-age"], id="own-check", severity=Severity.LOW)
    (control,) = rfc_baseline([own], version="1").controls
    assert control.level is ControlLevel.RECOMMENDED
