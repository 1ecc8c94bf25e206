"""What a whole SPF evaluation comes to, without a sender: look-ups, defects, how it ends."""

from __future__ import annotations

from msgspec import Struct

from scanner.formats import spf
from scanner.formats.error import FormatError
from scanner.message import Message
from scanner.observation import Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfLookup, SpfRecords

DEEPEST = 20


class Reading(Struct, frozen=True):
    """An evaluation read statically.

    ``all`` is the qualifier that ends it (``-``, ``~``, ``?``, ``+``), empty where none does.
    ``defect`` is why receivers must answer permerror; ``unknown`` why that could not be told.
    """

    text: str = ""
    record: spf.Record | None = None
    all: str = ""
    lookups: int = 0
    defect: Message | None = None
    unknown: Reason | None = None
    passes_everyone: bool = False


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
    return Reading(
        own.texts[0],
        record,
        walk.ending(record, ()),
        walk.lookups,
        walk.defect,
        walk.unknown,
        walk.everyone(record, ()),
    )


class _Walk:
    def __init__(self, records: SpfRecords) -> None:
        self._records = records
        self.lookups = 0
        self.defect: Message | None = None
        self.unknown: Reason | None = Reason.BUDGET_EXHAUSTED if records.cut else None

    def count(self, name: str, record: spf.Record, above: tuple[str, ...]) -> None:
        """Count the look-ups of a record and of all below it (RFC 7208 4.6.4)."""
        for term in record.evaluated:
            self.lookups += term.costs
            if term.name == "include":
                self._below(term.value, (*above, name))
        if record.redirect:
            self.lookups += 1
            self._below(record.redirect, (*above, name))

    def _below(self, target: str, above: tuple[str, ...]) -> None:
        name = target.lower().rstrip(".")
        if spf.has_macro(name):
            return
        if name in above or len(above) > DEEPEST:
            self._wrong("{name} includes itself", name)
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
        try:
            return spf.parse(seen.texts[0])
        except FormatError as error:
            said = Message("in {name}: {why}", {"name": name, "why": error.message})
            self.defect = self.defect or said
            return None

    def _wrong(self, template: str, name: str) -> None:
        self.defect = self.defect or Message(template, {"name": name})

    def ending(self, record: spf.Record, above: tuple[str, ...]) -> str:
        """The qualifier of ``all``, through redirects."""
        if record.all:
            return record.all.qualifier
        below = self._known(record.redirect, above)
        return self.ending(below, (*above, record.redirect)) if below else ""

    def everyone(self, record: spf.Record, above: tuple[str, ...]) -> bool:
        """Whether any stranger passes: ``+all`` here, in a passing include or the redirect."""
        if record.all and record.all.qualifier == "+":
            return True
        names = [
            one.value for one in record.evaluated if one.name == "include" and one.qualifier == "+"
        ]
        return any(
            self.everyone(below, (*above, name))
            for name in (*names, record.redirect)
            if (below := self._known(name, above))
        )

    def _known(self, name: str, above: tuple[str, ...]) -> spf.Record | None:
        seen = self._records.at(name) if name and name not in above else None
        if seen is None or len(seen.texts) != 1 or len(above) > DEEPEST:
            return None
        try:
            return spf.parse(seen.texts[0])
        except FormatError:
            return None


def _absence(seen: SpfLookup) -> str:
    if len(seen.texts) > 1:
        return "{name} has several SPF records"
    if seen.presence is Presence.NXDOMAIN:
        return "{name}, which it includes, does not exist"
    return "{name}, which it includes, has no SPF record"
