"""The store: one transaction per target, evidence as blobs under their SHA-256."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from scanner.assessment import Assessment, Status, StoredObservation, canonical, digest
from scanner.fact import RecordedFact
from scanner.finding import Finding
from scanner.observation import Reason
from scanner.run import Run, RunStatus
from scanner.store import schema
from scanner.targets import Inventory

T = TypeVar("T")
LATEST = "latest"


class NoSuchRunError(LookupError):
    """There is no such run in this store."""


class Skipped(msgspec.Struct, frozen=True):
    """A target of the inventory that this run did not assess, and why."""

    host: str
    agency: str
    status: Status
    reason: str


def default_url(folder: Path) -> str:
    """The store of a data directory."""
    return f"sqlite:///{folder / 'govscan.db'}"


class Store:
    """Runs and their evidence, append-only but for a run's end."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(self.url)
        schema.prepare(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # Writing

    def begin(self, run: Run, inventory: Inventory) -> Run:
        """Record a new run and its inventory; its sequence in the lineage is given here."""
        with self._engine.begin() as connection:
            newest = sa.select(sa.func.max(schema.run.c.sequence)).where(
                schema.run.c.lineage == run.lineage
            )
            numbered = msgspec.structs.replace(
                run, sequence=(connection.execute(newest).scalar() or 0) + 1
            )
            row = {
                "key": run.id,
                "lineage": run.lineage,
                "sequence": numbered.sequence,
                "status": RunStatus.RUNNING,
                "began": _millis(run.began),
                "rule_set": run.rule_set,
                "document": _put(connection, numbered),
                "inventory": _put(connection, inventory),
                "notes": msgspec.json.encode(run.notes).decode(),
            }
            connection.execute(schema.run.insert().values(**row))
        return numbered

    def keep(self, run_id: str, assessment: Assessment) -> None:
        """Keep everything about one target in one transaction; again is the same as once."""
        with self._engine.begin() as connection:
            run = _run_row(connection, run_id).id
            target = _target(connection, assessment.host, run)
            _forget(connection, run, target)
            connection.execute(
                schema.run_target.insert().values(
                    run=run,
                    target=target,
                    agency=assessment.agency,
                    status=assessment.status,
                    began=_millis(assessment.began),
                    ended=_millis(assessment.ended),
                    findings=_put(connection, assessment.findings),
                    facts=_put(connection, assessment.facts),
                )
            )
            rows = [_observation(connection, one) for one in assessment.observations]
            _insert(connection, schema.observation, rows, run, target)
            _insert(
                connection,
                schema.finding,
                map(_finding, assessment.findings),
                run,
                target,
            )

    def end(
        self,
        run_id: str,
        status: RunStatus,
        ended: datetime,
        *,
        skipped: Iterable[Skipped] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        """Close a run; every target it did not reach gets its row with the reason."""
        with self._engine.begin() as connection:
            run = _run_row(connection, run_id).id
            for one in skipped:
                target = _target(connection, one.host, run)
                _forget(connection, run, target)
                connection.execute(
                    schema.run_target.insert().values(
                        run=run,
                        target=target,
                        agency=one.agency,
                        status=one.status,
                        reason=one.reason,
                    )
                )
            values = {"status": status, "ended": _millis(ended)}
            if notes:
                values["notes"] = msgspec.json.encode(notes).decode()
            connection.execute(schema.run.update().where(schema.run.c.id == run).values(**values))

    def reopen(self, run_id: str) -> None:
        """Mark an unfinished run as running again: it is being resumed."""
        with self._engine.begin() as connection:
            run = _run_row(connection, run_id).id
            rows = schema.run_target
            connection.execute(rows.delete().where(rows.c.run == run, rows.c.findings.is_(None)))
            connection.execute(
                schema.run.update()
                .where(schema.run.c.id == run)
                .values(status=RunStatus.RUNNING, ended=None)
            )

    # Reading

    def runs(self) -> tuple[Run, ...]:
        """Every run, the newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(schema.run).order_by(schema.run.c.id.desc())).all()
            return tuple(_run(connection, row) for row in rows)

    def run(self, reference: str) -> Run:
        """A run by its id, the beginning of it, or ``latest``."""
        with self._engine.connect() as connection:
            return _run(connection, _run_row(connection, reference))

    def inventory(self, run_id: str) -> Inventory:
        """The inventory as it was parsed on the day of the run."""
        with self._engine.connect() as connection:
            row = _run_row(connection, run_id)
            return msgspec.json.decode(_get(connection, row.inventory), type=Inventory)

    def assessed(self, run_id: str) -> frozenset[str]:
        """The hosts whose assessment was kept."""
        query = (
            sa.select(schema.target.c.host)
            .join(schema.run_target)
            .where(schema.run_target.c.findings.is_not(None))
        )
        with self._engine.connect() as connection:
            run = _run_row(connection, run_id).id
            rows = connection.execute(query.where(schema.run_target.c.run == run))
            return frozenset(row.host for row in rows)

    def skipped(self, run_id: str) -> tuple[Skipped, ...]:
        """The targets that the run did not assess."""
        with self._engine.connect() as connection:
            query = _targets_of(_run_row(connection, run_id).id)
            rows = connection.execute(query.where(schema.run_target.c.findings.is_(None)))
            return tuple(
                Skipped(row.host, row.agency, Status(row.status), row.reason or "") for row in rows
            )

    def assessments(self, run_id: str, *, agency: str = "", host: str = "") -> Iterator[Assessment]:
        """What was kept, one target at a time, by agency and host."""
        with self._engine.connect() as connection:
            run = _run_row(connection, run_id).id
            query = _targets_of(run).where(schema.run_target.c.findings.is_not(None))
            if agency:
                query = query.where(schema.run_target.c.agency == agency)
            if host:
                query = query.where(schema.target.c.host == host)
            order = query.order_by(schema.run_target.c.agency, schema.target.c.host)
            for row in connection.execute(order).all():
                yield _assessment(connection, run, row)


def _engine(url: sa.URL) -> Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    """WAL for readers beside the writer; full sync: ten commits a second cost nothing."""
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _put(connection: Connection, value: object) -> bytes:
    """Store canonical JSON under the SHA-256 of its uncompressed text, once."""
    text = canonical(value)
    name = bytes.fromhex(digest(value))
    exists = sa.select(schema.blob.c.size).where(schema.blob.c.sha256 == name)
    if connection.execute(exists).first() is None:
        connection.execute(
            schema.blob.insert().values(
                sha256=name, size=len(text), codec="zlib", data=zlib.compress(text, 6)
            )
        )
    return name


def _get(connection: Connection, name: bytes) -> bytes:
    row = connection.execute(sa.select(schema.blob).where(schema.blob.c.sha256 == name)).one()
    return zlib.decompressobj().decompress(row.data, row.size)


def _insert(
    connection: Connection,
    table: sa.Table,
    rows: Iterable[Mapping[str, Any]],
    run: int,
    target: int,
) -> None:
    if values := [{"run": run, "target": target, **row} for row in rows]:
        connection.execute(table.insert(), values)


def _target(connection: Connection, host: str, run: int) -> int:
    query = sa.select(schema.target.c.id).where(schema.target.c.host == host)
    found: int | None = connection.execute(query).scalar()
    if found is None:
        row = connection.execute(schema.target.insert().values(host=host, first_run=run))
        found = row.inserted_primary_key[0]  # type: ignore[index]
    return found


def _forget(connection: Connection, run: int, target: int) -> None:
    """Make room for a target's second attempt, so that keeping is idempotent."""
    for table in (schema.finding, schema.observation, schema.run_target):
        connection.execute(table.delete().where(table.c.run == run, table.c.target == target))


def _observation(connection: Connection, one: StoredObservation) -> dict[str, Any]:
    seen = one.reason is None and one.inapplicable is None
    absence = None if seen else canonical(msgspec.structs.replace(one, at=None, value=None))
    return {
        "kind": one.kind,
        "subject": one.subject,
        "address": one.address or "",
        "at": _millis(one.at) if one.at else None,
        "peer": one.peer,
        "volatile": zlib.compress(canonical(one.volatile)) if one.volatile else None,
        "blob": _put(connection, one.value) if seen else None,
        "absence": absence,
    }


def _stored(connection: Connection, row: Any) -> StoredObservation:  # noqa: ANN401 - a row
    at = _time(row.at) if row.at is not None else None
    if row.absence is not None:
        absent = msgspec.json.decode(row.absence, type=StoredObservation)
        return msgspec.structs.replace(absent, at=at)
    volatile = msgspec.json.decode(zlib.decompress(row.volatile)) if row.volatile else {}
    value = msgspec.json.decode(_get(connection, row.blob))
    return StoredObservation(
        row.kind, row.subject, at, row.address or None, row.peer, value, volatile
    )


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "check": one.check,
        "subject": one.subject,
        "item": one.item,
        "outcome": one.outcome,
        "severity": one.severity,
        "reason": one.reason,
        "fingerprint": one.fingerprint,
    }


def _targets_of(run: int) -> sa.Select[Any]:
    return (
        sa.select(schema.run_target, schema.target.c.host)
        .join(schema.target)
        .where(schema.run_target.c.run == run)
    )


def _assessment(connection: Connection, run: int, row: Any) -> Assessment:  # noqa: ANN401 - a row
    query = (
        sa.select(schema.observation)
        .where(schema.observation.c.run == run, schema.observation.c.target == row.target)
        .order_by(
            schema.observation.c.kind,
            schema.observation.c.subject,
            schema.observation.c.address,
        )
    )
    stored = tuple(_stored(connection, one) for one in connection.execute(query).all())
    return Assessment(
        host=row.host,
        agency=row.agency,
        began=_time(row.began),
        ended=_time(row.ended),
        status=Status(row.status),
        observations=stored,
        findings=_decode(connection, row.findings, tuple[Finding, ...]),
        facts=_decode(connection, row.facts, tuple[RecordedFact, ...]),
    )


def _decode(connection: Connection, name: bytes, type_: type[T]) -> T:
    return msgspec.json.decode(_get(connection, name), type=type_)


def _run_row(connection: Connection, reference: str) -> Any:  # noqa: ANN401 - a row
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


def _run(connection: Connection, row: Any) -> Run:  # noqa: ANN401 - a row
    run = msgspec.json.decode(_get(connection, row.document), type=Run)
    return msgspec.structs.replace(
        run,
        status=RunStatus(row.status),
        ended=_time(row.ended) if row.ended is not None else None,
        notes=tuple(msgspec.json.decode(row.notes)),
    )


def _millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _time(millis: int) -> datetime:
    seconds, rest = divmod(millis, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


__all__ = ["LATEST", "NoSuchRunError", "Reason", "Skipped", "Store", "default_url"]
