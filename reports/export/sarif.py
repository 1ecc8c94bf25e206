"""SARIF 2.1.0: one run, a rule for each control, a result for each verdict (compliance.md 14.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from reports.export.judged import PRODUCT, Judged, clean, detail, every, name, stamp
from reports.source import Source
from scanner.control.judgement import ControlVerdict
from scanner.control.verdict import Verdict
from scanner.finding import Severity
from scanner.observation import Subject

KINDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.INCONCLUSIVE: "open",
    Verdict.ERROR: "open",
    Verdict.NOT_ASSESSED: "review",
}
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
HTTPS = 443


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write the log piece by piece: memory does not grow with the fleet."""
    driver = {
        "name": PRODUCT,
        "version": clean(source.run.tool_version),
        "rules": list(_rules(source)),
    }
    out(b'{"version":"2.1.0","runs":[{"tool":{"driver":')
    out(msgspec.json.encode(driver, order="sorted"))
    out(b'},"results":[')
    broken: list[dict[str, Any]] = []
    separator = b"\n"
    for judged in every(source):
        before = source.before(judged.host)
        for one in judged.verdicts:
            earlier = before.get((one.profile, one.control))
            result = _result(source, judged, one, earlier)
            out(separator + msgspec.json.encode(result, order="sorted"))
            separator = b",\n"
            if one.verdict is Verdict.ERROR:
                text = f"{judged.host} {one.profile} {one.control}: {detail(judged.host, one)}"
                broken.append({"level": "error", "message": {"text": clean(text)}})
    invocation: dict[str, Any] = {
        "executionSuccessful": True,
        "startTimeUtc": stamp(source.run.began),
    }
    if broken:
        invocation["toolExecutionNotifications"] = broken
    out(b'\n],"invocations":' + msgspec.json.encode([invocation], order="sorted") + b"}]}\n")


def _rules(source: Source) -> Iterator[dict[str, Any]]:
    for profile in source.profiles:
        for one in profile.controls:
            yield {
                "id": f"{profile.id}/{one.id}",
                "shortDescription": {"text": clean(one.title)},
                "properties": {
                    "profile": profile.id,
                    "version": clean(profile.version),
                    "coverage": one.coverage,
                    "textVerified": one.text_verified or profile.source.text_verified,
                },
            }


def _result(
    source: Source, judged: Judged, one: ControlVerdict, earlier: ControlVerdict | None
) -> dict[str, Any]:
    is_fail = one.verdict is Verdict.FAIL
    return {
        "ruleId": f"{one.profile}/{one.control}",
        "kind": KINDS[one.verdict],
        "level": LEVELS[one.severity] if is_fail else "none",
        "message": {"text": detail(judged.host, one)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": f"https://{judged.host}/"}},
                "logicalLocations": [
                    {"fullyQualifiedName": _where(judged.host, one), "kind": "resource"}
                ],
            }
        ],
        "partialFingerprints": {"checkTarget/v1": str(name(one.profile, one.control, judged.host))},
        "baselineState": _baseline(one, earlier),
        # As soon as one result has this, all must (3.27.23).
        "suppressions": list(_suppressions(source, one)),
        "properties": {
            "verdict": one.verdict,
            "controlLevel": one.level,
            "effective": one.effective,
        },
    }


def _where(host: str, one: ControlVerdict) -> str:
    for part in one.deciding:
        if part.subject:
            subject = Subject.from_text(part.subject)
            return f"{subject.host}:{subject.port}/tcp" if subject.port else subject.host
    return f"{host}:{HTTPS}/tcp"


def _baseline(one: ControlVerdict, earlier: ControlVerdict | None) -> str:
    if earlier is None:
        return "new"
    return "unchanged" if earlier.verdict is one.verdict else "updated"


def _suppressions(source: Source, one: ControlVerdict) -> Iterator[dict[str, str]]:
    for waiver in source.judging.waivers.every:
        if waiver.id == one.waived:
            text = f"{waiver.id} until {waiver.expires_on}: {waiver.reason}"
            yield {"kind": "external", "status": "accepted", "justification": clean(text)}
