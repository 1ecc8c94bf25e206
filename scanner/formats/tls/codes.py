"""The code points of TLS, from the registries' data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

VERSIONS = {
    "SSLv3": 0x0300,
    "TLSv1.0": 0x0301,
    "TLSv1.1": 0x0302,
    "TLSv1.2": 0x0303,
    "TLSv1.3": 0x0304,
}
NAMES_OF_VERSIONS = {code: name for name, code in VERSIONS.items()}


class Suite(Struct, frozen=True):
    """A cipher suite; ``min`` and ``max`` are the versions it is defined for."""

    code: str
    name: str
    kx: str | None
    auth: str | None
    min: str | None
    max: str | None
    tier: int

    @property
    def number(self) -> int:
        """The code point."""
        return int(self.code, 16)


class Group(Struct, frozen=True):
    """A named group."""

    code: str
    name: str
    kind: str
    tls12: bool
    tls13: bool
    tier: int

    @property
    def number(self) -> int:
        """The code point."""
        return int(self.code, 16)


class Scheme(Struct, frozen=True):
    """A signature scheme."""

    code: str
    name: str
    tls12: bool
    tls13_certificate_verify: bool
    weak: bool

    @property
    def number(self) -> int:
        """The code point."""
        return int(self.code, 16)


class Alert(Struct, frozen=True):
    """An alert description."""

    code: int
    name: str


def _data(name: str) -> bytes:
    return files("scanner").joinpath("data", "tls", name).read_bytes()


@lru_cache(maxsize=1)
def suites() -> dict[int, Suite]:
    """Every cipher suite by its code point."""
    rows = msgspec.json.decode(_data("cipher-suites.json"), type=list[Suite])
    return {row.number: row for row in rows}


@lru_cache(maxsize=1)
def groups() -> dict[int, Group]:
    """Every named group by its code point."""
    rows = msgspec.json.decode(_data("named-groups.json"), type=list[Group])
    return {row.number: row for row in rows}


@lru_cache(maxsize=1)
def schemes() -> tuple[Scheme, ...]:
    """Every signature scheme, in the order of code points."""
    return tuple(msgspec.json.decode(_data("signature-schemes.json"), type=list[Scheme]))


@lru_cache(maxsize=1)
def alerts() -> dict[int, str]:
    """The names of alerts."""
    rows = msgspec.json.decode(_data("alerts.json"), type=list[Alert])
    return {row.code: row.name for row in rows}


def suite_name(number: int) -> str:
    """The IANA name of a suite, or its code point."""
    known = suites().get(number)
    return known.name if known else f"0x{number:04X}"


def group_name(number: int) -> str:
    """The name of a group, or its code point."""
    known = groups().get(number)
    return known.name if known else f"0x{number:04X}"
