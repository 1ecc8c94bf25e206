"""Manual outcomes: what a person found out that no scan can see (compliance.md 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct

from scanner.control.profile import Control, Coverage, Profile
from scanner.control.schema import read as read_schema
from scanner.control.strict_yaml import DocumentError, Node
from scanner.control.verdict import Verdict
from scanner.targets import Defect

LONGEST_LIFE = 365


class Method(StrEnum):
    """How it was found out (SP 800-53A's words)."""

    EXAMINE = "examine"
    INTERVIEW = "interview"
    TEST = "test"


class Document(Struct, frozen=True, omit_defaults=True):
    """Evidence of a person."""

    title: str
    sha256: str = ""
    location: str = ""


class ManualOutcome(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was found out about one control, of an agency or of one domain."""

    profile: str
    control: str
    target: dict[str, str]
    outcome: Verdict
    assessor: str
    assessed_on: str
    method: Method
    statement: str
    valid_until: str = ""
    evidence: tuple[Document, ...] = ()

    def concerns(self, host: str, agency: str) -> bool:
        """Whether it speaks of a domain."""
        return self.target in ({"domain": host}, {"agency": agency})

    def holds(self, day: date) -> bool:
        """Whether it is neither of the future nor expired."""
        return self.assessed_on <= day.isoformat() < self.valid_until


class ManualOutcomes(Struct, frozen=True):
    """A file of manual outcomes, and its SHA-256."""

    every: tuple[ManualOutcome, ...] = ()
    sha256: str = ""

    def of(self, profile: str, control: str, host: str, agency: str) -> tuple[ManualOutcome, ...]:
        """What is said of a control on a domain; what is said of the domain itself first."""
        found = [
            one
            for one in self.every
            if (one.profile, one.control) == (profile, control) and one.concerns(host, agency)
        ]
        newest = sorted(found, key=lambda one: one.assessed_on, reverse=True)
        return tuple(sorted(newest, key=lambda one: "domain" not in one.target))


def read(file: str, data: bytes, library: Mapping[str, Profile]) -> ManualOutcomes:
    """Read a file of manual outcomes; ``DocumentError`` names every defect with its place."""
    node = read_schema("manual-outcomes", file, data)
    made, defects = [], []
    for inner in node.value["outcomes"].value:
        one = msgspec.convert(inner.plain(), ManualOutcome)
        wrong = [Defect(file, *place, text) for place, text in _wrong(inner, one, library)]
        defects += wrong
        if not wrong:
            made.append(_dated(one, library[one.profile]))
    if defects:
        raise DocumentError(defects)
    return ManualOutcomes(tuple(made), hashlib.sha256(data).hexdigest())


def _dated(one: ManualOutcome, profile: Profile) -> ManualOutcome:
    """With the end of its validity, where the file does not say it."""
    if one.valid_until:
        return one
    control = _control(profile, one.control)
    days = control.manual.max_age_days if control and control.manual else LONGEST_LIFE
    until = date.fromisoformat(one.assessed_on) + timedelta(days=days)
    return msgspec.structs.replace(one, valid_until=until.isoformat())


def _control(profile: Profile, name: str) -> Control | None:
    return next((one for one in profile.controls if one.id == name), None)


def _wrong(
    node: Node, one: ManualOutcome, library: Mapping[str, Profile]
) -> Iterator[tuple[tuple[int, int], str]]:
    def place(key: str) -> tuple[int, int]:
        return node.value[key].line, node.value[key].column

    for key in ("assessed_on", "valid_until"):
        if (text := getattr(one, key)) and not _is_day(text):
            yield place(key), f"{text!r} is no day of the calendar"
            return
    if one.valid_until and one.valid_until <= one.assessed_on:
        yield place("valid_until"), "it ends before it was assessed"
    profile = library.get(one.profile)
    if profile is None:
        yield place("profile"), f"there is no profile {one.profile!r}"
        return
    control = _control(profile, one.control)
    if control is None:
        yield place("control"), f"the profile {one.profile} has no control {one.control!r}"
    elif control.coverage is Coverage.FULL:
        yield place("control"), f"{one.control} is judged by the scan alone (coverage full)"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
