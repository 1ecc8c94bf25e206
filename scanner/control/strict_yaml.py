"""YAML as data and nothing more: YAML 1.2 core scalars, every node with its line and column.

Read from the parser's events, so that nothing is built before it is allowed: no anchors, aliases
or tags, no doubled key, 1 MiB and 20 levels at most (compliance.md 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from scanner.targets import Defect

LARGEST = 1 << 20
DEEPEST = 20
# Its events alone are read: what a plain scalar means is said below, by YAML 1.2.
_PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Scalar: TypeAlias = str | int | float | bool | None
Position: TypeAlias = tuple[int, int]


class DocumentError(ValueError):
    """A file that is not what it should be, with every defect and its place."""

    def __init__(self, defects: Iterable[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("\n".join(str(one) for one in self.defects))


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document, and where it stands (line and column from 1)."""

    value: Any
    line: int
    column: int
    keys: dict[str, Position] = field(default_factory=dict)

    def plain(self) -> Any:  # noqa: ANN401 - JSON
        """The value without its places."""
        match self.value:
            case dict():
                return {key: inner.plain() for key, inner in self.value.items()}
            case list():
                return [inner.plain() for inner in self.value]
            case _:
                return self.value


def parse(file: str, data: bytes) -> Node:
    """Read one document; raise ``DocumentError`` with the first defect and its place."""
    if len(data) > LARGEST:
        raise _error(file, (1, 1), f"the file is larger than {LARGEST >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - (data[: error.start].rfind(b"\n") + 1) + 1
        raise _error(
            file, (line, column), f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        ) from None
    try:
        return _document(file, yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _error(file, where, f"this is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise _error(file, (1, 1), f"this is not YAML: {str(error).splitlines()[0]}") from None


def _error(file: str, where: Position, text: str) -> DocumentError:
    return DocumentError([Defect(file, *where, text)])


def _document(file: str, events: Iterator[Any]) -> Node:
    made: Node | None = None
    for event in events:
        if isinstance(event, DocumentStartEvent):
            if made is not None:
                raise _error(file, _at(event), "a second document begins here; one was expected")
            made = _node(file, events, next(events), 1)
    if made is None:
        raise _error(file, (1, 1), "the file is empty")
    return made


def _at(event: Any) -> Position:  # noqa: ANN401 - PyYAML's events
    return event.start_mark.line + 1, event.start_mark.column + 1


def _node(file: str, events: Iterator[Any], event: Any, depth: int) -> Node:  # noqa: ANN401
    where = _at(event)
    if depth > DEEPEST:
        raise _error(file, where, f"this lies deeper than {DEEPEST} levels")
    if isinstance(event, AliasEvent) or event.anchor:
        raise _error(file, where, "anchors and aliases are not read: write it out")
    if event.tag:
        raise _error(file, where, f"the tag {event.tag} is not read: write the plain value")
    match event:
        case MappingStartEvent():
            return _mapping(file, events, where, depth)
        case SequenceStartEvent():
            items = []
            while not isinstance(inner := next(events), SequenceEndEvent):
                items.append(_node(file, events, inner, depth + 1))
            return Node(items, *where)
        case ScalarEvent():
            return Node(_scalar(event), *where)
        case _:
            raise _error(file, where, "a value was expected here")


def _mapping(file: str, events: Iterator[Any], where: Position, depth: int) -> Node:
    values: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        at = _at(event)
        if not isinstance(event, ScalarEvent) or event.anchor or event.tag:
            raise _error(file, at, "a key is plain text")
        if event.value in values:
            first = keys[event.value][0]
            raise _error(file, at, f"the key {event.value!r} stands twice, first in line {first}")
        keys[event.value] = at
        values[event.value] = _node(file, events, next(events), depth + 1)
    return Node(values, *where, keys)


_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MOST_DIGITS = 18


def _scalar(event: ScalarEvent) -> Scalar:
    """The core schema (YAML 1.2.2 10.3.2): ``no`` and ``2026-09-01`` are text."""
    text: str = event.value
    if event.style:  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _MOST_DIGITS else text
    if _OTHER_BASE.fullmatch(text) and len(text) <= _MOST_DIGITS:
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
