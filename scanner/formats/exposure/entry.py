"""An entry of the catalogue: its paths, its proofs, how grave it is, and whether they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import re2
from msgspec import Struct

from scanner.formats.exposure import files, pages, secret, stores
from scanner.formats.exposure.reply import Reply, at

PARSERS: Mapping[str, Callable[[Reply], bool]] = {
    "git_head": files.git_head,
    "git_index": files.git_index,
    "sqlite": files.sqlite,
    "dotenv": files.dotenv,
    "pem_private": files.pem_private,
    "archive": files.archive,
    "sqldump": files.sqldump,
    "gz_sqldump": files.gz_sqldump,
    "hprof": files.hprof,
    "history": files.history,
    "dirlist": pages.dirlist,
    "trace": pages.trace,
    "dav": pages.dav,
    "defaced": pages.defaced,
    "wildcard_policy": pages.wildcard_policy,
    "keystore": stores.keystore,
    "putty_key": stores.putty_key,
    "keepass": stores.keepass,
    "core_dump": stores.core_dump,
    "access_db": stores.access_db,
    "redis_dump": stores.redis_dump,
    "log_lines": stores.log_lines,
}
OK = (200,)


def yaml_name(field: str) -> str:
    """``class_`` is ``class`` in the files, ``json_keys`` is ``json-keys``."""
    return field.rstrip("_").replace("_", "-")


class Proof(Struct, frozen=True, forbid_unknown_fields=True, rename=yaml_name):
    """One way to prove an entry: every key that is given must hold."""

    class_: str = ""
    status: tuple[int, ...] = OK
    all_regex: tuple[str, ...] = ()
    any_regex: tuple[str, ...] = ()
    no_regex: tuple[str, ...] = ()
    magic: str = ""
    json_keys: tuple[str, ...] = ()
    json_any_key: tuple[str, ...] = ()
    json_array: bool = False
    json_object_at: str = ""
    json_list_at: str = ""
    headers: dict[str, str] = {}
    parser: str = ""

    @property
    def name(self) -> str:
        """How evidence calls it."""
        if self.parser:
            return self.parser
        if self.magic:
            return "magic"
        if self.json_keys or self.json_any_key or self.json_array:
            return "json-keys"
        return "pattern" if self.all_regex or self.any_regex else "header"

    @property
    def is_grammar(self) -> bool:
        """Whether a grammar or a magic number was met, and not words alone."""
        return self.name not in {"pattern", "header", "history", "log_lines", "dirlist"}


class Grade(Struct, frozen=True, forbid_unknown_fields=True, rename=yaml_name):
    """How grave a proved path is when this holds; the first that does decides."""

    severity: str
    paths: tuple[str, ...] = ()
    proof: Proof | None = None
    host: str = ""
    secret: bool = False
    told: bool = False
    note: str = ""


class Entry(Struct, frozen=True, forbid_unknown_fields=True, rename=yaml_name):
    """One exposure. ``told`` in a grade: said as information, no failure.

    ``every``: go on after a proved path. ``opt_in``: not asked by default, for this reason.
    ``weak``: proved by words alone, so the page must also differ from its controls.
    ``product``: what the honeypot rule counts. ``closed``: proofs that it is there and shut;
    ``unsupported``: statuses that ask for what we never send. ``link``: where another reply names
    it, so that it can be told without being asked.
    """

    id: str
    check: str
    title: str
    category: str
    severity: str
    cwe: int
    paths: tuple[str, ...]
    proof: tuple[Proof, ...]
    remediation: str
    owasp_2021: str = "A05"
    grades: tuple[Grade, ...] = ()
    product: str = ""
    weak: bool = False
    every: bool = False
    opt_in: str = ""
    link: str = ""
    closed: tuple[Proof, ...] = ()
    unsupported: tuple[int, ...] = ()
    read_bytes: int = 0
    version: str = ""
    note: str = ""

    @property
    def is_json(self) -> bool:
        """Whether a proof reads JSON, which may be longer than other files."""
        return any(one.class_ == "json" for one in self.proof)

    @property
    def statuses(self) -> frozenset[int]:
        """The statuses that its proofs accept."""
        return frozenset(status for one in self.proof for status in one.status)


@lru_cache(maxsize=4096)
def pattern(text: str) -> Any:  # noqa: ANN401 - the library has no types
    """A compiled pattern: RE2 in multi-line mode on raw bytes, linear on any text."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    return re2.compile(b"(?m)" + text.encode("latin-1"), options)


def proved(entry: Entry, reply: Reply) -> Proof | None:
    """The first proof that holds for a reply."""
    if reply.is_empty and not any(one.headers or one.parser == "dav" for one in entry.proof):
        return None
    return next((one for one in entry.proof if holds(one, reply)), None)


def holds(proof: Proof, reply: Reply) -> bool:
    """Whether every key of a proof holds, the cheap ones first."""
    if reply.status not in proof.status or not _is_of_class(proof.class_, reply):
        return False
    if proof.magic and not reply.data.startswith(bytes.fromhex(proof.magic)):
        return False
    return (
        _has_headers(proof.headers, reply)
        and (not proof.parser or PARSERS[proof.parser](reply))
        and _has_json(proof, reply)
        and _has_text(proof, reply)
    )


def _is_of_class(name: str, reply: Reply) -> bool:
    match name:
        case "html":
            return reply.is_html
        case "file":
            return not reply.is_html
        case "json":
            return not reply.is_html and reply.json is not None
        case _:
            return True


def _has_headers(wanted: Mapping[str, str], reply: Reply) -> bool:
    return all(
        pattern(text).search(reply.fields.get(name, "").encode("latin-1", "replace"))
        for name, text in wanted.items()
    )


def _has_json(proof: Proof, reply: Reply) -> bool:
    if proof.json_array and not (isinstance(reply.json, list) and reply.json):
        return False
    if any(at(reply.json, key) is None for key in proof.json_keys):
        return False
    if proof.json_any_key and all(at(reply.json, key) is None for key in proof.json_any_key):
        return False
    return not (
        (proof.json_object_at and not isinstance(at(reply.json, proof.json_object_at), dict))
        or (proof.json_list_at and not isinstance(at(reply.json, proof.json_list_at), list))
    )


def _has_text(proof: Proof, reply: Reply) -> bool:
    data = reply.data
    return (
        all(pattern(one).search(data) for one in proof.all_regex)
        and (not proof.any_regex or any(pattern(one).search(data) for one in proof.any_regex))
        and not any(pattern(one).search(data) for one in proof.no_regex)
    )


def grade(entry: Entry, path: str, reply: Reply) -> Grade:
    """How grave what was proved is: the first grade that holds, else the entry's own."""
    for one in entry.grades:
        if one.paths and path not in one.paths:
            continue
        if one.proof and not holds(one.proof, reply):
            continue
        if one.host and not pattern(one.host).search(reply.host.encode()):
            continue
        if one.secret and not secret.holds_secret(reply.text):
            continue
        return one
    return Grade(entry.severity)


def version(entry: Entry, reply: Reply) -> str:
    """The version that a proved page names, where the entry says how to read it."""
    found = pattern(entry.version).search(reply.data) if entry.version else None
    return found.group(1).decode("latin-1")[:40] if found else ""
