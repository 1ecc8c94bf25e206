"""``run.json``: a run and everything about its targets, one target a line (Decisions 18)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from reports.source import Source
from scanner.assessment import Assessment

SCHEMA_VERSION = 1


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write the document piece by piece: memory does not grow with the fleet."""
    run = msgspec.json.encode(source.run, order="sorted")
    out(b'{"schema_version":%d,"run":%s,"targets":[' % (SCHEMA_VERSION, run))
    separator = b"\n"
    for one in source.assessments():
        out(separator + msgspec.json.encode(target(one), order="sorted"))
        separator = b",\n"
    out(b"\n]}\n")


def target(one: Assessment) -> dict[str, object]:
    """One target as it stands in the document."""
    return {
        "host": one.host,
        "agency": one.agency,
        "status": one.status,
        "began": one.began,
        "ended": one.ended,
        "observations": one.observations,
        "findings": one.findings,
        "facts": one.facts,
    }
