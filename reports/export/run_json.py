"""``run.json``: a run and everything about its targets, one target a line (Decisions 18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from reports.source import Source
from scanner.assessment import Assessment, Status, StoredObservation
from scanner.fact import RecordedFact
from scanner.finding import Finding
from scanner.run import Run
from scanner.targets import Inventory

SCHEMA_VERSION = 1


class TargetDocument(Struct, frozen=True):
    """One target, with what was seen, found and derived."""

    host: str
    agency: str
    status: Status
    began: datetime
    ended: datetime
    observations: tuple[StoredObservation, ...]
    findings: tuple[Finding, ...]
    facts: tuple[RecordedFact, ...]


class Document(Struct, frozen=True):
    """The whole of ``run.json``."""

    schema_version: int
    run: Run
    inventory: Inventory
    targets: tuple[TargetDocument, ...]


def write(source: Source, out: Callable[[bytes], object]) -> None:
    """Write the document piece by piece: memory does not grow with the fleet."""
    bare = msgspec.structs.replace(source.run, documents={})
    run = msgspec.json.encode(bare, order="sorted")
    inventory = msgspec.json.encode(source.inventory, order="sorted")
    head = b'{"schema_version":%d,"run":%s,"inventory":%s,"targets":['
    out(head % (SCHEMA_VERSION, run, inventory))
    separator = b"\n"
    for one in source.assessments():
        out(separator + msgspec.json.encode(target(one), order="sorted"))
        separator = b",\n"
    out(b"\n]}\n")


def target(one: Assessment) -> TargetDocument:
    """One target as it stands in the document."""
    return TargetDocument(
        one.host,
        one.agency,
        one.status,
        one.began,
        one.ended,
        one.observations,
        one.findings,
        one.facts,
    )
