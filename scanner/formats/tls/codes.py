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
LEGACY_NEWEST_FIRST = ("TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3")
RENEGOTIATION_SCSV, FALLBACK_SCSV = 0x00FF, 0x5600
GREASE = 0x0A0A
HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
SENTINELS = {bytes.fromhex("444f574e47524401"): "1.3", bytes.fromhex("444f574e47524400"): "1.2"}


class Suite(Struct, frozen=True):
    """A cipher suite; ``min`` and ``max`` are the versions it is defined for.

    ``bits`` is the effective strength (3DES: 112); ``mac`` of an AEAD suite is ``AEAD``.
    """

    code: str
    name: str
    kx: str
    auth: str
    enc: str
    bits: int
    mode: str | None
    block_bits: int | None
    mac: str | None
    prf: str | None
    aead: bool
    pfs: bool
    export: bool
    min: str | None
    max: str | None
    tier: int

    @property
    def number(self) -> int:
        """The code point."""
        return int(self.code, 16)


class Group(Struct, frozen=True):
    """A named group; ``field_bits`` of a hybrid is its curve's."""

    code: str
    name: str
    kind: str
    field_bits: int | None
    security_bits: int | None
    tls12: bool
    tls13: bool
    post_quantum: bool
    tier: int

    @property
    def number(self) -> int:
        """The code point."""
        return int(self.code, 16)


class Scheme(Struct, frozen=True):
    """A signature scheme."""

    code: str
    name: str
    key: str
    hash: str
    tls12: bool
    tls13_certificate_verify: bool
    weak: bool

    @property
    def number(self) -> int:
        """The code point."""
        return int(self.code, 16)


class CipherKind(Struct, frozen=True):
    """A cipher kind of SSL 2.0."""

    code: str
    name: str
    enc: str
    bits: int
    export: bool

    @property
    def number(self) -> int:
        """The code point, three bytes."""
        return int(self.code, 16)


class Named(Struct, frozen=True):
    """A code and its name."""

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
def suites_by_name() -> dict[str, Suite]:
    """Every cipher suite by its IANA name."""
    return {one.name: one for one in suites().values()}


@lru_cache(maxsize=1)
def groups() -> dict[int, Group]:
    """Every named group by its code point."""
    rows = msgspec.json.decode(_data("named-groups.json"), type=list[Group])
    return {row.number: row for row in rows}


@lru_cache(maxsize=1)
def groups_by_name() -> dict[str, Group]:
    """Every named group by its name."""
    return {one.name: one for one in groups().values()}


@lru_cache(maxsize=1)
def schemes() -> dict[int, Scheme]:
    """Every signature scheme by its code point, in their order."""
    rows = msgspec.json.decode(_data("signature-schemes.json"), type=list[Scheme])
    return {row.number: row for row in rows}


@lru_cache(maxsize=1)
def cipher_kinds() -> dict[int, CipherKind]:
    """Every cipher kind of SSL 2.0 by its code point."""
    rows = msgspec.json.decode(_data("sslv2-cipher-kinds.json"), type=list[CipherKind])
    return {row.number: row for row in rows}


@lru_cache(maxsize=1)
def alerts() -> dict[int, str]:
    """The names of alerts."""
    rows = msgspec.json.decode(_data("alerts.json"), type=list[Named])
    return {row.code: row.name for row in rows}


@lru_cache(maxsize=1)
def extensions() -> dict[int, str]:
    """The names of extensions."""
    rows = msgspec.json.decode(_data("extensions.json"), type=list[Named])
    return {row.code: row.name for row in rows}


def suite_name(number: int) -> str:
    """The IANA name of a suite, or its code point."""
    known = suites().get(number)
    return known.name if known else f"0x{number:04X}"


def group_name(number: int) -> str:
    """The name of a group, or its code point."""
    known = groups().get(number)
    return known.name if known else f"0x{number:04X}"


def scheme_name(number: int) -> str:
    """The name of a signature scheme, or its code point."""
    known = schemes().get(number)
    return known.name if known else f"0x{number:04X}"


def alert_text(number: int) -> str:
    """``alert 40 (handshake_failure)``."""
    name = alerts().get(number)
    return f"alert {number} ({name})" if name else f"alert {number}"


def extension_name(number: int) -> str:
    """The name of an extension, or its code point."""
    return extensions().get(number) or f"0x{number:04X}"
