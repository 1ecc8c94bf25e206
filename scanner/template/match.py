"""Operators on the values of a response: matchers, extractors, and what they report together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec
from lxml import etree
from lxml import html as lxml_html

from scanner.template import dsl
from scanner.template.functions import DslError, pattern, raw, text
from scanner.template.model import Block, Extractor, Matcher

Values: TypeAlias = Mapping[str, Any]
MOST_VALUES = 100


class Judged(NamedTuple):
    """What a block says of one response: whether it matches, by which names, with which values."""

    matched: bool
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    kept: Mapping[str, Any] = {}
    is_reported: bool = False
    is_structural: bool = False


def judge(block: Block, values: Values) -> Judged:
    """Extractors first, their values visible to the matchers, then the matchers in order."""
    if _cannot(block, values):
        return Judged(matched=False)
    seen = dict(values)
    shown: list[str] = []
    named: list[str] = []
    gave = False
    for one in block.extractors:
        found = extracted(one, seen)
        if not found:
            continue
        gave = True
        if one.name:
            seen |= _kept(one.name, found)
        if not one.internal:
            shown += found
            named += [one.name] if one.name else []
    kept = {name: value for name, value in seen.items() if name not in values}
    if not block.matchers:
        return Judged(gave, tuple(dict.fromkeys(named)), _once(shown), kept, bool(shown))
    hits = _hits(block, seen)
    if not hits:
        return Judged(matched=False, kept=kept)
    is_hidden = all(one.internal for one in block.matchers)
    names = [one.name for one in hits if one.name]
    if block.is_and:
        names = named or names[:1]
    structural = any(one.type in {"binary", "regex"} for one in hits)
    return Judged(
        matched=True,
        names=tuple(dict.fromkeys(names)),
        values=_once(shown),
        kept=kept,
        is_reported=not is_hidden,
        is_structural=structural,
    )


def _cannot(block: Block, values: Values) -> bool:
    """Whether a status alone decides it: most templates end here, before any text is searched."""
    if not block.is_and or any(one.internal for one in block.extractors):
        return False
    status = values.get("status_code")
    return any(
        (status in one.numbers) is one.negative for one in block.matchers if one.type == "status"
    )


def _hits(block: Block, values: Values) -> list[Matcher]:
    hits: list[Matcher] = []
    for one in block.matchers:
        if matches(one, values):
            hits.append(one)
        elif block.is_and:
            return []
    return hits


def _kept(name: str, found: Sequence[str]) -> dict[str, Any]:
    if len(found) == 1:
        return {name: found[0]}
    return {name: list(found), **{f"{name}{number}": one for number, one in enumerate(found)}}


def _once(found: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST_VALUES]


def matches(one: Matcher, values: Values) -> bool:
    """Whether a matcher holds; ``negative`` inverts the whole, a missing part is always false."""
    if one.type == "status":
        held = values.get("status_code") in one.numbers
        return held is not one.negative
    if one.type == "dsl":
        return _dsl(one, values) is not one.negative
    part = part_of(one.part, values)
    if part is None:
        return False
    match one.type:
        case "size":
            held = len(raw(part)) in one.numbers
        case "word":
            held = _words(one, part, values)
        case "regex":
            held = _some(one, [_regex(item, part, values) for item in one.items])
        case "binary":
            held = _some(one, [bytes.fromhex(item) in _raw_part(one, values) for item in one.items])
        case _:
            held = _some(one, [bool(xpath(item, part)) for item in one.items])
    return held is not one.negative


def _some(one: Matcher, held: Sequence[bool]) -> bool:
    return all(held) if one.is_and else any(held)


def part_of(name: str, values: Values) -> Any:  # noqa: ANN401 - text, bytes, number
    """A part of the response, ``None`` where there is none."""
    if name == "all":
        return raw(values.get("body", b"")) + raw(values.get("all_headers", ""))
    return values.get("all_headers" if name == "header" else name)


def _raw_part(one: Matcher, values: Values) -> bytes:
    name = "raw_body" if one.part == "body" and "raw_body" in values else one.part
    return raw(part_of(name, values))


def _words(one: Matcher, part: Any, values: Values) -> bool:  # noqa: ANN401 - see part_of
    data = raw(part)
    data = data.lower() if one.ignore_case else data
    held = []
    for item in one.items:
        word = _word(one, item, values)
        if word is None:
            return False
        held.append((word.lower() if one.ignore_case else word) in data)
    return _some(one, held)


def _word(one: Matcher, item: str, values: Values) -> bytes | None:
    """A word with its holes filled; an expression without a value ends an ``and``."""
    if "{{" in item:
        try:
            item = dsl.rendered(item, values)
        except DslError:
            if one.is_and:
                return None
    if one.is_hex:
        try:
            return bytes.fromhex(item)
        except ValueError:
            return item.encode()
    return item.encode("utf-8", "surrogatepass")


def _regex(item: str, part: Any, values: Values) -> bool:  # noqa: ANN401 - see part_of
    try:
        source = dsl.rendered(item, values) if dsl.holes(item) else item
        return pattern(source).search(text(part)) is not None
    except DslError:
        return False


def _dsl(one: Matcher, values: Values) -> bool:
    held = []
    for item in one.items:
        try:
            value = dsl.evaluate(dsl.parse(item), values)
            held.append(value is True)
        except (DslError, dsl.SyntaxFaultError, RecursionError):
            if one.is_and:
                return False
            held.append(False)
    return _some(one, held)


def xpath(expression: str, part: Any, attribute: str = "") -> list[str]:  # noqa: ANN401 - see part_of
    """The nodes that an expression finds: HTML unless it is declared as XML."""
    data = raw(part)
    try:
        if data.lstrip().startswith(b"<?xml"):
            parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
            root = etree.fromstring(data, parser)
        else:
            root = lxml_html.document_fromstring(data)
        found = root.xpath(expression) if root is not None else []
    except (etree.LxmlError, ValueError, AssertionError):
        return []
    nodes = found if isinstance(found, list) else [found] if found not in {False, None} else []
    return [_node(one, attribute) for one in nodes[:MOST_VALUES]]


def _node(node: Any, attribute: str) -> str:  # noqa: ANN401 - an element, a text
    if not etree.iselement(node):
        return str(node)
    return str(node.get(attribute, "")) if attribute else "".join(node.itertext())


def extracted(one: Extractor, values: Values) -> list[str]:
    """The values that an extractor takes, each once."""
    match one.type:
        case "kval":
            found = [_kval(item, one, values) for item in one.items]
        case "dsl":
            found = [_dsl_value(item, values) for item in one.items]
        case _:
            part = part_of(one.part, values)
            found = [] if part is None else _from_part(one, part)
    return list(dict.fromkeys(value for value in found if value))[:MOST_VALUES]


def _from_part(one: Extractor, part: Any) -> list[str]:  # noqa: ANN401 - see part_of
    found: list[str] = []
    for item in one.items:
        match one.type:
            case "regex":
                found += _groups(item, one.group, text(part))
            case "json":
                found += from_json(item, raw(part))
            case _:
                found += xpath(item, part, one.attribute)
    return found


def _groups(source: str, group: int, value: str) -> list[str]:
    compiled = pattern(source)
    if group > compiled.groups:
        return []
    found = []
    for match in compiled.finditer(value):
        found.append(match.group(group) or "")
        if len(found) >= MOST_VALUES:
            break
    return found


def _kval(item: str, one: Extractor, values: Values) -> str:
    value = text(values.get(item.lower(), ""))
    return value.lower() if one.ignore_case else value


def _dsl_value(item: str, values: Values) -> str:
    try:
        return text(dsl.evaluate(dsl.parse(item), values))
    except (DslError, dsl.SyntaxFaultError, RecursionError):
        return ""


_STEP = re.compile(r"\.?(?:\[(\d*)\]|\"([^\"]+)\"|([A-Za-z_$@][\w\-$@]*))")


def from_json(query: str, data: bytes) -> list[str]:
    """A subset of jq: dotted path, ``[]``, ``[n]``; anything else gives nothing."""
    steps: list[tuple[str, str]] = []
    query = query.strip()
    place = 1 if query == "." else 0
    while place < len(query):
        found = _STEP.match(query, place)
        if found is None:
            return []
        steps.append(("index", found[1]) if found[1] is not None else ("key", found[2] or found[3]))
        place = found.end()
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return []
    return [_json_text(one) for one in _walk([document], steps)]


def _walk(nodes: list[Any], steps: list[tuple[str, str]]) -> list[Any]:
    for kind, name in steps:
        following: list[Any] = []
        for node in nodes:
            if kind == "key" and isinstance(node, dict) and name in node:
                following.append(node[name])
            elif kind == "index" and isinstance(node, list):
                following += node if name == "" else node[int(name[:9]) : int(name[:9]) + 1]
            elif kind == "index" and name == "" and isinstance(node, dict):
                following += node.values()
        nodes = following[:MOST_VALUES]
    return nodes


def _json_text(value: Any) -> str:  # noqa: ANN401 - any JSON
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
