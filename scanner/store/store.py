"""The store: one transaction per target, evidence as blobs under their SHA-256."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from scanner.assessment import Assessment, Status, StoredObservation
from scanner.finding import Finding, Outcome
from scanner.observation import Reason
from scanner.run import Run, RunStatus
from scanner.store import schema
from scanner.store.rows import (
    LATEST,
    Blobs,
    NoSuchRunError,
    add_findings,
    assessment,
    finding_row,
    forget,
    get,
    insert,
    millis,
    observation_row,
    observations_of,
    outcome,
    put,
    run_of,
    run_row,
    stored,
    target_id,
    targets_of,
    time_of,
)
from scanner.targets import Inventory

NOTHING_COMPARED: Mapping[str, tuple[Finding, ...]] = MappingProxyType({})


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
                "began": millis(run.began),
                "rule_set": run.rule_set,
                "document": put(connection, numbered),
                "inventory": put(connection, inventory),
                "notes": msgspec.json.encode(run.notes).decode(),
            }
            connection.execute(schema.run.insert().values(**row))
        return numbered

    def keep(self, run_id: str, kept: Assessment) -> None:
        """Keep everything about one target in one transaction; again is the same as once."""
        blobs = Blobs()
        rows = [observation_row(blobs, one) for one in kept.observations]
        findings, facts = blobs.name(kept.findings), blobs.name(kept.facts)
        with self._engine.begin() as connection:
            run = run_row(connection, run_id).id
            target = target_id(connection, kept.host, run)
            forget(connection, run, target)
            blobs.write(connection)
            connection.execute(
                schema.run_target.insert().values(
                    run=run,
                    target=target,
                    agency=kept.agency,
                    status=kept.status,
                    began=millis(kept.began),
                    ended=millis(kept.ended),
                    findings=findings,
                    facts=facts,
                )
            )
            insert(connection, schema.observation, rows, run, target)
            insert(
                connection,
                schema.finding,
                map(finding_row, kept.findings),
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
        compared: Mapping[str, tuple[Finding, ...]] = NOTHING_COMPARED,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Close a run: the targets it did not reach, and what comparing the others showed."""
        with self._engine.begin() as connection:
            run = run_row(connection, run_id).id
            for host, findings in compared.items():
                add_findings(connection, run, host, findings)
            for one in skipped:
                target = target_id(connection, one.host, run)
                forget(connection, run, target)
                connection.execute(
                    schema.run_target.insert().values(
                        run=run,
                        target=target,
                        agency=one.agency,
                        status=one.status,
                        reason=one.reason,
                    )
                )
            values = {"status": status, "ended": millis(ended)}
            if notes:
                values["notes"] = msgspec.json.encode(notes).decode()
            connection.execute(schema.run.update().where(schema.run.c.id == run).values(**values))

    def reopen(self, run_id: str) -> None:
        """Mark an unfinished run as running again: it is being resumed."""
        with self._engine.begin() as connection:
            run = run_row(connection, run_id).id
            rows = schema.run_target
            connection.execute(rows.delete().where(rows.c.run == run, rows.c.findings.is_(None)))
            connection.execute(
                schema.run.update()
                .where(schema.run.c.id == run)
                .values(status=RunStatus.RUNNING, ended=None)
            )

    # Reading

    def last_finished(self, lineage: str) -> str:
        """The id of the run of an audit that was finished last; empty where there is none."""
        query = (
            sa.select(schema.run.c.key)
            .where(schema.run.c.lineage == lineage, schema.run.c.status == RunStatus.FINISHED)
            .order_by(schema.run.c.id.desc())
        )
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).scalar() or ""

    def observations(
        self, run_id: str, host: str, kinds: Iterable[str]
    ) -> tuple[StoredObservation, ...]:
        """What a run saw of some kinds at one target."""
        with self._engine.connect() as connection:
            run = run_row(connection, run_id).id
            target = sa.select(schema.target.c.id).where(schema.target.c.host == host)
            query = observations_of(run, target.scalar_subquery()).where(
                schema.observation.c.kind.in_(tuple(kinds))
            )
            return tuple(stored(connection, row) for row in connection.execute(query).all())

    def runs(self) -> tuple[Run, ...]:
        """Every run, the newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(schema.run).order_by(schema.run.c.id.desc())).all()
            return tuple(run_of(connection, row) for row in rows)

    def run(self, reference: str) -> Run:
        """A run by its id, the beginning of it, or ``latest``."""
        with self._engine.connect() as connection:
            return run_of(connection, run_row(connection, reference))

    def inventory(self, run_id: str) -> Inventory:
        """The inventory as it was parsed on the day of the run."""
        with self._engine.connect() as connection:
            row = run_row(connection, run_id)
            return msgspec.json.decode(get(connection, row.inventory), type=Inventory)

    def assessed(self, run_id: str) -> frozenset[str]:
        """The hosts whose assessment was kept."""
        query = (
            sa.select(schema.target.c.host)
            .join(schema.run_target)
            .where(schema.run_target.c.findings.is_not(None))
        )
        with self._engine.connect() as connection:
            run = run_row(connection, run_id).id
            rows = connection.execute(query.where(schema.run_target.c.run == run))
            return frozenset(row.host for row in rows)

    def skipped(self, run_id: str) -> tuple[Skipped, ...]:
        """The targets that the run did not assess."""
        with self._engine.connect() as connection:
            query = targets_of(run_row(connection, run_id).id)
            rows = connection.execute(query.where(schema.run_target.c.findings.is_(None)))
            return tuple(
                Skipped(row.host, row.agency, Status(row.status), row.reason or "") for row in rows
            )

    def assessments(self, run_id: str, *, agency: str = "", host: str = "") -> Iterator[Assessment]:
        """What was kept, one target at a time, by agency and host."""
        return self._kept(run_id, agency, host, assessment)

    def outcomes(self, run_id: str, *, host: str = "") -> Iterator[Assessment]:
        """The same without the observations: findings and facts alone, for verdicts and counts."""
        return self._kept(run_id, "", host, outcome)

    def histories(
        self, lineage: str, run_id: str, host: str
    ) -> dict[str, list[tuple[datetime, Outcome]]]:
        """The outcomes of a target's findings in an audit, up to a run, by fingerprint in time."""
        run, finding, target = schema.run, schema.finding, schema.target
        until = sa.select(run.c.began).where(run.c.key == run_id).scalar_subquery()
        query = (
            sa.select(finding.c.fingerprint, run.c.began, finding.c.outcome)
            .join(run, run.c.id == finding.c.run)
            .join(target, target.c.id == finding.c.target)
            .where(run.c.lineage == lineage, target.c.host == host)
            .where(sa.or_(until.is_(None), run.c.began <= until))
            .order_by(run.c.began, run.c.id)
        )
        made: dict[str, list[tuple[datetime, Outcome]]] = {}
        with self._engine.connect() as connection:
            for name, began, outcome_ in connection.execute(query):
                made.setdefault(name, []).append((time_of(began), Outcome(outcome_)))
        return made

    def _kept(
        self, run_id: str, agency: str, host: str, read: Callable[..., Assessment]
    ) -> Iterator[Assessment]:
        with self._engine.connect() as connection:
            run = run_row(connection, run_id).id
            query = targets_of(run).where(schema.run_target.c.findings.is_not(None))
            if agency:
                query = query.where(schema.run_target.c.agency == agency)
            if host:
                query = query.where(schema.target.c.host == host)
            order = query.order_by(schema.run_target.c.agency, schema.target.c.host)
            for row in connection.execute(order).all():
                yield read(connection, run, row)


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


__all__ = ["LATEST", "NoSuchRunError", "Reason", "Skipped", "Store", "default_url"]
