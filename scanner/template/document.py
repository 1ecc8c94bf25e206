"""A template's YAML as text: the words of a scalar count, not its type (exposure.md 4.2)."""

from __future__ import annotations

from typing import TypeAlias

import yaml

Node: TypeAlias = "str | list[Node] | dict[str, Node]"
MOST_BYTES = 1 << 20
MOST_DEPTH = 40
MOST_NODES = 50_000
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_TRUE = {"true", "yes", "on", "True", "TRUE", "Yes", "On"}
_FALSE = {"false", "no", "off", "False", "FALSE", "No", "Off"}


class DocumentError(ValueError):
    """A text that is no template: what is wrong, and on which line."""


def read(data: bytes) -> dict[str, Node]:
    """The only mapping of a document; a key that is given twice is refused."""
    if len(data) > MOST_BYTES:
        message = "it is longer than 1 MiB"
        raise DocumentError(message)
    try:
        text = data.decode("utf-8")
        root = _Reader(text).document()
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(_first_line(error)) from None
    if not isinstance(root, dict):
        message = "a mapping was expected"
        raise DocumentError(message)
    return root


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


class _Reader:
    """Builds values from events: no tags, no objects, aliases resolved and counted."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, Node] = {}
        self._nodes = 0

    def document(self) -> Node:
        found: list[Node] = []
        for event in self._events:
            match event:
                case yaml.DocumentStartEvent():
                    found.append(self._value(next(self._events), 0, is_typed=False))
                case _:
                    continue
        if len(found) != 1:
            message = f"one document was expected, {len(found)} were found"
            raise DocumentError(message)
        return found[0]

    def _value(self, event: yaml.Event, depth: int, *, is_typed: bool) -> Node:
        self._nodes += 1
        if depth > MOST_DEPTH or self._nodes > MOST_NODES:
            message = "it is nested too deeply, or too large"
            raise DocumentError(message)
        match event:
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    message = f"line {event.start_mark.line + 1}: unknown alias {event.anchor}"
                    raise DocumentError(message)
                return self._anchors[event.anchor]
            case yaml.ScalarEvent():
                value: Node = _typed(event) if is_typed else event.value
            case yaml.SequenceStartEvent():
                value = self._list(depth, is_typed=is_typed)
            case _:
                value = self._mapping(depth, is_typed=is_typed)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _list(self, depth: int, *, is_typed: bool) -> list[Node]:
        made: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            made.append(self._value(event, depth + 1, is_typed=is_typed))
        return made

    def _mapping(self, depth: int, *, is_typed: bool) -> dict[str, Node]:
        made: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1, is_typed=False)
            if not isinstance(key, str):
                message = f"line {event.start_mark.line + 1}: a key must be text"
                raise DocumentError(message)
            if key in made:
                message = f"line {event.start_mark.line + 1}: the key {key!r} is given twice"
                raise DocumentError(message)
            typed = is_typed or key == "payloads"
            made[key] = self._value(next(self._events), depth + 1, is_typed=typed)
        return made


def _typed(event: yaml.ScalarEvent) -> str:
    """A payload as its YAML type is written again: ``1.10`` is ``1.1``, ``yes`` is ``true``."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _TRUE:
        return "true"
    if text in _FALSE:
        return "false"
    return _number(text)


def _number(text: str) -> str:
    try:
        return str(int(text, 0))
    except ValueError:
        pass
    try:
        number = float(text) if set(text) <= set("0123456789.+-eE") else None
    except ValueError:
        return text
    if number is None or number in {float("inf"), float("-inf")}:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)  # noqa: PLR2004
