"""The published JSON Schemas are what is enforced: this reads them, and says line and column.

The part of JSON Schema 2020-12 that our own schemas use; a keyword it does not know is an error,
so that no rule of a schema is ever ignored silently.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

from scanner.control.strict_yaml import DocumentError, Node, parse
from scanner.targets import Defect

Json: TypeAlias = Any
MOST_DEFECTS = 20
_SILENT = frozenset({"$schema", "$defs", "title", "description", "default", "then", "else"})
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}
_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text (in quotes, where it looks like a number)",
    "integer": "a whole number",
    "boolean": "true or false",
}


class Problem(NamedTuple):
    """What is wrong at a node, and how deep that lies: the deepest is the most telling."""

    node: Node
    text: str
    depth: int
    at: tuple[int, int] | None = None

    @property
    def where(self) -> tuple[int, int]:
        """Line and column."""
        return self.at or (self.node.line, self.node.column)


@lru_cache(maxsize=8)
def schema(name: str) -> Mapping[str, Any]:
    """One of the schemas that are published: profile, waivers, manual-outcomes."""
    path = files("scanner.control").joinpath("schemas", f"{name}.schema.json")
    found: Mapping[str, Any] = json.loads(path.read_bytes())
    return found


def read(name: str, file: str, data: bytes) -> Node:
    """A document that keeps a schema; ``DocumentError`` names every defect, up to twenty."""
    node = parse(file, data)
    found = sorted(check(node, schema(name), schema(name)), key=lambda one: one.where)
    if found:
        raise DocumentError(Defect(file, *one.where, one.text) for one in found[:MOST_DEFECTS])
    return node


def check(node: Node, rule: Json, root: Mapping[str, Any], depth: int = 0) -> Iterator[Problem]:
    """Every way in which a node does not keep a schema."""
    if rule is True:
        return
    if rule is False:
        yield Problem(node, "nothing may stand here", depth)
        return
    if wrong := _wrong_type(node, rule):
        yield Problem(node, wrong, depth)
        return
    for word, value in rule.items():
        if word not in _SILENT:
            yield from _KEYWORDS[word](node, value, rule, root, depth)


def _wrong_type(node: Node, rule: Mapping[str, Any]) -> str:
    wanted = rule.get("type")
    if wanted is None:
        return ""
    names = [wanted] if isinstance(wanted, str) else wanted
    if any(_is_type(node.value, name) for name in names):
        return ""
    return f"{' or '.join(_WORDS[name] for name in names)} was expected, not {_shown(node)}"


def _is_type(value: object, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def _shown(node: Node) -> str:
    match node.value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case None:
            return "nothing"
        case bool():
            return str(node.value).lower()
        case _:
            return repr(node.value)[:80]


def _type(*_: Json) -> Iterator[Problem]:
    yield from ()


def _ref(node: Node, value: str, _: Json, root: Mapping[str, Any], depth: int) -> Iterator[Problem]:
    found: Any = root
    for part in value.removeprefix("#/").split("/"):
        found = found[part]
    yield from check(node, found, root, depth)


def _properties(
    node: Node,
    value: Mapping[str, Any],
    _: Json,
    root: Mapping[str, Any],
    depth: int,
) -> Iterator[Problem]:
    if isinstance(node.value, dict):
        for name, inner in value.items():
            if name in node.value:
                yield from check(node.value[name], inner, root, depth + 1)


def _additional(
    node: Node,
    value: Json,
    rule: Mapping[str, Any],
    root: Mapping[str, Any],
    depth: int,
) -> Iterator[Problem]:
    known = rule.get("properties", {})
    for name, inner in node.value.items():
        if name in known:
            continue
        if value is False:
            text = f"the key {name!r} is not known here; known are {', '.join(sorted(known))}"
            yield Problem(node, text, depth, node.keys[name])
        else:
            yield from check(inner, value, root, depth + 1)


def _names(
    node: Node,
    value: Mapping[str, Any],
    _: Json,
    root: Mapping[str, Any],
    depth: int,
) -> Iterator[Problem]:
    for name, at in node.keys.items():
        yield from check(Node(name, *at), value, root, depth + 1)


def _required(node: Node, value: list[str], _: Json, __: Json, depth: int) -> Iterator[Problem]:
    if isinstance(node.value, dict):
        for name in value:
            if name not in node.value:
                yield Problem(node, f"the key {name!r} is missing", depth)


def _items(
    node: Node, value: Json, _: Json, root: Mapping[str, Any], depth: int
) -> Iterator[Problem]:
    if isinstance(node.value, list):
        for inner in node.value:
            yield from check(inner, value, root, depth + 1)


def _enum(node: Node, value: list[Any], _: Json, __: Json, depth: int) -> Iterator[Problem]:
    if node.value not in value:
        text = f"{_shown(node)} is not one of {', '.join(map(str, value))}"
        yield Problem(node, text, depth)


def _const(node: Node, value: Json, _: Json, __: Json, depth: int) -> Iterator[Problem]:
    if node.value != value or isinstance(node.value, bool) is not isinstance(value, bool):
        yield Problem(node, f"{value!r} was expected, not {_shown(node)}", depth)


def _pattern(node: Node, value: str, _: Json, __: Json, depth: int) -> Iterator[Problem]:
    if isinstance(node.value, str) and not re.search(value.replace("$", r"\Z"), node.value):
        yield Problem(node, f"{_shown(node)} does not have the form {value}", depth)


def _least(node: Node, value: int, _: Json, __: Json, depth: int) -> Iterator[Problem]:
    size = node.value if isinstance(node.value, int) else len(node.value)
    if size < value:
        yield Problem(node, f"this is {size}; {value} or more was expected", depth)


def _most(node: Node, value: int, _: Json, __: Json, depth: int) -> Iterator[Problem]:
    if node.value > value:
        yield Problem(node, f"this is {node.value}; {value} or less was expected", depth)


def _unique(node: Node, _: Json, __: Json, ___: Json, depth: int) -> Iterator[Problem]:
    seen: set[Any] = set()
    for inner in node.value:
        if inner.value in seen:
            yield Problem(inner, f"{_shown(inner)} stands twice in this list", depth + 1)
        seen.add(inner.value)


def _one_of(
    node: Node, value: list[Any], _: Json, root: Mapping[str, Any], depth: int
) -> Iterator[Problem]:
    tried = [list(check(node, one, root, depth)) for one in value]
    fitting = sum(not one for one in tried)
    if fitting == 1:
        return
    if fitting:
        alternatives = " and ".join(sorted({str(one.get("required", [""])[0]) for one in value}))
        yield Problem(node, f"only one of {alternatives} may be given", depth)
        return
    yield from max(tried, key=_telling)


def _any_of(
    node: Node, value: list[Any], _: Json, root: Mapping[str, Any], depth: int
) -> Iterator[Problem]:
    tried = [list(check(node, one, root, depth)) for one in value]
    if all(tried):
        yield from max(tried, key=_telling)


def _telling(found: list[Problem]) -> tuple[int, int]:
    """Of several alternatives that do not fit, the one that nearly does: deepest, then fewest."""
    return max(one.depth for one in found), -len(found)


def _all_of(
    node: Node, value: list[Any], _: Json, root: Mapping[str, Any], depth: int
) -> Iterator[Problem]:
    for one in value:
        yield from check(node, one, root, depth)


def _not(
    node: Node, value: Mapping[str, Any], _: Json, root: Mapping[str, Any], depth: int
) -> Iterator[Problem]:
    if not any(check(node, value, root, depth)):
        names = value.get("required") or [one["required"][0] for one in value.get("anyOf", ())]
        present = [name for name in names if name in node.value] or names
        yield Problem(node, f"{' and '.join(present)} may not be given here", depth)


def _if(
    node: Node,
    value: Mapping[str, Any],
    rule: Mapping[str, Any],
    root: Mapping[str, Any],
    depth: int,
) -> Iterator[Problem]:
    branch = "else" if any(check(node, value, root, depth)) else "then"
    yield from check(node, rule.get(branch, True), root, depth)


_KEYWORDS = {
    "type": _type,
    "$ref": _ref,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "items": _items,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _least,
    "minItems": _least,
    "minProperties": _least,
    "minimum": _least,
    "maximum": _most,
    "uniqueItems": _unique,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "allOf": _all_of,
    "not": _not,
    "if": _if,
}
