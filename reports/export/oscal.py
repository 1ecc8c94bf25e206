"""OSCAL 1.2.1 assessment results, and the plan they must import (compliance.md 14.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from reports.clock import clock
from reports.export.judged import (
    Judged,
    clean,
    detail,
    ended,
    every,
    expires,
    name,
    reason,
    stamp,
)
from reports.source import Source
from scanner.control.judgement import ControlVerdict
from scanner.control.lint import token
from scanner.control.manual import Method
from scanner.control.profile import Assertion, Profile
from scanner.control.verdict import Verdict

VERSION = "1.2.1"
NS = "urn:govscan"
PLAN = "assessment-plan.json"
METHODS = {Method.EXAMINE: "EXAMINE", Method.INTERVIEW: "INTERVIEW", Method.TEST: "TEST"}
STATES = {Verdict.PASS: "satisfied", Verdict.FAIL: "not-satisfied"}
Json = dict[str, Any]


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write the results, one per profile, piece by piece; findings know two states only."""
    head = {
        "uuid": str(name("results", source.run.id, _judged_by(source))),
        "metadata": _metadata(source, f"Scan {source.run.id} of {source.run.lineage}"),
        "import-ap": {"href": PLAN},
    }
    out(b'{"assessment-results":' + _open(head) + b',"results":[')
    separator = b"\n"
    for profile in source.profiles:
        out(separator + _open(_head(source, profile)))
        _array(out, "observations", _observations(source, profile))
        _array(out, "risks", _risks(source, profile))
        if profile.assertion is not Assertion.EVIDENCE_ONLY or source.shows_evidence_as_findings:
            _array(out, "findings", _findings(source, profile))
        out(b"}")
        separator = b",\n"
    out(b"\n]}}\n")


def write_plan(source: Source, out: Callable[[bytes], object]) -> None:
    """Write the plan: the agency's system security plan is not known to us, and it says so."""
    ssp = str(name("ssp", source.run.lineage))
    plan = {
        "uuid": str(name("plan", source.run.id)),
        "metadata": _metadata(source, f"External scan {source.run.id}"),
        "import-ssp": {"href": f"#{ssp}"},
        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
        "back-matter": {
            "resources": [
                {
                    "uuid": ssp,
                    "title": "System security plan of the agency",
                    "description": "Not available to the scanner.",
                }
            ]
        },
    }
    out(msgspec.json.encode({"assessment-plan": plan}, order="sorted") + b"\n")


def _judged_by(source: Source) -> str:
    return " ".join(one.sha256 for one in source.profiles) + source.judging.day.isoformat()


def _metadata(source: Source, title: str) -> Json:
    return {
        "title": clean(title),
        "last-modified": stamp(ended(source)),
        "version": clean(source.run.tool_version),
        "oscal-version": VERSION,
    }


def _open(value: Json) -> bytes:
    """An object that is not closed yet."""
    return msgspec.json.encode(value, order="sorted")[:-1]


def _array(out: Callable[[bytes], object], key: str, values: Iterable[Json]) -> None:
    """An array that is not empty: OSCAL has it so, or not at all."""
    started = False
    for one in values:
        out(b",\n" if started else f',"{key}":[\n'.encode())
        out(msgspec.json.encode(one, order="sorted"))
        started = True
    if started:
        out(b"\n]")


def _head(source: Source, profile: Profile) -> Json:
    made: Json = {
        "uuid": str(name("result", source.run.id, profile.id, profile.sha256)),
        "title": clean(f"{profile.id} {profile.version}"),
        "description": clean(
            f"External scan judged under {profile.title} as of {source.judging.day.isoformat()}. "
            + _assertion(profile)
        ),
        "start": stamp(source.run.began),
        "end": stamp(ended(source)),
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": token(one.id)} for one in profile.controls]}
            ]
        },
    }
    items = [
        {
            "uuid": _item(judged.host),
            "description": judged.host,
            "props": [
                {"name": "fqdn", "value": judged.host},
                {"name": "agency", "ns": NS, "value": clean(judged.agency.id)},
            ],
        }
        for judged in every(source, profile)
    ]
    return {**made, "local-definitions": {"inventory-items": items}} if items else made


