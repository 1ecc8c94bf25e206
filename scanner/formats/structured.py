"""Structured field values (RFC 9651): items, lists and dictionaries, read strictly and printed.

Any defect voids the whole field, as the RFC says (4.2): the readers raise ``FormatError``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote_to_bytes

from scanner.formats.error import FormatError

LONGEST = 64 << 10
MOST = 1000
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*+)"', re.ASCII)
_BINARY = re.compile(r":([A-Za-z0-9+/=]*):", re.ASCII)
_DISPLAY = re.compile(r'%"((?:[ !#$&-~]|%[0-9a-f]{2})*+)"', re.ASCII)
_OWS = re.compile(r"[ \t]*")
_SPACES = re.compile(r" *")
_MOST_DIGITS, _MOST_WHOLE, _MOST_FRACTION = 15, 12, 3


class Token(str):
    """A bare word, which is not a string."""

    __slots__ = ()


class Date(NamedTuple):
    """Seconds since 1970."""

    seconds: int


class Display(NamedTuple):
    """Unicode text."""

    text: str


Bare: TypeAlias = bool | int | Decimal | Token | str | bytes | Date | Display
Parameters: TypeAlias = Mapping[str, Bare]


class Item(NamedTuple):
    """A value with its parameters."""

    value: Bare
    parameters: Parameters


class Inner(NamedTuple):
    """A list in parentheses with its parameters."""

    items: tuple[Item, ...]
    parameters: Parameters


Member: TypeAlias = Item | Inner


def item(text: str) -> Item:
    """Read a field that is one item (4.2.3)."""
    reader = _Reader(text)
    made = reader.item()
    reader.finish()
    return made


def dictionary(text: str) -> dict[str, Member]:
    """Read a field that is a dictionary (4.2.2); the last of a key counts."""
    reader = _Reader(text)
    made: dict[str, Member] = {}
    while not reader.is_done and len(made) < MOST:
        key = reader.key()
        has_value = reader.takes("=")
        member = reader.member() if has_value else Item(value=True, parameters=reader.parameters())
        made.pop(key, None)
        made[key] = member
        if not reader.comma():
            break
    reader.finish()
    return made


def members(text: str) -> tuple[Member, ...]:
    """Read a field that is a list (4.2.1)."""
    reader = _Reader(text)
    made: list[Member] = []
    while not reader.is_done and len(made) < MOST:
        made.append(reader.member())
        if not reader.comma():
            break
    reader.finish()
    return tuple(made)


class _Reader:
    """The place in a field."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FormatError("it is longer than {most} characters", most=LONGEST)
        if not text.isascii():
            raise FormatError("it has a character that is not ASCII")
        self._text = text.strip(" ")
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._text)

    def finish(self) -> None:
        if not self.is_done:
            raise self._error("nothing more")

    def takes(self, char: str) -> bool:
        if self._text.startswith(char, self._at):
            self._at += len(char)
            return True
        return False

    def comma(self) -> bool:
        """Skip to the next member; a comma at the end is a defect."""
        self._skip(_OWS)
        if self.is_done:
            return False
        if not self.takes(","):
            raise self._error("a comma")
        self._skip(_OWS)
        if self.is_done:
            raise FormatError("it ends in a comma")
        return True

    def key(self) -> str:
        return self._match(_KEY, "a key in lower case")[0]

    def member(self) -> Member:
        return self._inner() if self.takes("(") else self.item()

    def item(self) -> Item:
        return Item(self._bare(), self.parameters())

    def parameters(self) -> Parameters:
        made: dict[str, Bare] = {}
        while self.takes(";"):
            self._skip(_SPACES)
            key = self.key()
            value: Bare = self._bare() if self.takes("=") else True
            made.pop(key, None)
            made[key] = value
        return made

    def _inner(self) -> Inner:
        made: list[Item] = []
        while len(made) < MOST:
            self._skip(_SPACES)
            if self.takes(")"):
                return Inner(tuple(made), self.parameters())
            made.append(self.item())
            if self._text[self._at : self._at + 1] not in {" ", ")"}:
                raise self._error("a space or )")
        raise FormatError("a list of it is longer than {most}", most=MOST)

    def _bare(self) -> Bare:  # noqa: PLR0911 - one for each type
        first = self._text[self._at : self._at + 1]
        match first:
            case '"':
                return _plain(self._match(_STRING, "a string")[1])
            case ":":
                return _binary(self._match(_BINARY, "bytes in base64")[1])
            case "?":
                return self._boolean()
            case "@":
                self._at += 1
                return self._date()
            case "%":
                return _display(self._match(_DISPLAY, "a display string")[1])
            case _ if first.isdigit() or first == "-":
                return self._number()
            case _:
                return Token(self._match(_TOKEN, "a value")[0])

    def _boolean(self) -> bool:
        for text, value in (("?1", True), ("?0", False)):
            if self.takes(text):
                return value
        raise self._error("?0 or ?1")

    def _date(self) -> Date:
        value = self._number()
        if isinstance(value, Decimal):
            raise self._error("a whole number of seconds")
        return Date(value)

    def _number(self) -> int | Decimal:
        text = self._match(_NUMBER, "a number")[0]
        whole, _, fraction = text.lstrip("-").partition(".")
        if fraction:
            if len(whole) > _MOST_WHOLE or len(fraction) > _MOST_FRACTION:
                raise FormatError("{number} has too many digits", number=text[:40])
            return Decimal(text)
        if len(whole) > _MOST_DIGITS:
            raise FormatError("{number} has too many digits", number=text[:40])
        return int(text)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _match(self, pattern: re.Pattern[str], wanted: str) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if not found:
            raise self._error(wanted)
        self._at = found.end()
        return found

    def _error(self, wanted: str) -> FormatError:
        rest = self._text[self._at : self._at + 20]
        return FormatError(
            "{found} stands where {wanted} was expected", found=rest or "the end", wanted=wanted
        )


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise FormatError("{text} is no base64", text=text[:40]) from None


