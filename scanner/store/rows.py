"""Rows and what they mean: blobs under their SHA-256, times as milliseconds, absences as JSON."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from scanner.assessment import Assessment, Status, StoredObservation, canonical
from scanner.fact import RecordedFact
from scanner.finding import Finding
from scanner.run import Run, RunStatus
from scanner.store import schema

T = TypeVar("T")
LATEST = "latest"


class NoSuchRunError(LookupError):
    """There is no such run in this store."""


class Blobs:
    """Values on their way into the store: canonical JSON under the SHA-256 of its text, once."""

    def __init__(self) -> None:
        self._texts: dict[bytes, bytes] = {}

    def name(self, value: object) -> bytes:
        """The name under which a value will be written."""
        text = canonical(value)
        name = hashlib.sha256(text).digest()
        self._texts[name] = text
        return name

    def write(self, connection: Connection) -> None:
        """Write what is not there yet."""
        table = schema.blob
        known = sa.select(table.c.sha256).where(table.c.sha256.in_(self._texts))
        there = set(connection.execute(known).scalars())
        rows = [
            {"sha256": name, "size": len(text), "codec": "zlib", "data": zlib.compress(text, 6)}
            for name, text in self._texts.items()
            if name not in there
        ]
        if rows:
            connection.execute(table.insert(), rows)


def put(connection: Connection, value: object) -> bytes:
    """Write one value; its name."""
    blobs = Blobs()
    name = blobs.name(value)
    blobs.write(connection)
    return name


def get(connection: Connection, name: bytes) -> bytes:
    """The text of a blob."""
    row = connection.execute(sa.select(schema.blob).where(schema.blob.c.sha256 == name)).one()
    return zlib.decompressobj().decompress(row.data, row.size)


def insert(
    connection: Connection,
    table: sa.Table,
    rows: Iterable[Mapping[str, Any]],
    run: int,
    target: int,
) -> None:
    """Insert rows of one target, if there are any."""
    if values := [{"run": run, "target": target, **row} for row in rows]:
        connection.execute(table.insert(), values)


def target_id(connection: Connection, host: str, run: int) -> int:
    """The id of a host; it is entered when it is new."""
    query = sa.select(schema.target.c.id).where(schema.target.c.host == host)
    found: int | None = connection.execute(query).scalar()
    if found is None:
        row = connection.execute(schema.target.insert().values(host=host, first_run=run))
        found = row.inserted_primary_key[0]  # type: ignore[index]
    return found


def forget(connection: Connection, run: int, target: int) -> None:
    """Make room for a target's second attempt, so that keeping is idempotent."""
    for table in (schema.finding, schema.observation, schema.run_target):
        connection.execute(table.delete().where(table.c.run == run, table.c.target == target))


def observation_row(blobs: Blobs, one: StoredObservation) -> dict[str, Any]:
    """An observation as a row; its value is a blob."""
    seen = one.reason is None and one.inapplicable is None
    absence = None if seen else canonical(msgspec.structs.replace(one, at=None, value=None))
    return {
        "kind": one.kind,
        "subject": one.subject,
        "address": one.address or "",
        "at": millis(one.at) if one.at else None,
        "peer": one.peer,
        "volatile": zlib.compress(canonical(one.volatile)) if one.volatile else None,
        "blob": blobs.name(one.value) if seen else None,
        "absence": absence,
    }


def stored(connection: Connection, row: Any) -> StoredObservation:  # noqa: ANN401 - a row
    """A row as the observation it holds."""
    at = time_of(row.at) if row.at is not None else None
    if row.absence is not None:
        absent = msgspec.json.decode(row.absence, type=StoredObservation)
        return msgspec.structs.replace(absent, at=at)
    volatile = msgspec.json.decode(zlib.decompress(row.volatile)) if row.volatile else {}
    value = msgspec.json.decode(get(connection, row.blob))
    return StoredObservation(
        row.kind, row.subject, at, row.address or None, row.peer, value, volatile
    )


