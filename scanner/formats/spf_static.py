"""What a whole SPF evaluation comes to, without a sender: look-ups, defects, how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from msgspec import Struct

from scanner.formats import spf
from scanner.formats.address_space import Network
from scanner.formats.error import FormatError
from scanner.message import Message
from scanner.observation import Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfHost, SpfLookup, SpfRecords

DEEPEST = 20
MOST_TERMS = 2_000  # of the whole tree: far more than ten look-ups, whoever repeats an include
MOST_VOID = 2
MOST_MAIL_HOSTS = 10


class Counted(Struct, frozen=True):
    """A term that costs a look-up: which one it is, how deep, in whose record."""

    number: int
    depth: int
    domain: str
    term: str


class Reading(Struct, frozen=True):
    """An evaluation read statically.

    ``all`` is the qualifier that ends it (``-``, ``~``, ``?``, ``+``), empty where none does.
    ``defect`` is why receivers must answer permerror; ``unknown`` why that could not be told.
    ``tree`` names each look-up; with ``macros`` their number is a lower bound.
    ``networks`` are those that can pass; ``unbounded`` the terms whose networks nobody can list.
    """

    text: str = ""
    record: spf.Record | None = None
    all: str = ""
    lookups: int = 0
    defect: Message | None = None
    unknown: Reason | None = None
    passes_everyone: bool = False
    everyone_by: str = ""
    everyone_term: str = ""
    tree: tuple[Counted, ...] = ()
    macros: tuple[str, ...] = ()
    void_both: tuple[str, ...] = ()
    void_one: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    unbounded: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    ptr: tuple[str, ...] = ()

    @property
    def eleventh(self) -> Counted | None:
        """The look-up at which receivers give up."""
        return self.tree[spf.MOST_LOOKUPS] if len(self.tree) > spf.MOST_LOOKUPS else None

    @property
    def passes_nobody(self) -> bool:
        """No term of the whole evaluation can pass."""
        return self.record is not None and self.record.passes_nobody

    @property
    def is_null(self) -> bool:
        """The record is exactly ``v=spf1 -all``."""
        return self.record is not None and self.record.is_null

    @property
    def lines(self) -> tuple[str, ...]:
        """The tree of look-ups, as it is shown."""
        return tuple(f"{one.number:>2} {'  ' * one.depth}{one.term}" for one in self.tree[:30])


def read(records: SpfRecords) -> Reading:
    """Read the record of the name together with what it includes and redirects to."""
    own = records.lookups[0]
    if not own.texts:
        return Reading()
    if len(own.texts) > 1:
        said = Message("there are {n} SPF records, and one is allowed", {"n": len(own.texts)})
        return Reading(own.texts[0], defect=said)
    try:
        record = spf.parse(own.texts[0])
    except FormatError as error:
        return Reading(own.texts[0], defect=error.message)
    walk = _Walk(records)
    walk.count(own.name, record, ())
    everyone, open_term = walk.everyone(own.name, record)
    return Reading(
        own.texts[0],
        record,
        walk.ending(record, (own.name,)),
        len(walk.tree),
        walk.defect,
        walk.unknown,
        bool(everyone),
        everyone,
        open_term,
        tuple(walk.tree),
        tuple(walk.macros),
        tuple(dict.fromkeys(walk.void_both)),
        tuple(dict.fromkeys(walk.void_one)),
        tuple(walk.networks(own.name, record)),
        tuple(dict.fromkeys(walk.unbounded)),
        tuple(dict.fromkeys(walk.includes)),
        tuple(dict.fromkeys(walk.ptr)),
    )


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


class _Walk:
    def __init__(self, records: SpfRecords) -> None:
        self._records = records
        self._parsed: dict[str, spf.Record | FormatError | None] = {}
        self._terms = 0
        self.tree: list[Counted] = []
        self.macros: list[str] = []
        self.void_both: list[str] = []
        self.void_one: list[str] = []
        self.unbounded: list[str] = []
        self.includes: list[str] = []
        self.ptr: list[str] = []
        self.defect: Message | None = None
        self.unknown: Reason | None = Reason.BUDGET_EXHAUSTED if records.cut else None

    def count(self, name: str, record: spf.Record, above: tuple[str, ...]) -> None:
        """Count the look-ups of a record and of all below it (RFC 7208 4.6.4)."""
        for term in record.evaluated:
            if not term.costs:
                continue
            if self._is_enough():
                return
            self._note(name, term, len(above))
            if term.name == "include":
                self._below(term.value, (*above, name))
            else:
                self._voids(name, term)
        if record.redirect and not self._is_enough():
            redirect = spf.Term("redirect", "=", record.redirect)
            self._note(name, redirect, len(above))
            self._below(record.redirect, (*above, name))

    def _is_enough(self) -> bool:
        self._terms += 1
        return self._terms > MOST_TERMS

    def _note(self, name: str, term: spf.Term, depth: int) -> None:
        self.tree.append(Counted(len(self.tree) + 1, depth, name, term.text))
        if spf.has_macro(term.value):
            self.macros.append(term.text)
        elif term.name in {"include", "redirect"}:
            self.includes.append(_plain(term.value))
        if term.name == "ptr":
            self.ptr.append(term.text)

    def _voids(self, name: str, term: spf.Term) -> None:
        seen = self._host(name, term)
        if seen is None or seen.reason:
            return
        if term.name == "mx" and len(seen.hosts) > MOST_MAIL_HOSTS:
            self._wrong("{name} has more than ten mail hosts, and mx allows ten", seen.name)
        what = f"{term.text} ({seen.name})"
        if seen.is_void4 and seen.is_void6:
            self.void_both.append(what)
        elif seen.is_void4 or seen.is_void6:
            self.void_one.append(what)

    def _host(self, name: str, term: spf.Term) -> SpfHost | None:
        if term.name == "ptr" or spf.has_macro(term.value):
            return None
        return self._records.host(term.value or name, "MX" if term.name == "mx" else "A")

    def _below(self, target: str, above: tuple[str, ...]) -> None:
        name = _plain(target)
        if spf.has_macro(name):
            return
        if name in above:
            self._wrong("{name} includes itself", name)
            return
        if len(above) > DEEPEST:  # twice the look-ups that are allowed
            return
        found = self._record(name)
        if found:
            self.count(name, found, above)

    def _record(self, name: str) -> spf.Record | None:
        seen = self._records.at(name)
        if seen is None or seen.reason:
            self.unknown = self.unknown or (seen.reason if seen else Reason.BUDGET_EXHAUSTED)
            return None
        if len(seen.texts) != 1:
            self._wrong(_absence(seen), name)
            return None
        found = self._read(name)
        if isinstance(found, FormatError):
            said = Message("in {name}: {why}", {"name": name, "why": found.message})
            self.defect = self.defect or said
            return None
        return found

    def _wrong(self, template: str, name: str) -> None:
        self.defect = self.defect or Message(template, {"name": name})

    def ending(self, record: spf.Record, above: tuple[str, ...]) -> str:
        """The qualifier of ``all``, through redirects."""
        if record.all:
            return record.all.qualifier
        name = _plain(record.redirect)
        below = self._known(name) if name and name not in above else None
        return self.ending(below, (*above, name)) if below else ""

    def everyone(self, name: str, record: spf.Record) -> tuple[str, str]:
        """Where and by which term any stranger passes, here, in a passing include, the redirect.

        ``+all``, or ``exists`` with a name that has an address, whoever asks.
        """
        for at, one in self.passing(name, record):
            for term in one.evaluated:
                seen = self._host(at, term) if term.name == "exists" else None
                always = term.name == "all" or bool(seen and seen.ipv4)
                if always and term.qualifier == "+":
                    return at, "+all" if term.name == "all" else term.text
        return "", ""

    def passing(self, name: str, record: spf.Record) -> Iterator[tuple[str, spf.Record]]:
        """The record, and each one through which a pass comes, once."""
        waiting, seen = [(name, record)], {name}
        while waiting:
            at, one = waiting.pop(0)
            yield at, one
            for target in map(_plain, _passing(one)):
                below = None if target in seen else self._known(target)
                seen.add(target)
                if below:
                    waiting.append((target, below))

    def networks(self, name: str, record: spf.Record) -> Iterator[Network]:
        """Every network that can pass, of this record and of what passes through it."""
        for at, one in self.passing(name, record):
            for term in one.evaluated:
                if term.qualifier == "+":
                    yield from self._of_term(at, term)

    def _of_term(self, name: str, term: spf.Term) -> Iterator[Network]:
        if term.name in {"ip4", "ip6"}:
            yield ip_network(term.value, strict=False)
        elif term.name in {"exists", "ptr"} or spf.has_macro(term.value):
            self.unbounded.append(term.text)
        elif term.name in {"a", "mx"} and (seen := self._host(name, term)):
            four, six = term.prefixes
            for address in seen.ipv4:
                yield ip_network(f"{address}/{four}", strict=False)
            for address in seen.ipv6:
                yield ip_network(f"{address}/{six}", strict=False)

    def _known(self, name: str) -> spf.Record | None:
        found = self._read(name)
        return found if isinstance(found, spf.Record) else None

    def _read(self, name: str) -> spf.Record | FormatError | None:
        """The one record of a name, read once; ``None`` where there is not exactly one."""
        if name not in self._parsed:
            seen = self._records.at(name)
            self._parsed[name] = None
            if seen is not None and len(seen.texts) == 1:
                self._parsed[name] = _parsed(seen.texts[0])
        return self._parsed[name]


def _parsed(text: str) -> spf.Record | FormatError:
    try:
        return spf.parse(text)
    except FormatError as error:
        return error


def _passing(record: spf.Record) -> tuple[str, ...]:
    """The records through which a pass comes: passing includes, and the redirect."""
    names = [
        one.value for one in record.evaluated if one.name == "include" and one.qualifier == "+"
    ]
    return tuple(name for name in (*names, record.redirect) if name and not spf.has_macro(name))


def _absence(seen: SpfLookup) -> str:
    if len(seen.texts) > 1:
        return "{name} has several SPF records"
    if seen.presence is Presence.NXDOMAIN:
        return "{name}, which it includes, does not exist"
    return "{name}, which it includes, has no SPF record"
