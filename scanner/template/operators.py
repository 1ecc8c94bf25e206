"""Matchers and extractors as templates write them: strict, each type with its own fields."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.template import dsl
from scanner.template.document import Node
from scanner.template.fields import Fields
from scanner.template.functions import DslError, pattern
from scanner.template.model import Code, Extractor, Matcher, RefusedError

COMMON = frozenset(
    {"type", "name", "internal", "condition", "negative", "match-all", "description"}
)
MATCHERS: Mapping[str, tuple[str, frozenset[str]]] = {
    "word": ("words", frozenset({"part", "words", "case-insensitive", "encoding"})),
    "regex": ("regex", frozenset({"part", "regex", "encoding"})),
    "binary": ("binary", frozenset({"part", "binary", "encoding"})),
    "status": ("status", frozenset({"status"})),
    "size": ("size", frozenset({"size", "part"})),
    "dsl": ("dsl", frozenset({"dsl"})),
    "xpath": ("xpath", frozenset({"part", "xpath"})),
}
EXTRACTORS: Mapping[str, tuple[str, frozenset[str]]] = {
    "regex": ("regex", frozenset({"part", "regex", "group"})),
    "kval": ("kval", frozenset({"part", "kval", "case-insensitive"})),
    "json": ("json", frozenset({"part", "json", "group"})),
    "xpath": ("xpath", frozenset({"part", "xpath", "attribute"})),
    "dsl": ("dsl", frozenset({"dsl"})),
}
NUMBERS = frozenset({"status", "size"})
MOST_ITEMS = 2000


def matcher(given: Node, where: str) -> Matcher:
    """One matcher; a field foreign to its type refuses the template."""
    fields = _fields(given, where)
    kind = fields.text("type")
    if kind not in MATCHERS:
        raise fields.refuse(f"there is no type {kind!r}")
    key, own = MATCHERS[kind]
    fields.only(own | COMMON)
    condition = fields.text("condition") or "or"
    if condition not in {"and", "or"}:
        raise fields.refuse("condition must be and, or or")
    encoding = fields.text("encoding")
    if encoding not in {"", "hex"}:
        raise fields.refuse("encoding must be hex")
    made = Matcher(
        type=kind,
        items=() if kind in NUMBERS else fields.texts(key),
        numbers=fields.wholes(key) if kind in NUMBERS else (),
        part=fields.text("part") or "body",
        name=fields.text("name"),
        is_and=condition == "and" and kind not in NUMBERS,
        negative=fields.flag("negative"),
        internal=fields.flag("internal"),
        ignore_case="case-insensitive" in own and fields.flag("case-insensitive"),
        is_hex=kind == "word" and encoding == "hex",
    )
    if not (made.items or made.numbers) or len(made.items) > MOST_ITEMS:
        raise fields.refuse(f"{key} is empty or too long")
    _check(fields, kind, made.items)
    return made


def extractor(given: Node, where: str) -> Extractor:
    """One extractor; the same strictness."""
    fields = _fields(given, where)
    kind = fields.text("type")
    if kind not in EXTRACTORS:
        raise fields.refuse(f"there is no type {kind!r}")
    key, own = EXTRACTORS[kind]
    fields.only(own | {"type", "name", "internal", "description"})
    made = Extractor(
        type=kind,
        items=fields.texts(key),
        part=fields.text("part") or "body",
        name=fields.text("name"),
        group=fields.whole("group", 0) if "group" in own else 0,
        internal=fields.flag("internal"),
        ignore_case="case-insensitive" in own and fields.flag("case-insensitive"),
        attribute=fields.text("attribute") if "attribute" in own else "",
    )
    if not made.items or len(made.items) > MOST_ITEMS:
        raise fields.refuse(f"{key} is empty or too long")
    _check(fields, kind, made.items)
    return made


def _fields(given: Node, where: str) -> Fields:
    if not isinstance(given, dict):
        raise RefusedError(Code.INVALID_MATCHER, f"{where}: a mapping was expected")
    return Fields(given, where, Code.INVALID_MATCHER)


def _check(fields: Fields, kind: str, items: tuple[str, ...]) -> None:
    for one in items:
        match kind:
            case "regex":
                _check_pattern(fields, one)
            case "dsl":
                _check_expression(fields, one)
            case "binary":
                _check_hex(fields, one)
            case _:
                continue


def _check_pattern(fields: Fields, one: str) -> None:
    if "{{" in one and dsl.holes(one):
        return
    try:
        pattern(one)
    except DslError as error:
        raise RefusedError(Code.INVALID_REGEX, f"{fields.where}: {error}") from None


def _check_expression(fields: Fields, one: str) -> None:
    try:
        dsl.parse(one)
    except dsl.UnknownFunctionError as error:
        raise RefusedError(Code.UNKNOWN_FUNCTION, f"{fields.where}: {error}") from None
    except dsl.SyntaxFaultError as error:
        if dsl.holes(one):  # a hole outside of a text: such a matcher is never true
            return
        raise fields.refuse(str(error)) from None


def _check_hex(fields: Fields, one: str) -> None:
    try:
        bytes.fromhex(one)
    except ValueError:
        raise fields.refuse(f"{one[:40]!r} is no hex") from None