def finding_row(one: Finding) -> dict[str, Any]:
    """What of a finding is searched for."""
    return {
        "check": one.check,
        "subject": one.subject,
        "item": one.item,
        "outcome": one.outcome,
        "severity": one.severity,
        "reason": one.reason,
        "fingerprint": one.fingerprint,
    }


def targets_of(run: int) -> sa.Select[Any]:
    """The targets of a run with their hosts."""
    return (
        sa.select(schema.run_target, schema.target.c.host)
        .join(schema.target)
        .where(schema.run_target.c.run == run)
    )


def observations_of(run: int, target: Any) -> sa.Select[Any]:  # noqa: ANN401 - id or subquery
    """The observations of one target, in the order in which they are kept."""
    table = schema.observation
    return (
        sa.select(table)
        .where(table.c.run == run, table.c.target == target)
        .order_by(table.c.kind, table.c.subject, table.c.address)
    )


def assessment(connection: Connection, run: int, row: Any) -> Assessment:  # noqa: ANN401 - a row
    """Everything about one target."""
    rows = connection.execute(observations_of(run, row.target)).all()
    seen = tuple(stored(connection, one) for one in rows)
    return msgspec.structs.replace(outcome(connection, run, row), observations=seen)


def outcome(connection: Connection, run: int, row: Any) -> Assessment:  # noqa: ANN401 - a row
    """One target without its observations."""
    del run
    return Assessment(
        host=row.host,
        agency=row.agency,
        began=time_of(row.began),
        ended=time_of(row.ended),
        status=Status(row.status),
        observations=(),
        findings=decode(connection, row.findings, tuple[Finding, ...]),
        facts=decode(connection, row.facts, tuple[RecordedFact, ...]),
    )


def add_findings(
    connection: Connection, run: int, host: str, findings: tuple[Finding, ...]
) -> None:
    """Add what comparing the targets showed; a second time is the same as once."""
    table = schema.run_target
    where = (table.c.run == run, table.c.target == target_id(connection, host, run))
    row = connection.execute(sa.select(table).where(*where)).one()
    checks = {one.check for one in findings}
    kept = decode(connection, row.findings, tuple[Finding, ...])
    whole = (*(one for one in kept if one.check not in checks), *findings)
    ordered = tuple(sorted(whole, key=lambda one: (one.check, one.subject, one.item)))
    connection.execute(table.update().where(*where).values(findings=put(connection, ordered)))
    old = schema.finding.c
    connection.execute(
        schema.finding.delete().where(
            old.run == run, old.target == row.target, old.check.in_(checks)
        )
    )
    insert(connection, schema.finding, map(finding_row, findings), run, row.target)


def decode(connection: Connection, name: bytes, type_: type[T]) -> T:
    """A blob as a value."""
    return msgspec.json.decode(get(connection, name), type=type_)


def run_row(connection: Connection, reference: str) -> Any:  # noqa: ANN401 - a row
    """A run by its id, the beginning of it, or ``latest``."""
    query = sa.select(schema.run).order_by(schema.run.c.id.desc())
    if reference != LATEST:
        query = query.where(schema.run.c.key.startswith(reference, autoescape=True))
    rows = connection.execute(query.limit(2)).all()
    exact = [row for row in rows if row.key == reference]
    match exact or rows:
        case [row]:
            return row
        case [row, *_] if reference == LATEST:
            return row
        case []:
            message = f"there is no run {reference!r} in this store (see: govscan runs list)"
        case _:
            message = f"several runs begin with {reference!r}: say more of the id"
    raise NoSuchRunError(message)


def run_of(connection: Connection, row: Any) -> Run:  # noqa: ANN401 - a row
    """A row as the run it holds."""
    run = msgspec.json.decode(get(connection, row.document), type=Run)
    return msgspec.structs.replace(
        run,
        status=RunStatus(row.status),
        ended=time_of(row.ended) if row.ended is not None else None,
        notes=tuple(msgspec.json.decode(row.notes)),
    )


def millis(at: datetime) -> int:
    """A time as it is kept."""
    return round(at.timestamp() * 1000)


def time_of(millis: int) -> datetime:
    """The time of a kept number."""
    seconds, rest = divmod(millis, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
