"""What is kept of a target: its observations, findings and facts, in the form of the JSON.

Observations are stored typed and losslessly: what changes by itself from one minute to the next
(every field called ``volatile``) stands apart, so that an unchanged host adds nothing to the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from scanner.fact import RecordedFact
from scanner.finding import Finding
from scanner.message import Message
from scanner.observation import (
    KINDS,
    Found,
    Inapplicable,
    Observation,
    Observed,
    Place,
    Reason,
    Subject,
    Unobserved,
)

VOLATILE = "volatile"


class Status(StrEnum):
    """How far the scan of a target came."""

    ASSESSED = "assessed"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    ABORTED = "aborted"


class StoredObservation(Struct, frozen=True, omit_defaults=True):
    """One observation as it is kept; exactly one of ``value``, ``reason`` and ``inapplicable``."""

    kind: str
    subject: str
    at: datetime | None = None
    address: str | None = None
    peer: str = ""
    value: Any = None
    volatile: dict[str, Any] = {}
    reason: Reason | None = None
    detail: str = ""
    reached: bool = False
    defect: str = ""
    inapplicable: Message | None = None


class Assessment(Struct, frozen=True):
    """Everything about one target of one run, sorted whatever order it was gathered in."""

    host: str
    agency: str
    began: datetime
    ended: datetime
    status: Status
    observations: tuple[StoredObservation, ...]
    findings: tuple[Finding, ...]
    facts: tuple[RecordedFact, ...]


def canonical(value: object) -> bytes:
    """JSON that is the same for the same value: sorted keys, no white space."""
    return msgspec.json.encode(value, order="sorted")


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in hex: the name of a blob."""
    return hashlib.sha256(canonical(value)).hexdigest()


def freeze(found: Found) -> tuple[StoredObservation, ...]:
    """Every observation of a target in the form that is kept, by kind, subject and address."""
    return tuple(sorted(_frozen(found), key=_key))


def _key(one: StoredObservation) -> tuple[str, str, str]:
    return one.kind, one.subject, one.address or ""


def _frozen(found: Found) -> Iterator[StoredObservation]:
    for kind, places in found.items():
        for place, seen in places.items():
            yield _freeze(kind.__name__, place, seen)


def _freeze(kind: str, place: Place, seen: Observation) -> StoredObservation:
    subject, address = place.subject.text, place.address
    match seen:
        case Observed():
            value, volatile = split(msgspec.to_builtins(seen.value))
            return StoredObservation(kind, subject, seen.at, address, seen.peer, value, volatile)
        case Unobserved():
            return StoredObservation(
                kind,
                subject,
                seen.at,
                address,
                reason=seen.reason,
                detail=seen.detail,
                reached=seen.reached,
                defect=seen.defect,
            )
        case Inapplicable():
            return StoredObservation(kind, subject, seen.at, address, inapplicable=seen.why)


def thaw(stored: Iterable[StoredObservation]) -> dict[type, dict[Place, Observation]]:
    """Read observations back as they were gathered; an unknown kind is left out."""
    found: dict[type, dict[Place, Observation]] = {}
    for one in stored:
        if one.kind in KINDS:
            kind = KINDS[one.kind].type
            place = Place(Subject.from_text(one.subject), one.address)
            found.setdefault(kind, {})[place] = _thaw(kind, one)
    return found


def _thaw(kind: type, one: StoredObservation) -> Observation:
    if one.inapplicable is not None:
        return Inapplicable(one.inapplicable, one.at)
    if one.reason is not None or one.at is None:
        reason = one.reason or Reason.DEPENDENCY_MISSING
        return Unobserved(reason, one.detail, one.at, one.reached, one.defect)
    value: Any = msgspec.convert(join(one.value, one.volatile), kind)
    return Observed(value, one.at, one.peer)


def split(value: object, path: str = "") -> tuple[Any, dict[str, Any]]:
    """Take every ``volatile`` field out of a JSON value: the rest, and the fields by their path."""
    apart: dict[str, Any] = {}
    match value:
        case dict():
            rest: dict[str, Any] = {}
            for key, inner in value.items():
                if key == VOLATILE:
                    apart[path] = inner
                    continue
                rest[key], deeper = split(inner, f"{path}/{key}")
                apart |= deeper
            return rest, apart
        case list() | tuple():
            items = []
            for index, inner in enumerate(value):
                item, deeper = split(inner, f"{path}/{index}")
                items.append(item)
                apart |= deeper
            return items, apart
        case _:
            return value, apart


def join(value: object, volatile: Mapping[str, Any], path: str = "") -> Any:  # noqa: ANN401 - JSON
    """Put every ``volatile`` field back where it stood."""
    match value:
        case dict():
            whole = {key: join(inner, volatile, f"{path}/{key}") for key, inner in value.items()}
            return whole | ({VOLATILE: volatile[path]} if path in volatile else {})
        case list():
            return [join(inner, volatile, f"{path}/{index}") for index, inner in enumerate(value)]
        case _:
            return value
