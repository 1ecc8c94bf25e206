"""OCSF 1.8.0 Compliance Findings (class 2003), one event a line (compliance.md 14.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from reports.export.judged import PRODUCT, Judged, clean, detail, every, name, profiles_of, reason
from reports.source import Source
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import Profile
from scanner.control.verdict import Verdict
from scanner.finding import Severity

VERSION = "1.8.0"
CLASS = 2003
NEW, AGAIN, CLOSED = 1, 2, 3
SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
# No result because of missing information is a warning, never a pass and never a failure.
STATUSES = {
    Verdict.PASS: (1, "Pass"),
    Verdict.INCONCLUSIVE: (2, "Warning"),
    Verdict.ERROR: (2, "Warning"),
    Verdict.FAIL: (3, "Fail"),
    Verdict.NOT_APPLICABLE: (99, "Not Applicable"),
    Verdict.NOT_ASSESSED: (99, "Not Assessed"),
}
Before = Mapping[tuple[str, str], ControlVerdict]


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write a line for each control of each profile on each domain."""
    profiles = profiles_of(source)
    for judged in every(source):
        before = source.before(judged.host)
        for one in judged.verdicts:
            event = _event(source, judged, one, profiles[one.profile], before)
            out(msgspec.json.encode(event, order="sorted") + b"\n")


def _event(
    source: Source, judged: Judged, one: ControlVerdict, profile: Profile, before: Before
) -> dict[str, Any]:
    earlier = before.get((one.profile, one.control))
    activity = _activity(one, earlier)
    text = detail(judged.host, one)
    at = _millis(judged.ended)
    status = _status(one, earlier, activity)
    severity, severity_words = SEVERITIES[one.severity]
    return {
        "activity_id": activity,
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + activity,
        "time": at,
        "severity_id": severity,
        "severity": severity_words,
        "message": text,
        "metadata": {
            "version": VERSION,
            "product": {
                "name": PRODUCT,
                "vendor_name": PRODUCT,
                "version": clean(source.run.tool_version),
            },
        },
        "finding_info": {
            "uid": str(name(one.profile, one.control, judged.host)),
            "title": clean(one.title),
            "desc": text,
            "created_time": at,
        },
        "resources": [{"name": judged.host, "uid": judged.host, "type": "domain"}],
        "compliance": _compliance(one, profile, text),
        **status,
    }


def _millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _activity(one: ControlVerdict, earlier: ControlVerdict | None) -> int:
    if earlier is None:
        return NEW
    if earlier.verdict is Verdict.FAIL and one.verdict is Verdict.PASS:
        return CLOSED
    return AGAIN


def _status(one: ControlVerdict, earlier: ControlVerdict | None, activity: int) -> dict[str, Any]:
    """The state of the finding, which only a failure has, or had."""
    if activity == CLOSED:
        return {"status_id": 4, "status": "Resolved"}
    if one.verdict is not Verdict.FAIL:
        return {}
    if one.waived:
        return {"status_id": 3, "status": "Suppressed"}
    is_known = earlier is not None and earlier.verdict is Verdict.FAIL
    return (
        {"status_id": 2, "status": "In Progress"} if is_known else {"status_id": 1, "status": "New"}
    )


def _compliance(one: ControlVerdict, profile: Profile, text: str) -> dict[str, Any]:
    number, words = STATUSES[one.verdict]
    made: dict[str, Any] = {
        "control": clean(one.control),
        "requirements": [clean(one.control)],
        "standards": [clean(profile.title)],
        "status_id": number,
        "status": words,
        "status_detail": text,
    }
    if code := reason(one):
        made["status_code"] = code
    checks = [
        {"uid": check, "name": check, "status_id": each[0], "status": each[1]}
        for check, each in _checks(one).items()
    ]
    return {**made, "checks": checks} if checks else made


def _checks(one: ControlVerdict) -> dict[str, tuple[int, str]]:
    """Each check behind the control, with the worst that it says."""
    order = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PASS, *Verdict)
    made: dict[str, tuple[int, str]] = {}
    for part in sorted(one.parts, key=lambda part: order.index(part.verdict)):
        if part.check:
            made.setdefault(part.check, STATUSES[part.verdict])
    return made
