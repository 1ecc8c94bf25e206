"""Typed reading of a mapping whose scalars are all text."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.template.document import Node
from scanner.template.model import Code, RefusedError

TRUE = frozenset({"true", "yes", "on", "y"})
FALSE = frozenset({"false", "no", "off", "n", ""})


class Fields:
    """One mapping; what is wrong in it is said with this place and code."""

    def __init__(self, given: Mapping[str, Node], where: str, code: Code) -> None:
        self.given = given
        self.where = where
        self.code = code

    def refuse(self, said: str) -> RefusedError:
        """The error to raise."""
        return RefusedError(self.code, f"{self.where}: {said}")

    def only(self, known: frozenset[str]) -> None:
        """No other keys."""
        if unknown := sorted(self.given.keys() - known):
            raise self.refuse(f"{unknown[0]!r} cannot stand here")

    def text(self, name: str) -> str:
        """A scalar, empty where there is none."""
        value = self.given.get(name, "")
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return ", ".join(str(one) for one in value)
        if not isinstance(value, str):
            raise self.refuse(f"{name} must be a text")
        return value

    def flag(self, name: str) -> bool:
        """True, false, yes, no, on, off."""
        value = self.text(name).lower()
        if value in TRUE:
            return True
        if value in FALSE:
            return False
        raise self.refuse(f"{name} must be true or false")

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value[:18], 0)
        except ValueError:
            raise self.refuse(f"{name} must be a number") from None

    def items(self, name: str) -> tuple[Node, ...]:
        """A list; a single value stands for a list of one."""
        value = self.given.get(name, [])
        if isinstance(value, list):
            return tuple(value)
        return (value,) if value else ()

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self.items(name)
        if not all(isinstance(one, str) for one in values):
            raise self.refuse(f"{name} must be a list of texts")
        return tuple(str(one) for one in values)

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        try:
            return tuple(int(one[:18], 0) for one in self.texts(name))
        except ValueError:
            raise self.refuse(f"{name} must be a list of numbers") from None

    def mapping(self, name: str) -> dict[str, Node]:
        """A mapping, empty where there is none."""
        value = self.given.get(name, {})
        if not isinstance(value, dict):
            if value in {"", "null", "~"}:
                return {}
            raise self.refuse(f"{name} must be a mapping")
        return value

    def inner(self, name: str) -> Fields | None:
        """A mapping below this one."""
        value = self.given.get(name)
        return Fields(value, f"{self.where}.{name}", self.code) if isinstance(value, dict) else None


def words(fields: Fields, name: str) -> tuple[str, ...]:
    """A list, or the same written with commas."""
    value = fields.given.get(name, "")
    if isinstance(value, list):
        return tuple(str(one).strip() for one in value if isinstance(one, str) and one.strip())
    if not isinstance(value, str):
        return ()
    return tuple(one.strip() for one in value.split(",") if one.strip())
