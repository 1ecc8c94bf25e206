"""The catalogue of exposures: YAML in, checked entries out, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import msgspec
import re2
import yaml
from msgspec import Struct

from scanner.formats.exposure.entry import PARSERS, Entry, Proof, pattern

SEVERITIES = ("critical", "high", "medium", "low", "info")
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # read at every start: ten times as fast
CLASSES = ("", "file", "html", "json")


class Catalogue(Struct, frozen=True):
    """Every entry of a run; ``digest`` names the version that a probe was proved with."""

    entries: tuple[Entry, ...]
    digest: str = ""


class CatalogueError(ValueError):
    """A catalogue file that cannot be used, with its name and what is wrong."""


def read(files: Iterable[tuple[str, bytes]]) -> Catalogue:
    """Read catalogue files (name, bytes); raise ``CatalogueError`` naming file and entry."""
    entries: list[Entry] = []
    hashed = sha256()
    for name, data in files:
        hashed.update(data)
        entries += _entries(name, data)
    twice = {one.id for one in entries if sum(one.id == other.id for other in entries) > 1}
    if twice:
        message = f"two entries are called {', '.join(sorted(twice))}"
        raise CatalogueError(message)
    ordered = sorted(entries, key=lambda one: SEVERITIES.index(one.severity))
    return Catalogue(tuple(ordered), hashed.hexdigest()[:12])


def _entries(name: str, data: bytes) -> list[Entry]:
    try:
        rows = yaml.load(data, Loader=LOADER)  # noqa: S506 - it makes nothing but texts
        entries = msgspec.convert([_row(one) for one in rows], list[Entry], strict=False)
    except (yaml.YAMLError, TypeError, msgspec.ValidationError) as error:
        message = f"{name}: {error}"
        raise CatalogueError(message) from None
    for entry in entries:
        _check(name, entry)
    return entries


def _row(row: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """A proof may stand alone, or be one of several under any-of."""
    if isinstance(row, dict) and isinstance(row.get("proof"), dict):
        proof = row["proof"]
        return {**row, "proof": proof.get("any-of", [proof])}
    return row


def _check(name: str, entry: Entry) -> None:
    for severity in (entry.severity, *(one.severity for one in entry.grades)):
        if severity not in SEVERITIES:
            message = f"{name}: {entry.id}: {severity!r} is not a severity"
            raise CatalogueError(message)
    graded = (one.proof for one in entry.grades if one.proof)
    for proof in (*entry.proof, *graded):
        _check_proof(f"{name}: {entry.id}", proof)


def _check_proof(where: str, proof: Proof) -> None:
    if proof.parser and proof.parser not in PARSERS:
        message = f"{where}: there is no parser {proof.parser!r}"
        raise CatalogueError(message)
    if proof.class_ not in CLASSES:
        message = f"{where}: there is no class {proof.class_!r}"
        raise CatalogueError(message)
    for text in (*proof.all_regex, *proof.any_regex, *proof.no_regex, *proof.headers.values()):
        try:
            pattern(text)
        except (re2.error, UnicodeEncodeError) as error:
            message = f"{where}: {text!r} is not RE2 ({error})"
            raise CatalogueError(message) from None
