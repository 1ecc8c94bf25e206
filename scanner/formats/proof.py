"""Structural proofs: what a body is, never what a status or a content type says it is.

Bodies may hold secrets: these functions see them once, while gathering, and nothing is stored but
the proof's name, a redacted excerpt, size and hash (ARCHITECTURE.md, Decisions 9).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

import re2
from msgspec import Struct

LARGEST = 64 << 10
_HTML_START = re.compile(
    r"(?is)\A\s*(?:<!--.*?-->\s*)?(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body)\b"
)
_HTML_TAG = re.compile(r"(?i)<(doctype|html|head|body|title|script|div|meta|p|h1|pre|center)\b")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=.*")
_TELLING = re.compile(r"(?i)KEY|SECRET|PASS|TOKEN|DB_|APP_|MAIL_|AWS_|DATABASE|REDIS|URL|HOST")
_SQL = tuple(
    re.compile(rf"(?im)^{pattern}")
    for pattern in (
        r"-- (?:MySQL|MariaDB|PostgreSQL|SQLite).* dump",
        r"CREATE TABLE\b",
        r"INSERT INTO\b",
        r"DROP TABLE\b",
        r"COPY \S+ \(",
        r"SET (?:SQL_MODE|statement_timeout)\b",
    )
)


def _yaml_name(field: str) -> str:
    return field.rstrip("_").replace("_", "-")


class Proof(Struct, frozen=True, forbid_unknown_fields=True, rename=_yaml_name):
    """One way to prove an entry: every key given must hold."""

    class_: str = ""
    parser: str = ""
    all_regex: tuple[str, ...] = ()
    any_regex: tuple[str, ...] = ()


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One exposure of the catalogue."""

    id: str
    check: str
    severity: str
    paths: tuple[str, ...]
    proof: tuple[Proof, ...]


def is_html(body: bytes) -> bool:
    """Whether a body is a web page, whatever its content type says."""
    text = _text(body[:8192])
    if _HTML_START.match(text):
        return True
    start = text.lstrip()
    if not start.startswith("<") or start.startswith("<?xml"):
        return False
    return len({tag.lower() for tag in _HTML_TAG.findall(text[:4096])}) >= 3  # noqa: PLR2004


def proved(entry: Entry, status: int, body: bytes) -> str:
    """The name of the proof that holds; empty where none does."""
    kept = body[:LARGEST]
    if status != 200 or not kept.strip():  # noqa: PLR2004 - entries of other statuses say so
        return ""
    return next((_name(one) for one in entry.proof if _holds(one, kept)), "")


def _name(proof: Proof) -> str:
    return proof.parser or "pattern"


def _holds(proof: Proof, body: bytes) -> bool:
    if proof.class_ and is_html(body) != (proof.class_ == "html"):
        return False
    if proof.parser and not PARSERS[proof.parser](body):
        return False
    text = _text(body)
    return all(re2.search(one, text) for one in proof.all_regex) and (
        not proof.any_regex or any(re2.search(one, text) for one in proof.any_regex)
    )


def redacted(proof: str, body: bytes) -> str:
    """What may be shown of a body: names, never values."""
    text = _text(body[:LARGEST])
    match proof:
        case "dotenv":
            names = [found[1] for line in text.splitlines() if (found := _ASSIGNMENT.match(line))]
            return " ".join(f"{name}=…" for name in names[:12])[:300]
        case "git_head" if text.startswith("ref:"):
            return "ref: refs/heads/…"
        case "sqldump":
            tables = re.findall(r"(?im)^CREATE TABLE\s+[`\"\[]?([A-Za-z0-9_]{1,40})", text)
            return f"tables: {', '.join(tables[:8])}"
        case _:
            return ""


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    return body.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _git_head(body: bytes) -> bool:
    return len(body) < 300 and bool(  # noqa: PLR2004 - a HEAD file is one line
        re.fullmatch(rb"(?:ref: refs/\S+|[0-9a-f]{40}|[0-9a-f]{64})\s*", body)
    )


def _git_index(body: bytes) -> bool:
    if len(body) < 12 or body[:4] != b"DIRC":  # noqa: PLR2004 - signature, version, count
        return False
    version, count = struct.unpack("!II", body[4:12])
    return version in {2, 3, 4} and count < 5_000_000  # noqa: PLR2004 - exposure.md 3.1


def _sqlite(body: bytes) -> bool:
    versions = set(body[18:20])  # bytes 18 and 19: write and read version of the file format
    return body.startswith(b"SQLite format 3\0") and bool(versions) and versions <= {1, 2}


def _dotenv(body: bytes) -> bool:
    lines = [line.strip() for line in _text(body).splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    found = [match[1] for line in kept if (match := _ASSIGNMENT.fullmatch(line))]
    enough = len(found) >= 2 and len(found) >= 0.7 * len(kept)  # noqa: PLR2004 - exposure.md 3.1
    return (
        enough
        and not any(line.startswith("<") for line in kept)
        and any(map(_TELLING.search, found))
    )


def _sqldump(body: bytes) -> bool:
    text = _text(body)
    return sum(bool(one.search(text)) for one in _SQL) >= 2  # noqa: PLR2004 - exposure.md 3.1


PARSERS: Mapping[str, Callable[[bytes], Any]] = {
    "git_head": _git_head,
    "git_index": _git_index,
    "sqlite": _sqlite,
    "dotenv": _dotenv,
    "sqldump": _sqldump,
}
