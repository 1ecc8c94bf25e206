"""Until when the makers of software look after its versions: dated data of the run."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, kind


class Cycle(Struct, frozen=True, omit_defaults=True):
    """One line of versions.

    ``eol`` is the day its security support ended or ends, true where it ended on a day that is not
    known, false where no end is announced. ``extended`` is the end of support that is paid for.
    """

    cycle: str
    eol: str | bool
    latest: str = ""
    extended: str | bool = ""


class Product(Struct, frozen=True):
    """One product, with its lines of versions, newest first."""

    id: str
    title: str
    cycles: tuple[Cycle, ...]


@kind(Level.RUN)
class ReleaseCycles(Struct, frozen=True):
    """Every product whose versions are known here."""

    dated: str
    source: str
    products: tuple[Product, ...]
