"""A ``run.json`` as evidence: read target by target, though the file may be large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from reports.export.run_json import Document, TargetDocument
from scanner.assessment import Assessment
from scanner.run import Run
from scanner.targets import Agency, Inventory
from scanner.targets import target as make_target


class Head(msgspec.Struct):
    """The first line of the file: everything but the targets."""

    schema_version: int
    run: Run
    inventory: Inventory | None = None


class RunFile(NamedTuple):
    """The run of a file and its inventory; the targets are read from it again and again."""

    path: Path
    run: Run
    inventory: Inventory

    def assessments(self) -> Iterator[Assessment]:
        """Every target, one at a time."""
        for one in _targets(self.path):
            yield _assessment(one)


def read(path: Path) -> RunFile:
    """Read a ``run.json``; ``ValueError`` says what is wrong with it."""
    try:
        head = _head(path)
        inventory = head.inventory or _derived(path)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{path}: a run.json was expected ({error})"
        raise ValueError(message) from None
    return RunFile(path, head.run, inventory)


_BEGIN = b',"targets":['


def _head(path: Path) -> Head:
    """Our own files have the head in one line; any other is read whole."""
    with path.open("rb") as lines:
        first = lines.readline()
    if first.rstrip(b"\n").endswith(_BEGIN):
        return msgspec.json.decode(first.rstrip(b"\n")[: -len(_BEGIN)] + b"}", type=Head)
    return msgspec.json.decode(path.read_bytes(), type=Head)


def _targets(path: Path) -> Iterator[TargetDocument]:
    with path.open("rb") as lines:
        first = lines.readline()
        if first.rstrip(b"\n").endswith(_BEGIN):
            for line in lines:
                if (text := line.rstrip(b",\n")) and text != b"]}":
                    yield msgspec.json.decode(text, type=TargetDocument)
            return
    yield from msgspec.json.decode(path.read_bytes(), type=Document).targets


def _assessment(one: TargetDocument) -> Assessment:
    return Assessment(
        one.host,
        one.agency,
        one.began,
        one.ended,
        one.status,
        one.observations,
        one.findings,
        one.facts,
    )


def _derived(path: Path) -> Inventory:
    """The inventory of a file that has none: the names and agencies that were assessed."""
    rows = sorted({(one.host, one.agency) for one in _targets(path)})
    return Inventory(
        tuple(make_target(host, agency) for host, agency in rows),
        tuple(Agency(one, one) for one in sorted({agency for _, agency in rows})),
        ("the file has no inventory: what it says of targets is unknown",),
    )


__all__ = ["RunFile", "read"]
