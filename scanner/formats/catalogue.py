"""The catalogue of exposures: YAML in, checked entries out, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import re2
from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from scanner.formats.proof import PARSERS, Entry

SEVERITIES = ("critical", "high", "medium", "low", "info")


class Catalogue(Struct, frozen=True):
    """Every entry of a run."""

    entries: tuple[Entry, ...]


class CatalogueError(ValueError):
    """A catalogue file that cannot be used, with its name and what is wrong."""


def read(files: Iterable[tuple[str, bytes]]) -> Catalogue:
    """Read catalogue files (name, bytes); raise ``CatalogueError`` naming file and entry."""
    entries = [entry for name, data in files for entry in _entries(name, data)]
    return Catalogue(tuple(sorted(entries, key=lambda one: SEVERITIES.index(one.severity))))


def _entries(name: str, data: bytes) -> list[Entry]:
    try:
        rows = YAML(typ="safe", pure=True).load(data)
        entries = msgspec.convert(rows, list[Entry])
    except (YAMLError, msgspec.ValidationError) as error:
        message = f"{name}: {error}"
        raise CatalogueError(message) from None
    for entry in entries:
        _check(name, entry)
    return entries


def _check(name: str, entry: Entry) -> None:
    if entry.severity not in SEVERITIES:
        message = f"{name}: {entry.id}: {entry.severity!r} is not a severity"
        raise CatalogueError(message)
    for proof in entry.proof:
        if proof.parser and proof.parser not in PARSERS:
            message = f"{name}: {entry.id}: there is no parser {proof.parser!r}"
            raise CatalogueError(message)
        for pattern in (*proof.all_regex, *proof.any_regex):
            try:
                re2.compile(pattern)
            except re2.error as error:
                message = f"{name}: {entry.id}: {pattern!r} is not RE2 ({error})"
                raise CatalogueError(message) from None
