"""What is kept is what is read back; keeping again is keeping once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec import structs

from scanner.assessment import Assessment, Status, freeze
from scanner.beside import Beside
from scanner.engine import judge_all
from scanner.formats.certificate_examples import store as roots
from scanner.message import Message
from scanner.observation import Inapplicable, Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.tls import TlsServer, TrustStore
from scanner.observation.web import HttpsAnswer
from scanner.registry import load
from scanner.run import Run, RunStatus, Vantage
from scanner.store import LockedError, NoSuchRunError, Store, locked, schema
from scanner.store.migrate import upgrade
from scanner.store.store import Skipped
from scanner.targets import Agency, Inventory, target

NOW = datetime(2026, 11, 24, 12, 0, 0, 123_000, tzinfo=UTC)
WEB = Place(Subject(Role.WEB, "a.example", 443), "192.0.2.1")
INVENTORY = Inventory(
    (target("a.example", "a"), target("b.example", "b")), (Agency("a", "A"), Agency("b", "B"))
)


def _run(identity: str = "20261124T120000Z-aaaaaa", lineage: str = "audit") -> Run:
    return Run(
        id=identity,
        lineage=lineage,
        sequence=0,
        began=NOW,
        status=RunStatus.RUNNING,
        tool_version="1",
        rule_set="r",
        checks=("hsts-max-age",),
        deselected=(),
        options={"family": ["web"], "pause": 0.5},
        vantage=Vantage("127.0.0.1:53"),
        authorised_by="",
        contact="",
        user_agent="govscan/1",
        inventory="i",
    )


def _assessment(host: str = "a.example") -> Assessment:
    answer = HttpsAnswer.from_text(
        "HTTP/1.1 200 OK\nDate: now\nSet-Cookie: a=\xe9\nStrict-Transport-Security: max-age=1"
    )
    found = {
        HostAddresses: {
            Place(Subject(Role.HOST, host)): Observed(
                HostAddresses(host, Presence.PRESENT, ("192.0.2.1",)), NOW
            )
        },
        HttpsAnswer: {WEB: Observed(answer, NOW, "192.0.2.1:443")},
        TlsServer: {WEB: Unobserved(Reason.TIMEOUT, "no answer", NOW, reached=True)},
    }
    found[HostAddresses][Place(Subject(Role.HOST, "www"))] = Inapplicable(Message("None."), NOW)
    checks = load().checks
    chosen = [checks["hsts-max-age"], checks["tls-1-0"]]
    findings, facts = judge_all(chosen, host, found, Beside({TrustStore: roots()}))
    return Assessment(
        host,
        host[0],
        NOW,
        NOW + timedelta(seconds=1),
        Status.ASSESSED,
        freeze(found),
        findings,
        facts,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'deep' / 'govscan.db'}")


def test_what_is_kept_is_read_back(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    assert run.sequence == 1
    kept = _assessment()
    store.keep(run.id, kept)
    assert list(store.assessments(run.id)) == [kept]
    assert store.run("latest") == run
    assert store.inventory(run.id) == INVENTORY
    assert store.assessed(run.id) == {"a.example"}


def test_keeping_twice_is_keeping_once(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    for _ in range(2):
        store.keep(run.id, _assessment())
    assert len(list(store.assessments(run.id))) == 1


def test_the_same_evidence_is_written_once(store: Store, tmp_path: Path) -> None:
    first = store.begin(_run(), INVENTORY)
    second = store.begin(_run("20261124T130000Z-bbbbbb"), INVENTORY)
    store.keep(first.id, _assessment())
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'deep' / 'govscan.db'}")
    count = sa.select(sa.func.count()).select_from(schema.blob)
    with engine.connect() as connection:
        before = connection.execute(count).scalar()
    store.keep(second.id, _assessment())
    with engine.connect() as connection:
        assert connection.execute(count).scalar() == before
    engine.dispose()
    assert second.sequence == 2


def test_a_run_ends_with_what_it_did_not_reach(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    store.keep(run.id, _assessment())
    skipped = Skipped("b.example", "b", Status.SKIPPED, "the run was interrupted before its turn")
    store.end(run.id, RunStatus.INTERRUPTED, NOW, skipped=[skipped], notes=("n",))
    ended = store.run(run.id)
    assert (ended.status, ended.ended, ended.notes) == (RunStatus.INTERRUPTED, NOW, ("n",))
    assert store.skipped(run.id) == (skipped,)
    assert store.assessed(run.id) == {"a.example"}
    store.reopen(run.id)
    assert store.run(run.id).status is RunStatus.RUNNING
    assert store.skipped(run.id) == ()


def test_runs_are_named_by_what_is_enough_of_their_id(store: Store) -> None:
    store.begin(_run(), INVENTORY)
    store.begin(_run("20261124T130000Z-bbbbbb"), INVENTORY)
    assert store.run("20261124T12").id.endswith("aaaaaa")
    assert store.run("latest").id.endswith("bbbbbb")
    for reference in ("nothing", "20261124T1", "%"):
        with pytest.raises(NoSuchRunError):
            store.run(reference)
    assert [one.id[-6:] for one in store.runs()] == ["bbbbbb", "aaaaaa"]


def test_assessments_by_agency_and_host(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    for host in ("b.example", "a.example"):
        store.keep(run.id, structs.replace(_assessment(), host=host, agency=host[0]))
    assert [one.host for one in store.assessments(run.id)] == ["a.example", "b.example"]
    assert [one.host for one in store.assessments(run.id, agency="b")] == ["b.example"]
    assert [one.host for one in store.assessments(run.id, host="a.example")] == ["a.example"]


def test_the_migrations_make_the_schema_of_the_code(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    upgrade(engine, None)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.METADATA) == []
    engine.dispose()


def test_a_store_of_the_future_is_not_touched(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'future.db'}")
    with pytest.raises(schema.SchemaError, match="newer"):
        upgrade(engine, "9999")
    engine.dispose()


def test_one_scan_of_a_lineage_at_a_time(tmp_path: Path) -> None:
    with (
        locked(tmp_path, store="s", lineage="a", now=NOW),
        locked(tmp_path, store="s", lineage="b", now=NOW),
        pytest.raises(LockedError, match="pid"),
        locked(tmp_path, store="s", lineage="a", now=NOW),
    ):
        pass
    with locked(tmp_path, store="s", lineage="a", now=NOW):
        pass


def test_the_earlier_run_is_the_one_that_was_finished_last(store: Store) -> None:
    first = store.begin(_run(), INVENTORY)
    assert store.last_finished(first.lineage) == ""
    store.keep(first.id, _assessment())
    store.end(first.id, RunStatus.FINISHED, NOW)
    store.begin(structs.replace(_run(), id="unfinished"), INVENTORY)
    assert store.last_finished(first.lineage) == first.id
    assert store.last_finished("another audit") == ""


def test_observations_of_some_kinds_are_read_alone(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    kept = _assessment()
    store.keep(run.id, kept)
    wanted = tuple(one for one in kept.observations if one.kind == "HttpsAnswer")
    assert store.observations(run.id, "a.example", ["HttpsAnswer"]) == wanted
    assert store.observations(run.id, "b.example", ["HttpsAnswer"]) == ()


def test_outcomes_are_assessments_without_what_was_seen(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    kept = _assessment()
    store.keep(run.id, kept)
    assert list(store.outcomes(run.id)) == [structs.replace(kept, observations=())]


def test_what_comparing_showed_is_kept_with_its_target_once(store: Store) -> None:
    run = store.begin(_run(), INVENTORY)
    kept = _assessment()
    store.keep(run.id, kept)
    compared = structs.replace(kept.findings[0], check="aa-compared", fingerprint="f" * 16)
    for _ in range(2):
        store.end(run.id, RunStatus.FINISHED, NOW, compared={"a.example": (compared,)})
    (read,) = store.assessments(run.id)
    assert read.findings == (compared, *kept.findings)
