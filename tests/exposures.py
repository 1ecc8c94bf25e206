"""Answers of servers that really expose something, for tests of proofs and for loopback sites."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from scanner import registry
from scanner.formats.exposure.entry import Entry
from scanner.formats.exposure.reply import Reply
from scanner.formats.exposure.shape import filled

CANARY = "CANARY"
HOST = "www.agency.example"
NAMES = {"host": HOST, "label": "agency"}
CATALOGUE = registry.catalogue()
ENTRIES = {one.id: one for one in CATALOGUE.entries}


class Answer(NamedTuple):
    """What a server says at a path."""

    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def reply(self) -> Reply:
        """As proofs read it."""
        fields = {name.lower(): value for name, value in self.headers}
        return Reply(self.status, self.body, fields=fields, path=self.path, host=HOST)


def _answer(entry: Entry, given: Any) -> Answer:
    told = given if isinstance(given, dict) else {"body": given}
    if "hex" in told:
        body = bytes.fromhex(told["hex"]) + str(told.get("tail", "")).encode()
    else:
        body = str(told["body"]).encode()
    if entry.proof[0].class_ == "html" and not body.startswith(b"<?xml") and body[:1] == b"<":
        body = b"<!DOCTYPE html><html>" + body
    return Answer(
        filled(told.get("path", entry.paths[0]), NAMES),
        told.get("status", 200),
        tuple((name, value) for name, value in told.get("headers", ())),
        body,
    )


_FILE = Path(__file__).parent / "data" / "exposure" / "exposures.yaml"
ANSWERS = {
    name: _answer(ENTRIES[name], given)
    for name, given in YAML(typ="safe", pure=True).load(_FILE.read_bytes()).items()
}
