"""Every verdict through every format: equal counts, valid documents, harmless strings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from lxml import etree
from msgspec import structs

from reports.export import (
    controls_csv,
    findings_csv,
    judgement,
    junit,
    ocsf,
    oscal,
    sarif,
)
from reports.export.judged import every
from reports.source import Source
from scanner.control.profile import Assertion
from scanner.control.verdict import Verdict
from tests.reports.export.material import HOSTILE, Judged

DATA = Path(__file__).parents[2] / "data"
DOCS = Path(__file__).parents[3] / "docs"
Write = Callable[[Source, Callable[[bytes], object]], None]
FORMATS: Mapping[str, Write] = {
    "judgement": judgement.write,
    "csv": findings_csv.write,
    "controls-csv": controls_csv.write,
    "oscal": oscal.write,
    "oscal-plan": oscal.write_plan,
    "ocsf": ocsf.write,
    "sarif": sarif.write,
    "junit": junit.write,
}


def written(write: Write, source: Source) -> bytes:
    out = io.BytesIO()
    write(source, out.write)
    return out.getvalue()


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def schema(*path: str) -> Any:
    return json.loads(DATA.joinpath(*path).read_bytes())


def truth(source: Source) -> Counter[str]:
    return Counter(str(one.verdict) for each in every(source) for one in each.verdicts)


def prop(of: Mapping[str, Any], name: str) -> str | None:
    return next((one["value"] for one in of["props"] if one["name"] == name), None)


def junit_verdicts(data: bytes) -> Counter[str]:
    cases = etree.fromstring(data).iter("testcase")
    return Counter(case.find("properties/property[@name='verdict']").get("value") for case in cases)


COUNTS: Mapping[str, tuple[Write, Callable[[bytes], Counter[str]]]] = {
    "judgement": (
        judgement.write,
        lambda data: Counter(
            row["verdict"] for each in json.loads(data)["domains"] for row in each["controls"]
        ),
    ),
    "controls-csv": (
        controls_csv.write,
        lambda data: Counter(row["verdict"] for row in rows(data)),
    ),
    "oscal": (
        oscal.write,
        lambda data: Counter(
            str(prop(one, "verdict"))
            for each in json.loads(data)["assessment-results"]["results"]
            for one in each["observations"]
        ),
    ),
    "sarif": (
        sarif.write,
        lambda data: Counter(
            one["properties"]["verdict"] for one in json.loads(data)["runs"][0]["results"]
        ),
    ),
    "junit": (junit.write, junit_verdicts),
}


def test_the_material_has_every_verdict() -> None:
    assert set(truth(Judged())) == set(Verdict)


@pytest.mark.parametrize("name", COUNTS)
def test_every_format_counts_the_same(name: str) -> None:
    source = Judged(("a.example", "b.example"))
    write, count = COUNTS[name]
    assert count(written(write, source)) == truth(source)


def test_ocsf_counts_the_same() -> None:
    source = Judged(("a.example", "b.example"))
    events = [json.loads(line) for line in written(ocsf.write, source).splitlines()]
    expected = Counter(ocsf.STATUSES[Verdict(name)] for name in truth(source).elements())
    found = Counter((one["compliance"]["status_id"], one["compliance"]["status"]) for one in events)
    assert found == expected
    errors = [one for one in events if one["compliance"].get("status_code") == "error"]
    assert len(errors) == truth(source)["error"]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_input_is_the_same_bytes(name: str) -> None:
    first = written(FORMATS[name], Judged())
    assert first == written(FORMATS[name], Judged())
    assert first


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_hostile_survives_as_it_was(name: str) -> None:
    text = written(FORMATS[name], Judged()).decode()
    if name == "judgement":  # JSON bears it, and keeps it
        reasons = json.loads(text)["domains"][0]["controls"][1]["reasons"]
        assert HOSTILE in reasons[0]["detail"]
        assert not re.search("[\x00\x1b]", text)
        return
    assert not re.search("[\x00\x1b\u202e\ufffe]", text)
    assert name == "oscal-plan" or "202e" in text  # it is still told


# OSCAL


def test_oscal_keeps_its_schema() -> None:
    validator = jsonschema_rs.validator_for(schema("oscal", "oscal_assessment-results_schema.json"))
    validator.validate(schema("oscal", "ifa_assessment-results-example.json"))
    validator.validate(json.loads(written(oscal.write, Judged(("a.example", "b.example")))))


def test_the_schema_refuses_a_name_that_is_no_token() -> None:
    validator = jsonschema_rs.validator_for(schema("oscal", "oscal_assessment-results_schema.json"))
    document = json.loads(written(oscal.write, Judged()))
    selection = document["assessment-results"]["results"][0]["reviewed-controls"]
    selection["control-selections"][0]["include-controls"][0]["control-id"] = "3DES"
    with pytest.raises(jsonschema_rs.ValidationError):
        validator.validate(document)


def test_the_plan_keeps_its_schema_and_is_imported() -> None:
    validator = jsonschema_rs.validator_for(schema("oscal", "oscal_assessment-plan_schema.json"))
    validator.validate(json.loads(written(oscal.write_plan, Judged())))
    document = json.loads(written(oscal.write, Judged()))
    assert document["assessment-results"]["import-ap"]["href"] == "assessment-plan.json"


def _result(source: Source | None = None) -> dict[str, Any]:
    document = json.loads(written(oscal.write, source or Judged()))
    result: dict[str, Any] = document["assessment-results"]["results"][0]
    return result


def test_only_pass_and_fail_are_findings() -> None:
    result = _result()
    observations = {one["uuid"]: prop(one, "verdict") for one in result["observations"]}
    for one in result["findings"]:
        verdict = observations[one["related-observations"][0]["observation-uuid"]]
        assert one["target"]["status"] == {
            "state": {"pass": "satisfied", "fail": "not-satisfied"}[str(verdict)],
            "reason": verdict,
        }
    definite = Counter(observations.values())
    assert len(result["findings"]) == definite["pass"] + definite["fail"]


def test_a_waiver_is_a_risk_and_the_finding_stays_not_satisfied() -> None:
    _holds_the_risk("deviation-approved", "2027-03-01T00:00:00Z")


def test_a_failure_with_a_deadline_is_an_open_risk_until_the_end_of_that_day() -> None:
    _holds_the_risk("open", "2026-11-20T00:00:00Z")


def _holds_the_risk(status: str, deadline: str) -> None:
    result = _result()
    (risk,) = [one for one in result["risks"] if one["status"] == status]
    assert risk["deadline"] == deadline
    uuid = {"risk-uuid": risk["uuid"]}
    (finding,) = [one for one in result["findings"] if uuid in one.get("related-risks", ())]
    assert finding["target"]["status"]["state"] == "not-satisfied"


def test_what_a_person_found_out_names_its_method() -> None:
    methods = {one["title"]: one["methods"] for one in _result()["observations"]}
    assert methods["by-hand"] == ["EXAMINE"]
    assert methods["nobody-looked"] == ["UNKNOWN"]
    assert methods["fails"] == ["TEST"]


def test_supporting_evidence_is_observations_alone_unless_asked() -> None:
    evidence_only = structs.replace(Judged().profiles[0], assertion=Assertion.EVIDENCE_ONLY)
    source = Judged(profiles=(evidence_only,))
    assert "findings" not in _result(source)
    source.shows_evidence_as_findings = True
    assert _result(source)["findings"]


# OCSF


def _events(source: Source | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(ocsf.write, source or Judged()).splitlines()]


def test_ocsf_keeps_its_schema() -> None:
    validator = jsonschema_rs.validator_for(schema("ocsf", "compliance_finding-1.8.0.schema.json"))
    for event in _events():
        validator.validate(event)


def test_ocsf_numbers_agree_and_times_are_milliseconds() -> None:
    for event in _events():
        assert event["type_uid"] == 200300 + event["activity_id"]
        assert event["time"] > 10**12
        assert event["metadata"]["version"] == "1.8.0"


def test_ocsf_unknown_is_a_warning_and_a_waived_failure_is_suppressed() -> None:
    by_control = {one["compliance"]["control"]: one for one in _events()}
    assert by_control["unknown"]["compliance"]["status_id"] == 2
    assert by_control["broken"]["compliance"]["status_id"] == 2
    assert "status_id" not in by_control["unknown"]
    assert by_control["waived"]["compliance"]["status_id"] == 3
    assert by_control["waived"]["status_id"] == 3
    assert by_control["fails"]["status_id"] == 1
    assert by_control["elsewhere"]["compliance"]["status"] == "Not Applicable"
    assert by_control["nobody-looked"]["compliance"]["status"] == "Not Assessed"


def test_ocsf_tells_what_is_new_known_and_mended() -> None:
    source = Judged()
    made = {(one.profile, one.control): one for each in every(source) for one in each.verdicts}
    failing = made["every-verdict", "fails"]
    earlier = {key: structs.replace(failing, control=key[1]) for key in made}
    by_control = {one["compliance"]["control"]: one for one in _events(Judged(earlier=earlier))}
    assert (by_control["passes"]["activity_id"], by_control["passes"]["status_id"]) == (3, 4)
    assert (by_control["fails"]["activity_id"], by_control["fails"]["status_id"]) == (2, 2)


# SARIF


def _log(source: Source | None = None) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(written(sarif.write, source or Judged()))
    return log


def test_sarif_keeps_its_schema() -> None:
    jsonschema.Draft4Validator(schema("sarif", "sarif-schema-2.1.0.json")).validate(_log())


def test_sarif_prose_rules() -> None:
    (run,) = _log()["runs"]
    for one in run["results"]:
        assert (one["level"] == "none") is (one["kind"] != "fail")
        assert "suppressions" in one
    known = {one["id"] for one in run["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in run["results"]} <= known
    kinds = {one["properties"]["verdict"]: one["kind"] for one in run["results"]}
    assert kinds["inconclusive"] == kinds["error"] == "open"
    assert kinds["not-assessed"] == "review"
    assert run["invocations"][0]["toolExecutionNotifications"]


def test_sarif_a_waived_failure_is_a_suppressed_failure() -> None:
    (run,) = _log()["runs"]
    (waived,) = [one for one in run["results"] if one["suppressions"]]
    assert waived["kind"] == "fail"
    assert waived["suppressions"][0]["status"] == "accepted"


def test_sarif_baseline() -> None:
    source = Judged()
    made = {(one.profile, one.control): one for each in every(source) for one in each.verdicts}
    failing = made["every-verdict", "fails"]
    earlier = {key: structs.replace(failing, control=key[1]) for key in made}
    results = _log(Judged(earlier=earlier))["runs"][0]["results"]
    states = {one["ruleId"].partition("/")[2]: one["baselineState"] for one in results}
    assert (states["fails"], states["passes"]) == ("unchanged", "updated")


# JUnit


def test_junit_is_read_by_others() -> None:
    data = written(junit.write, Judged(("a.example", "b.example")))
    suites = JUnitXml.fromstring(data)
    assert [one.name for one in suites] == ["every-verdict a.example", "every-verdict b.example"]
    for suite in suites:
        assert (suite.tests, suite.failures, suite.errors) == (11, 2, 2)


def test_junit_unknown_is_an_error_and_never_skipped() -> None:
    elements = _elements(Judged())
    assert elements["unknown"] == elements["broken"] == "error"
    assert elements["elsewhere"] == elements["nobody-looked"] == "skipped"
    assert elements["fails"] == elements["waived"] == "failure"
    assert elements["II.1/a"] == "skipped"
    assert elements["passes"] == ""


def test_junit_a_waiver_counts_only_when_accepted() -> None:
    source = Judged()
    source.accepts_waivers = True
    assert _elements(source)["waived"] == "skipped"
    assert _elements(source)["fails"] == "failure"


def _elements(source: Source) -> dict[str, str]:
    root = etree.fromstring(written(junit.write, source))
    return {
        case.get("name"): next((one.tag for one in case if one.tag != "properties"), "")
        for case in root.iter("testcase")
    }


# CSV


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_a_cell_is_read_back_and_does_not_run(text: str) -> None:
    (row,) = list(csv.reader(io.StringIO(findings_csv.line((text,)).decode(), newline="")))
    cell = row[0] if row else ""
    assert not cell.lstrip(" \ufeff\u00a0\u3000").startswith(findings_csv.RUNNING)
    assert findings_csv.line((text,)).endswith(b"\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\ufeff="])
def test_every_start_of_a_formula_is_defused(start: str) -> None:
    assert findings_csv.line((start + "cmd",)).lstrip(b'"').startswith(b"'")


def test_the_matrix_names_waiver_and_expiry() -> None:
    (waived,) = [
        one for one in rows(written(controls_csv.write, Judged())) if one["control"] == "waived"
    ]
    assert (waived["verdict"], waived["waiver"], waived["waiver_expires"]) == (
        "fail",
        "W-1",
        "2027-03-01",
    )


# judgement.json


def test_judgement_keeps_its_published_schema() -> None:
    published = json.loads((DOCS / "schema" / "judgement.schema.json").read_bytes())
    document = json.loads(written(judgement.write, Judged(("a.example", "b.example"))))
    jsonschema.validate(document, published)


def test_judgement_is_canonical() -> None:
    data = written(judgement.write, Judged())
    document = json.loads(data)
    assert json.dumps(document) == json.dumps(document, sort_keys=True)
    assert b"NaN" not in data


def test_judgement_sums_are_those_of_its_controls() -> None:
    document = json.loads(written(judgement.write, Judged(("a.example", "b.example"))))
    (agency,) = document["agencies"]
    required = agency["standings"][0]["vector"]["required"]
    controls = [one for each in document["domains"] for one in each["controls"]]
    binding = Counter(
        "waived" if one["waived"] else one["verdict"]
        for one in controls
        if one["effective_state"] == "in-force"
    )
    assert (required["passed"], required["failed"], required["waived"]) == (
        binding["pass"],
        binding["fail"],
        binding["waived"],
    )
    assert required["upcoming"] == 2
    assert document["withdrawn"][0]["control"] == "withdrawn"
    assert document["waivers"]["count"] == 1
    assert len(document["waivers"]["sha256"]) == 64


def test_the_hostile_string_is_hostile() -> None:
    assert {"\x00", "\u202e", "\ufffe"} <= set(HOSTILE)
