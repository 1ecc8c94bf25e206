"""Targets and their agencies, as an inventory file names them.

Imports nothing of the scanner but the suffix list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

import idna
from msgspec import Struct

from scanner.suffixes import suffixes

LONGEST_NAME = 253
LONGEST_ID = 60
DEVICES = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{n}{i}" for n in ("com", "lpt") for i in "123456789"),
    }
)


class WwwRule(StrEnum):
    """Whether ``www`` belongs to the site: always, only where it resolves, or not."""

    PAIR = "pair"
    IF_RESOLVES = "if-resolves"
    NONE = "none"


AUTHORISED_BY = "authorised_by"


class Agency(Struct, frozen=True, omit_defaults=True):
    """Who is responsible for a target, as the inventory says."""

    id: str
    name: str
    group: str = ""
    contact: str = ""
    attributes: dict[str, str] = {}


class Target(Struct, frozen=True, omit_defaults=True):
    """One site: its host as an A-label, its agency's id, where it stood in the inventory."""

    host: str
    agency: str
    registrable: str
    www: WwwRule = WwwRule.PAIR
    source: str = ""
    tags: tuple[str, ...] = ()
    attributes: dict[str, str] = {}

    @property
    def authorised_by(self) -> str:
        """Who allowed to probe this target, where the inventory says so."""
        return self.attributes.get(AUTHORISED_BY, "")

    @property
    def display(self) -> str:
        """The name as people read it."""
        return readable(self.host)


class Inventory(Struct, frozen=True):
    """Every target and agency of a run; ``notes`` tell what was merged or left out."""

    targets: tuple[Target, ...]
    agencies: tuple[Agency, ...]
    notes: tuple[str, ...] = ()
    sha256: str = ""


class Defect(Struct, frozen=True):
    """What is wrong at one place of an input file."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class InventoryError(ValueError):
    """An inventory that cannot be scanned, with every defect found before giving up."""

    def __init__(self, defects: Iterable[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("\n".join(str(defect) for defect in self.defects))


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The registrable domain of a name, by the bundled public suffix list.

    A name that is itself a public suffix is taken as its own: an agency may hold one.
    """
    return suffixes(host).privatesuffix(host) or host


@lru_cache(maxsize=4096)
def is_public_suffix(name: str) -> bool:
    """Whether names of strangers lie directly below it (both sections of the list)."""
    return suffixes(name).privatesuffix(name) is None


@lru_cache(maxsize=4096)
def is_listed_suffix(name: str) -> bool:
    """The same, only where the list itself says so: an unknown ending is nobody's to sell."""
    return suffixes(name).publicsuffix(name, accept_unknown=False) == name


@lru_cache(maxsize=4096)
def icann_registrable(name: str) -> str | None:
    """The same by the list's ICANN section alone: what a stranger could register."""
    return suffixes(name, only_icann=True).privatesuffix(name)


def readable(host: str) -> str:
    """The U-label form of a name, where it has one."""
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host


def normalised(text: str) -> str:
    """Read a domain name as typed: lower case A-labels, no trailing dot (IDNA 2008).

    Raises ``ValueError`` with what was found and what was expected.
    """
    name = text.strip()
    _refuse(name)
    try:
        host = idna.encode(name.rstrip("."), uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        message = f"{_shown(name)} is not a domain name ({error})"
        raise ValueError(message) from None
    if len(host) > LONGEST_NAME:
        message = f"{_shown(name)} is longer than {LONGEST_NAME} characters"
        raise ValueError(message)
    if _is_address(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
        message = f"{_shown(name)} is an IP address; a domain name was expected"
        raise ValueError(message)
    if "." not in host:
        message = f"{_shown(name)} has one label; a name such as agency.example was expected"
        raise ValueError(message)
    return host


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


# No host name ends so: programs take it for an address (RFC 1123 2.1, WHATWG URL).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_REFUSED = (
    (re.compile(r"^$"), "nothing stands here"),
    (
        re.compile(r"://"),
        "{} is a URL; a domain name was expected, such as agency.example",
    ),
    (re.compile(r"@"), "{} is a mail address; a domain name was expected"),
    (
        re.compile(r"\*"),
        "{} is a wildcard; each name is listed by itself (see --subdomains)",
    ),
    (re.compile(r"/"), "{} has a path; a domain name alone was expected"),
    (re.compile(r":\d*$"), "{} has a port; a domain name alone was expected"),
    (re.compile(r"\s"), "{} has a space in it; one domain a line was expected"),
    (re.compile(r"_"), "{} has an underscore, which no host name has (RFC 1123 2.1)"),
    (re.compile(r"\.\."), "{} has an empty label"),
    (re.compile(r"^\."), "{} begins with a dot"),
)


def _refuse(name: str) -> None:
    if _is_address(name):
        message = f"{_shown(name)} is an IP address; a domain name was expected"
        raise ValueError(message)
    for pattern, text in _REFUSED:
        if pattern.search(name):
            raise ValueError(text.format(_shown(name)))


def _shown(name: str) -> str:
    """A piece of input in quotes, short, without control characters."""
    return repr(name[:80])


def slug(name: str) -> str:
    """An agency's id from its name (ARCHITECTURE.md, Decisions 21): ``[a-z0-9-]{1,60}``."""
    kept = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48].strip("-")
    lost = bool(re.search(r"[^\x00-\x7f]", name)) or not kept
    made = f"{kept}-{fingerprint(name)}".strip("-") if lost else kept
    return f"a-{made}" if made in DEVICES else made


def fingerprint(name: str) -> str:
    """Six hex digits that tell two names of one slug apart."""
    return hashlib.sha256(name.encode()).hexdigest()[:6]


def site_of(host: str) -> str:
    """The host that a name stands for: ``www.X`` is the same site as X."""
    bare = host.removeprefix("www.")
    return bare if host.startswith("www.") and "." in bare else host


def target(host: str, agency: str, *, source: str = "", **more: object) -> Target:
    """A target of the inventory; a registrable domain and its ``www`` are one site."""
    base = registrable(host)
    rule = WwwRule.PAIR if host == base else WwwRule.IF_RESOLVES
    return Target(host, agency, base, rule, source, **more)  # type: ignore[arg-type]
