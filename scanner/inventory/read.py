"""Puts an inventory together: agencies, one target a site, what was merged, what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.inventory.entry import Entry
from scanner.inventory.table import is_table, read_table
from scanner.inventory.text import read_text
from scanner.targets import (
    Agency,
    Defect,
    Inventory,
    InventoryError,
    Target,
    fingerprint,
    registrable,
    site_of,
    slug,
    target,
)

MOST_DEFECTS = 20
LARGEST_FILE = 64 << 20


class Input(NamedTuple):
    """The bytes of a target file, of standard input, or of a domain given as argument."""

    name: str
    data: bytes


def read(inputs: Sequence[Input], *, subdomains: Sequence[Input] = ()) -> Inventory:
    """Read every input; raise ``InventoryError`` with every defect found, up to twenty."""
    entries, defects = _parted(one for given in inputs for one in _entries(given))
    known = {registrable(entry.host): entry for entry in reversed(entries)}
    for entry in _good(subdomains, defects):
        owner = known.get(registrable(entry.host))
        if owner is None:
            text = f"{entry.host} belongs to no target: {registrable(entry.host)} is not listed"
            defects.append(entry.defect(text))
        else:
            entries.append(
                owner._replace(host=entry.host, file=entry.file, line=entry.line, tags=())
            )
    inventory = _assemble(entries, defects)
    if defects:
        raise InventoryError(defects[:MOST_DEFECTS])
    hashed = hashlib.sha256()
    for given in (*inputs, *subdomains):
        hashed.update(given.data + b"\0")
    return Inventory(*inventory, hashed.hexdigest())


def _good(inputs: Sequence[Input], defects: list[Defect]) -> list[Entry]:
    entries, wrong = _parted(one for given in inputs for one in _entries(given))
    defects += wrong
    return entries


def _parted(found: Iterable[Entry | Defect]) -> tuple[list[Entry], list[Defect]]:
    entries: list[Entry] = []
    defects: list[Defect] = []
    for one in found:
        if isinstance(one, Entry):
            entries.append(one)
        elif len(defects) < MOST_DEFECTS:
            defects.append(one)
    return entries, defects


def _entries(given: Input) -> Iterator[Entry | Defect]:
    if len(given.data) > LARGEST_FILE:
        yield Defect(given.name, 1, 1, f"the file is larger than {LARGEST_FILE >> 20} MiB")
        return
    try:
        text = given.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = given.data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        byte = given.data[error.start]
        yield Defect(given.name, line, column, f"byte 0x{byte:02x} is not UTF-8 text")
        return
    first = text.lstrip().splitlines()[:1]
    if first and is_table(first[0]):
        yield from read_table(given.name, text)
    else:
        yield from read_text(given.name, text)


class _Parts(NamedTuple):
    targets: tuple[Target, ...]
    agencies: tuple[Agency, ...]
    notes: tuple[str, ...]


def _assemble(entries: Iterable[Entry], defects: list[Defect]) -> _Parts:
    agencies = _Agencies()
    targets: dict[str, tuple[Target, Entry]] = {}
    notes: list[str] = []
    for entry in entries:
        agency = agencies.of(entry, defects)
        host = _site(entry, notes)
        if host in targets:
            _again(host, entry, agency, targets, notes, defects)
            continue
        made = target(
            host,
            agency,
            source=entry.where,
            tags=entry.tags,
            attributes=dict(entry.attributes),
        )
        targets[host] = made, entry
    return _Parts(tuple(made for made, _ in targets.values()), agencies.all, tuple(notes))


def _site(entry: Entry, notes: list[str]) -> str:
    host = site_of(entry.host)
    if host != entry.host:
        notes.append(f"{entry.where}: {entry.host} and {host} are one site: scanned as {host}")
    return host


def _again(
    host: str,
    entry: Entry,
    agency: str,
    targets: dict[str, tuple[Target, Entry]],
    notes: list[str],
    defects: list[Defect],
) -> None:
    kept, first = targets[host]
    if kept.agency != agency and entry.agency:
        text = f"{host} is listed for {entry.agency!r}; {first.where} gives it to {kept.agency!r}"
        defects.append(entry.defect(text))
    elif entry.host == first.host:
        notes.append(f"{entry.where}: {host} is listed twice, first at {first.where}")


class _Agencies:
    """The agencies of an inventory, each with an id of its own."""

    def __init__(self) -> None:
        self._by_id: dict[str, Agency] = {}
        self._ids: dict[tuple[str, str], str] = {}

    @property
    def all(self) -> tuple[Agency, ...]:
        return tuple(self._by_id.values())

    def of(self, entry: Entry, defects: list[Defect]) -> str:
        name = entry.agency or registrable(entry.host)
        key = name, entry.agency_id
        if key not in self._ids:
            self._ids[key] = self._new(name, entry, defects)
        return self._ids[key]

    def _new(self, name: str, entry: Entry, defects: list[Defect]) -> str:
        identity = entry.agency_id or slug(name)
        taken = self._by_id.get(identity)
        if taken and taken.name != name and entry.agency_id:
            defects.append(entry.defect(f"the id {identity!r} is already that of {taken.name!r}"))
        elif taken and taken.name != name:
            identity = f"{identity[:48]}-{fingerprint(name)}"
        self._by_id[identity] = Agency(
            identity, name, entry.group, entry.contact, dict(entry.attributes)
        )
        return identity