def _display(text: str) -> Display:
    try:
        return Display(unquote_to_bytes(text).decode("utf-8"))
    except UnicodeDecodeError:
        raise FormatError("{text} is no UTF-8", text=text[:40]) from None


def print_dictionary(members: Mapping[str, Member]) -> str:
    """Write a dictionary as a field (4.1.2)."""
    return ", ".join(f"{key}{_member_of(member)}" for key, member in members.items())


def print_item(one: Member) -> str:
    """Write an item, or a list in parentheses (4.1.3, 4.1.1.1)."""
    if isinstance(one, Inner):
        return f"({' '.join(map(print_item, one.items))}){_parameters(one.parameters)}"
    return _printed(one.value) + _parameters(one.parameters)


def _member_of(one: Member) -> str:
    if isinstance(one, Item) and one.value is True:
        return _parameters(one.parameters)
    return "=" + print_item(one)


def _parameters(parameters: Parameters) -> str:
    return "".join(
        f";{key}" if value is True else f";{key}={_printed(value)}"
        for key, value in parameters.items()
    )


def _printed(value: Bare) -> str:  # noqa: PLR0911 - one for each type
    match value:
        case bool():
            return "?1" if value else "?0"
        case Token():
            return str(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case bytes():
            return f":{base64.b64encode(value).decode()}:"
        case Date(seconds):
            return f"@{seconds}"
        case Display(text):
            return '%"' + "".join(map(_escaped, text.encode())) + '"'
        case Decimal():
            return _decimal(value)
        case _:
            return str(value)


def _decimal(value: Decimal) -> str:
    text = f"{value:f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def _escaped(byte: int) -> str:
    char = chr(byte)
    return char if " " <= char <= "~" and char not in {"%", '"'} else f"%{byte:02x}"
