"""The expressions of templates: read once into a tree, evaluated on the values of a response.

Hostile text meets them, so nothing here is Python's: no eval, no attribute, bounded depth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from scanner.template.functions import ALIASES, FUNCTIONS, DslError, number, search, text

Values: TypeAlias = Mapping[str, Any]
MOST_DEPTH = 60
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?![A-Za-z_]))|(?P<name>[A-Za-z_][A-Za-z0-9_\-]*)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<mark>\|\||&&|==|!=|>=|<=|=~|!~|[><+\-*/%!(),]))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_HOLE = re.compile(r"\{\{([^{}]+)\}\}")
_LEVELS = (
    ("||",),
    ("&&",),
    ("==", "!=", ">", "<", ">=", "<=", "=~", "!~"),
    ("+", "-"),
    ("*", "/", "%"),
)


class SyntaxFaultError(ValueError):
    """A text that is no expression."""


class UnknownFunctionError(ValueError):
    """A function that is not run; what it would say is not guessed."""


class Literal(NamedTuple):
    """A constant; ``holes`` where ``{{name}}`` stands in a text."""

    value: Any
    holes: bool = False


class Name(NamedTuple):
    """A value of the response."""

    name: str


class Call(NamedTuple):
    """A function with its arguments."""

    function: str
    arguments: tuple[Any, ...]


class Operation(NamedTuple):
    """An operator with one or two sides."""

    mark: str
    sides: tuple[Any, ...]


Tree: TypeAlias = Literal | Name | Call | Operation


@lru_cache(maxsize=16_384)
def parse(source: str) -> Tree:
    """The tree of an expression; raises what is wrong with it."""
    reader = _Parser(_tokens(source), source)
    tree = reader.level(0, 0)
    reader.end()
    return tree


def _tokens(source: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place, end = 0, len(source.rstrip())
    while place < end:
        match = _TOKEN.match(source, place)
        if match is None or match.lastgroup is None:
            message = f"{source[place : place + 20]!r} cannot stand here"
            raise SyntaxFaultError(message)
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]], source: str) -> None:
        self._tokens = tokens
        self._place = 0
        self._source = source

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("", "")

    def _take(self, mark: str) -> bool:
        if self._peek() == ("mark", mark):
            self._place += 1
            return True
        return False

    def end(self) -> None:
        """Nothing may follow."""
        if self._place < len(self._tokens):
            message = f"{self._peek()[1]!r} is too much in {self._source[:60]!r}"
            raise SyntaxFaultError(message)

    def level(self, number: int, depth: int) -> Tree:
        """All that binds at least as strongly as this level."""
        if depth > MOST_DEPTH:
            message = "it is nested too deeply"
            raise SyntaxFaultError(message)
        if number == len(_LEVELS):
            return self._unary(depth)
        left = self.level(number + 1, depth)
        while (mark := self._peek())[0] == "mark" and mark[1] in _LEVELS[number]:
            self._place += 1
            left = Operation(mark[1], (left, self.level(number + 1, depth)))
        return left

    def _unary(self, depth: int) -> Tree:
        for mark in ("!", "-"):
            if self._take(mark):
                if depth > MOST_DEPTH:
                    message = "it is nested too deeply"
                    raise SyntaxFaultError(message)
                return Operation(f"unary{mark}", (self._unary(depth + 1),))
        return self._primary(depth)

    def _primary(self, depth: int) -> Tree:
        if self._take("("):
            inner = self.level(0, depth + 1)
            self._close()
            return inner
        kind, word = self._peek()
        self._place += 1
        match kind:
            case "number":
                return Literal(float(word))
            case "text":
                plain = _ESCAPE.sub(lambda one: _ESCAPES.get(one[1], one[1]), word[1:-1])
                return Literal(plain, holes=bool(_HOLE.search(plain)))
            case "name":
                return self._named(word, depth)
            case _:
                message = f"something is missing in {self._source[:60]!r}"
                raise SyntaxFaultError(message)

    def _named(self, word: str, depth: int) -> Tree:
        if not self._take("("):
            return Literal(word == "true") if word in {"true", "false"} else Name(word)
        name = ALIASES.get(word, word)
        if name not in FUNCTIONS:
            message = f"the function {word} is not known"
            raise UnknownFunctionError(message)
        arguments: list[Tree] = []
        while not self._take(")"):
            if arguments and not self._take(","):
                message = f"a comma is missing in {self._source[:60]!r}"
                raise SyntaxFaultError(message)
            arguments.append(self.level(0, depth + 1))
        return Call(name, tuple(arguments))

    def _close(self) -> None:
        if not self._take(")"):
            message = f"a parenthesis is missing in {self._source[:60]!r}"
            raise SyntaxFaultError(message)


def names(tree: Tree) -> frozenset[str]:
    """Every name that a tree reads."""
    match tree:
        case Name(name):
            return frozenset({name})
        case Call(_, inner) | Operation(_, inner):
            return frozenset().union(*map(names, inner)) if inner else frozenset()
        case _:
            return frozenset()


def evaluate(tree: Tree, values: Values) -> Any:  # noqa: ANN401 - texts, numbers, booleans, lists
    """The value of a tree; raises ``DslError`` for an unknown name or a wrong argument."""
    match tree:
        case Literal(value, holes):
            return rendered(value, values) if holes else value
        case Name(name):
            return _looked_up(name, values)
        case Call(name, arguments):
            return _called(name, [evaluate(one, values) for one in arguments])
        case Operation(mark, sides):
            return _operate(mark, sides, values)


def _called(name: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - see evaluate
    try:
        return FUNCTIONS[name](*arguments)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        message = f"{name}: {error}"
        raise DslError(message[:200]) from None


def _looked_up(name: str, values: Values) -> Any:  # noqa: ANN401 - see evaluate
    if name not in values:
        message = f"{name} has no value"
        raise DslError(message)
    value = values[name]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _operate(mark: str, sides: Sequence[Any], values: Values) -> Any:  # noqa: ANN401 - see evaluate
    if mark in {"||", "&&"}:
        first = _truth(evaluate(sides[0], values))
        if first is (mark == "||"):
            return first
        return _truth(evaluate(sides[1], values))
    if mark == "unary!":
        return not _truth(evaluate(sides[0], values))
    if mark == "unary-":
        return -number(evaluate(sides[0], values))
    left, right = (evaluate(one, values) for one in sides)
    return _BINARY[mark](left, right)


def _truth(value: Any) -> bool:  # noqa: ANN401 - see evaluate
    if not isinstance(value, bool):
        message = "a condition was expected"
        raise DslError(message)
    return value


def _same(left: Any, right: Any) -> bool:  # noqa: ANN401 - see evaluate
    if isinstance(left, bytes | str) and isinstance(right, bytes | str):
        return text(left) == text(right)
    return type(left) is type(right) and bool(left == right)


def _added(left: Any, right: Any) -> Any:  # noqa: ANN401 - see evaluate
    if isinstance(left, bytes | str) or isinstance(right, bytes | str):
        return text(left) + text(right)
    return number(left) + number(right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def decide(left: Any, right: Any) -> bool:  # noqa: ANN401 - see evaluate
        if isinstance(left, bytes | str) and isinstance(right, bytes | str):
            return compare(text(left), text(right))
        return compare(number(left), number(right))

    return decide


def _divided(left: Any, right: Any) -> float:  # noqa: ANN401 - see evaluate
    if number(right) == 0:
        message = "a division by nothing"
        raise DslError(message)
    return number(left) / number(right)


def _remainder(left: Any, right: Any) -> float:  # noqa: ANN401 - see evaluate
    if number(right) == 0:
        message = "a division by nothing"
        raise DslError(message)
    return number(left) % number(right)


_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": _same,
    "!=": lambda left, right: not _same(left, right),
    ">": _ordered(lambda left, right: left > right),
    "<": _ordered(lambda left, right: left < right),
    ">=": _ordered(lambda left, right: left >= right),
    "<=": _ordered(lambda left, right: left <= right),
    "=~": lambda left, right: search(right, left),
    "!~": lambda left, right: not search(right, left),
    "+": _added,
    "-": lambda left, right: number(left) - number(right),
    "*": lambda left, right: number(left) * number(right),
    "/": _divided,
    "%": _remainder,
}


def holes(source: str) -> tuple[str, ...]:
    """What stands in double braces in a text."""
    return tuple(one.strip() for one in _HOLE.findall(source))


def rendered(source: str, values: Values) -> str:
    """A text with its holes filled: a plain name first, else an expression."""
    return _HOLE.sub(lambda found: text(_filled(found[1].strip(), values)), source)


def _filled(inner: str, values: Values) -> Any:  # noqa: ANN401 - see evaluate
    if inner in values:
        value = values[inner]
        return value[0] if isinstance(value, list | tuple) and value else value
    try:
        return evaluate(parse(inner), values)
    except (SyntaxFaultError, UnknownFunctionError) as error:
        raise DslError(str(error)) from None
