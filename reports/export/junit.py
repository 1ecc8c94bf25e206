"""JUnit XML for build servers: what is unknown is an error, never skipped (compliance.md 14.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.sax.saxutils import quoteattr

from reports.export.judged import Judged, clean, detail, every, stamp
from reports.source import Source
from scanner.control.judgement import ControlVerdict
from scanner.control.verdict import Verdict

UNKNOWN = frozenset({Verdict.INCONCLUSIVE, Verdict.ERROR})


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write a suite for each profile on each domain."""
    out(b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="govscan">\n')
    for judged in every(source):
        for profile in source.profiles:
            own = [one for one in judged.verdicts if one.profile == profile.id]
            out(_suite(judged, profile.id, own, accepts=source.accepts_waivers).encode())
    out(b"</testsuites>\n")


def _suite(judged: Judged, profile: str, own: Iterable[ControlVerdict], *, accepts: bool) -> str:
    cases = [(_element(one, accepts=accepts), one) for one in own]
    count = {
        word: sum(element == word for element, _ in cases)
        for word in ("failure", "error", "skipped")
    }
    attributes = {
        "name": f"{profile} {judged.host}",
        "hostname": judged.host,
        "timestamp": stamp(judged.began).rstrip("Z"),
        "tests": str(len(cases)),
        "failures": str(count["failure"]),
        "errors": str(count["error"]),
        "skipped": str(count["skipped"]),
        "time": "0",
    }
    lines = [f"<testsuite{_attributes(attributes)}>"]
    lines += [_case(judged, one, element) for element, one in cases]
    return "\n".join([*lines, "</testsuite>\n"])


def _element(one: ControlVerdict, *, accepts: bool) -> str:
    """A waived failure stays one unless that is accepted; what does not bind yet breaks nothing."""
    if one.verdict in UNKNOWN:
        return "error" if one.binds else "skipped"
    if one.verdict is Verdict.FAIL:
        return "skipped" if (one.waived and accepts) or not one.binds else "failure"
    return "" if one.verdict is Verdict.PASS else "skipped"


def _case(judged: Judged, one: ControlVerdict, element: str) -> str:
    head = {"classname": f"{one.profile}.{judged.host}", "name": one.control, "time": "0"}
    properties = {
        "verdict": one.verdict,
        "level": one.level,
        "severity": one.severity,
        **({"waiver": one.waived} if one.waived else {}),
        **({} if one.binds else {"effective": one.effective}),
    }
    rows = "".join(
        f"<property{_attributes({'name': name, 'value': value})}/>"
        for name, value in properties.items()
    )
    text = f"{one.verdict}: {detail(judged.host, one)}"
    if one.waived:
        text = f"waived by {one.waived}; {text}"
    if not one.binds:
        text = f"not in force before {one.effective_from}; {text}"
    said = {"message": text, **({} if element == "skipped" else {"type": one.verdict})}
    inner = f"<{element}{_attributes(said)}/>" if element else ""
    return f"<testcase{_attributes(head)}><properties>{rows}</properties>{inner}</testcase>"


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(clean(value))}" for name, value in values.items())
