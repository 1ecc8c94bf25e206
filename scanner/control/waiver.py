"""Waivers: who accepted which failure of whom, why, and until when (compliance.md 6).

A waiver never changes a verdict: the failure stays a failure, with the waiver beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias

import msgspec
from msgspec import Struct

from scanner.assessment import canonical
from scanner.control.evaluate import Part
from scanner.control.profile import Profile
from scanner.control.schema import read as read_schema
from scanner.control.strict_yaml import DocumentError, Node
from scanner.finding import Severity
from scanner.targets import Defect

LONGEST_LIFE = 365
SOON = timedelta(days=30)


class WaiverKind(StrEnum):
    """What the approval rests on."""

    RISK_ACCEPTED = "risk-accepted"
    COMPENSATING_CONTROL = "compensating-control"
    FALSE_POSITIVE = "false-positive"
    REMEDIATION_SCHEDULED = "remediation-scheduled"


class Suffix(Struct, frozen=True):
    """The names of a domain that were in the inventory on one day, and no later ones."""

    suffix: str
    as_of: str


class Waiver(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One approved exception."""

    id: str
    profile: str
    targets: tuple[str | Suffix, ...]
    controls: tuple[str, ...]
    kind: WaiverKind
    reason: str
    approved_by: str
    approved_on: str
    expires_on: str
    subjects: tuple[str, ...] = ()
    compensating_control: str = ""
    requested_by: str = ""
    ticket: str = ""
    evidence_hash: str = ""

    def is_active(self, day: date) -> bool:
        """``approved_on <= day < expires_on``, UTC days."""
        return self.approved_on <= day.isoformat() < self.expires_on

    def is_expired(self, day: date) -> bool:
        """Whether it no longer has any effect."""
        return day.isoformat() >= self.expires_on

    def covers(self, subjects: Iterable[str]) -> bool:
        """Whether every failing subject is named; without ``subjects`` all are."""
        return not self.subjects or all(
            {one, one.partition(":")[2]} & set(self.subjects) for one in subjects
        )


class Waivers(Struct, frozen=True):
    """A file of waivers, and its SHA-256."""

    every: tuple[Waiver, ...] = ()
    sha256: str = ""


class NoticeKind(StrEnum):
    """What a report and standard error say beside the verdicts."""

    WAIVER_EXPIRED = "waiver-expired"
    WAIVER_EXPIRES_SOON = "waiver-expires-soon"
    WAIVER_UNUSED = "waiver-unused"
    WAIVER_VOID = "waiver-void"
    MANUAL_EXPIRED = "manual-expired"
    PROFILE_PAST = "profile-past"


class Notice(Struct, frozen=True, order=True):
    """One line of the report and of standard error."""

    kind: NoticeKind
    text: str
    severity: Severity = Severity.INFO


def read(file: str, data: bytes, library: Mapping[str, Profile]) -> Waivers:
    """Read a file of waivers; ``DocumentError`` names every defect with its place."""
    node = read_schema("waivers", file, data)
    longest = node.value["max_life_days"].value if "max_life_days" in node.value else LONGEST_LIFE
    nodes: list[Node] = node.value["waivers"].value
    every = tuple(msgspec.convert(one.plain(), Waiver) for one in nodes)
    defects = [
        Defect(file, *place, text)
        for one, made in zip(nodes, every, strict=True)
        for place, text in _wrong(one, made, longest, library)
    ]
    seen: set[str] = set()
    for one, made in zip(nodes, every, strict=True):
        if made.id in seen:
            defects.append(Defect(file, *_place(one, "id"), f"the id {made.id!r} stands twice"))
        seen.add(made.id)
    if defects:
        raise DocumentError(defects)
    return Waivers(every, hashlib.sha256(data).hexdigest())


def _place(node: Node, key: str) -> tuple[int, int]:
    inner = node.value[key]
    return inner.line, inner.column


Wrong: TypeAlias = Iterator[tuple[tuple[int, int], str]]


def _wrong(node: Node, one: Waiver, longest: int, library: Mapping[str, Profile]) -> Wrong:
    days = list(_wrong_days(node, one))
    yield from days or _wrong_life(node, one, longest)
    if one.requested_by and _same(one.requested_by, one.approved_by):
        yield _place(node, "approved_by"), "who asks for a waiver may not approve it"
    profile = library.get(one.profile)
    if profile is None:
        yield _place(node, "profile"), f"there is no profile {one.profile!r}"
        return
    known = {control.id for control in profile.controls}
    for inner, control in zip(node.value["controls"].value, one.controls, strict=True):
        if control not in known:
            text = f"the profile {one.profile} has no control {control!r}"
            yield (inner.line, inner.column), text


