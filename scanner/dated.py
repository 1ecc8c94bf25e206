"""Dated data that ships with the program and that a newer file may replace (Decisions 31)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar, get_type_hints

T = TypeVar("T", bound="Dated")


class Dated(Protocol):
    """What every such list says of itself: the day it is of (``2026-11-24``), and its origin."""

    @property
    def dated(self) -> str:
        """The day, ISO 8601."""

    @property
    def source(self) -> str:
        """Where it comes from, with its licence."""


class DatedList(NamedTuple):
    """One such list: its name, its file below ``scanner/data``, its type, and its reader."""

    name: str
    file: str
    kind: type
    read: Callable[[bytes], Any]


def dated_list(*, name: str, file: str) -> Callable[[Callable[[bytes], T]], DatedList]:
    """Make a list of its reader, ``(bytes of the file) -> value``.

    The value's type is a kind at the level of the run: a check that annotates it is given the
    value. The reader raises ``ValueError``, with the line where that is known.
    """

    def make(read: Callable[[bytes], T]) -> DatedList:
        return DatedList(name, file, get_type_hints(read)["return"], read)

    return make