def _assertion(profile: Profile) -> str:
    if profile.assertion is Assertion.EVIDENCE_ONLY:
        return "Supporting evidence only: nothing here says that a control is met."
    return "What could not be determined is an observation without a finding."


def _item(host: str) -> str:
    return str(name("host", host))


def _pairs(source: Source, profile: Profile) -> Iterator[tuple[Judged, ControlVerdict]]:
    for judged in every(source, profile):
        for one in judged.verdicts:
            yield judged, one


def _uuid(kind: str, source: Source, judged: Judged, one: ControlVerdict) -> str:
    return str(name(kind, source.run.id, one.profile, one.control, judged.host))


def _observations(source: Source, profile: Profile) -> Iterator[Json]:
    for judged, one in _pairs(source, profile):
        text = detail(judged.host, one)
        yield {
            "uuid": _uuid("observation", source, judged, one),
            "title": clean(one.control),
            "description": text,
            "props": list(_props(one)),
            "methods": [_method(one)],
            "types": ["finding"],
            "subjects": [{"subject-uuid": _item(judged.host), "type": "inventory-item"}],
            "relevant-evidence": [{"description": text}],
            "collected": stamp(_collected(judged, one)),
            "expires": stamp(_expires(profile, judged, one)),
        }


def _props(one: ControlVerdict) -> Iterator[Json]:
    values = {
        "verdict": one.verdict,
        "reason": "-".join(reason(one).split()),
        "waiver": one.waived,
        "level": one.level,
        "effective": "" if one.binds else one.effective,
    }
    for key, value in values.items():
        if value:
            yield {"name": key, "ns": NS, "value": value}


def _method(one: ControlVerdict) -> str:
    if one.manual is not None:
        return METHODS[one.manual.method]
    return "UNKNOWN" if one.verdict is Verdict.NOT_ASSESSED else "TEST"


def _collected(judged: Judged, one: ControlVerdict) -> datetime:
    return _day(one.manual.assessed_on) if one.manual else judged.ended


def _expires(profile: Profile, judged: Judged, one: ControlVerdict) -> datetime:
    return _day(one.manual.valid_until) if one.manual else expires(profile, judged.ended)


def _day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T00:00:00+00:00")


def _risks(source: Source, profile: Profile) -> Iterator[Json]:
    """An accepted failure is a risk until its waiver ends, one with a deadline until that day."""
    waivers = {one.id: one for one in source.judging.waivers.every}
    for judged, one in _pairs(source, profile):
        risk = {
            "uuid": _uuid("risk", source, judged, one),
            "description": clean(f"{one.control} on {judged.host}: {one.title}"),
        }
        if one.waived:
            waiver = waivers[one.waived]
            yield risk | {
                "title": clean(f"Waiver {waiver.id}"),
                "statement": clean(
                    f"{waiver.kind}: {waiver.reason} Approved by {waiver.approved_by} "
                    f"on {waiver.approved_on}."
                ),
                "status": "deviation-approved",
                "deadline": stamp(_day(waiver.expires_on)),
            }
        elif deadline := _deadline(source, judged, one):
            yield risk | {
                "title": clean(f"{one.control} is not met"),
                "statement": f"To be remedied within {one.deadline_days} days of its detection.",
                "status": "open",
                "deadline": stamp(deadline),
            }


def _deadline(source: Source, judged: Judged, one: ControlVerdict) -> datetime | None:
    if one.deadline_days is None or one.verdict is not Verdict.FAIL:
        return None
    return clock(one, source.first_seen(judged.host)).deadline


def _findings(source: Source, profile: Profile) -> Iterator[Json]:
    for judged, one in _pairs(source, profile):
        if one.verdict in STATES:
            made: Json = {
                "uuid": _uuid("finding", source, judged, one),
                "title": clean(one.title),
                "description": detail(judged.host, one),
                "target": {
                    "type": "objective-id",
                    "target-id": token(one.control),
                    "status": {"state": STATES[one.verdict], "reason": one.verdict},
                },
                "related-observations": [
                    {"observation-uuid": _uuid("observation", source, judged, one)}
                ],
            }
            if one.waived or _deadline(source, judged, one):
                made["related-risks"] = [{"risk-uuid": _uuid("risk", source, judged, one)}]
            yield made