def _wrong_days(node: Node, one: Waiver) -> Wrong:
    for key in ("approved_on", "expires_on"):
        if _day(getattr(one, key)) is None:
            yield _place(node, key), f"{getattr(one, key)!r} is no day of the calendar"
    for target in one.targets:
        if isinstance(target, Suffix) and _day(target.as_of) is None:
            yield _place(node, "targets"), f"{target.as_of!r} is no day of the calendar"


def _wrong_life(node: Node, one: Waiver, longest: int) -> Wrong:
    life = (date.fromisoformat(one.expires_on) - date.fromisoformat(one.approved_on)).days
    if life <= 0:
        yield _place(node, "expires_on"), "it expires before it is approved"
    if life > longest:
        text = f"it lives {life} days; {longest} at most (max_life_days)"
        yield _place(node, "expires_on"), text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def evidence_hash(failing: Iterable[Part]) -> str:
    """Name a failure by what it rests on: an unchanged fault keeps its hash (no time, no text)."""
    rows = {
        canonical(
            [
                one.subject,
                one.check,
                one.verdict,
                sorted({(fact.name, fact.state, _json(fact.value)) for fact in one.facts}),
            ]
        )
        for one in failing
    }
    return f"sha256:{hashlib.sha256(b'[' + b','.join(sorted(rows)) + b']').hexdigest()}"


def _json(value: object) -> str:
    return canonical(value).decode()


class Failure(Struct, frozen=True):
    """A control that fails on a domain, as a waiver sees it."""

    profile: str
    control: str
    host: str
    severity: Severity
    parts: tuple[Part, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Where it fails."""
        return tuple(dict.fromkeys(one.subject or f"domain:{self.host}" for one in self.parts))


@dataclass
class Ledger:
    """Which waiver was used, and what there is to say about the others. One of a judgement."""

    waivers: Waivers
    day: date
    names_on: Mapping[str, frozenset[str]] = field(default_factory=dict)
    used: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    notices: set[Notice] = field(default_factory=set)

    def of(self, failure: Failure) -> Waiver | None:
        """The waiver that covers a failure, if one does; what keeps one from it is noted."""
        for one in self._concerning(failure.profile, failure.control, failure.host):
            if one.is_expired(self.day):
                self._note_expired(one, failure)
            elif one.is_active(self.day) and self._holds(one, failure):
                self.used.setdefault(one.id, set()).add((failure.host, failure.control))
                return one
        return None

    def _holds(self, one: Waiver, failure: Failure) -> bool:
        if one.evidence_hash and one.evidence_hash != evidence_hash(failure.parts):
            text = (
                f"waiver {one.id} void for {failure.control} on {failure.host}: finding changed "
                f"(now {evidence_hash(failure.parts)})"
            )
            self.notices.add(Notice(NoticeKind.WAIVER_VOID, text, failure.severity))
            return False
        return one.covers(failure.subjects)

    def _note_expired(self, one: Waiver, failure: Failure) -> None:
        text = (
            f"waiver {one.id} for {failure.control} on {failure.host} expired on {one.expires_on}"
        )
        self.notices.add(Notice(NoticeKind.WAIVER_EXPIRED, text, failure.severity))

    def _concerning(self, profile: str, control: str, host: str) -> Iterator[Waiver]:
        for one in self.waivers.every:
            is_meant = one.profile == profile and control in one.controls
            if is_meant and any(self._is_target(target, host) for target in one.targets):
                yield one

    def _is_target(self, target: str | Suffix, host: str) -> bool:
        if isinstance(target, str):
            return target == host
        below = host == target.suffix or host.endswith(f".{target.suffix}")
        return below and host in self.names_on.get(target.as_of, frozenset())

    def close(self) -> tuple[Notice, ...]:
        """What is to be said once every domain was judged."""
        for one in self.waivers.every:
            if one.is_expired(self.day):
                if not any(f"waiver {one.id} " in said.text for said in self.notices):
                    text = f"waiver {one.id} expired on {one.expires_on}"
                    self.notices.add(Notice(NoticeKind.WAIVER_EXPIRED, text))
                continue
            if not one.is_active(self.day):
                continue
            if date.fromisoformat(one.expires_on) - self.day <= SOON:
                text = f"waiver {one.id} expires on {one.expires_on}"
                self.notices.add(Notice(NoticeKind.WAIVER_EXPIRES_SOON, text))
            if one.id not in self.used:
                text = f"unused waiver {one.id}: nothing that it covers fails"
                self.notices.add(Notice(NoticeKind.WAIVER_UNUSED, text))
        return tuple(sorted(self.notices))


def days_asked(waivers: Waivers) -> Sequence[str]:
    """The days whose inventories the waivers by suffix need."""
    return sorted(
        {
            target.as_of
            for one in waivers.every
            for target in one.targets
            if isinstance(target, Suffix)
        }
    )
