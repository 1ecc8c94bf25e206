"""Two audits of the same names: what changed, and who or what changed it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import structs

from scanner.assessment import Assessment
from scanner.cli.main import main
from scanner.fact import HSTS_MAX_AGE, State
from scanner.finding import Outcome
from scanner.observation import Reason
from scanner.store import Store
from tests.conftest import Scanned

pytestmark = pytest.mark.xdist_group("practice")

CHECK = "hsts-max-age"
Edit = Callable[[Assessment], Assessment]


def mended(one: Assessment) -> Assessment:
    """The same site, whose HSTS lasts a year."""
    return structs.replace(
        one,
        findings=tuple(
            structs.replace(each, outcome=Outcome.PASS, addresses=())
            if each.check == CHECK and each.outcome is Outcome.FAIL
            else each
            for each in one.findings
        ),
        facts=tuple(
            structs.replace(each, value=31536000, state=State.KNOWN)
            if each.name == HSTS_MAX_AGE.name
            else each
            for each in one.facts
        ),
    )


def silent(one: Assessment) -> Assessment:
    """The same site, which did not answer this time."""
    return structs.replace(
        one,
        findings=tuple(
            structs.replace(each, outcome=Outcome.INCONCLUSIVE, reason=Reason.TIMEOUT, addresses=())
            if each.check == CHECK
            else each
            for each in one.findings
        ),
    )


@pytest.fixture
def audits(scanned: Scanned, tmp_path: Path) -> Callable[[Edit], str]:
    """A copy of the store with a second run, a day later, that was edited."""

    def second(edit: Edit) -> str:
        source = next((scanned.govscan.folder / "data").glob("*.db"))
        path = tmp_path / "two.db"
        shutil.copy(source, path)
        store = Store(f"sqlite:///{path}")
        first = store.run("latest")
        day = timedelta(days=1)
        run = structs.replace(
            first,
            id=f"{first.began + day:%Y%m%dT%H%M%SZ}-second",
            previous=first.id,
            began=first.began + day,
        )
        store.begin(run, store.inventory(first.id))
        for one in store.assessments(first.id):
            store.keep(run.id, edit(one) if one.host == "police.example" else one)
        store.end(run.id, first.status, run.began + day)
        store.close()
        return f"sqlite:///{path}"

    return second


def say(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--store", url])


def test_without_an_earlier_run_there_is_nothing_to_compare(scanned: Scanned) -> None:
    ran = scanned.govscan("diff")
    assert ran.code == 2
    assert "--since" in ran.err


def test_nothing_changed(audits: Callable[[Edit], str]) -> None:
    ran = say(audits(lambda one: one), "diff", "--all")
    assert ran.exit_code == 0, ran.stderr
    assert "No verdict changed." in ran.stdout


def test_the_site_was_mended(audits: Callable[[Edit], str]) -> None:
    url = audits(mended)
    said = say(url, "diff", "--all").stdout
    assert "police.example rfc-baseline/gb-hsts-max-age: fail -> pass (site: " in said
    rows = [
        json.loads(line)
        for line in say(url, "export", "latest", "--format", "ocsf").stdout.splitlines()
    ]
    (closed,) = [
        one
        for one in rows
        if one["compliance"]["control"] == "gb-hsts-max-age" and one["activity_id"] == 3
    ]
    assert closed["status"] == "Resolved"
    document = json.loads(say(url, "export", "latest", "--format", "judgement").stdout)
    changed = [
        (one["control"], one["changed"]["cause"])
        for each in document["domains"]
        for one in each["controls"]
        if one["changed"]
    ]
    assert changed == [("gb-hsts-max-age", "site")]


def test_it_could_not_be_measured(audits: Callable[[Edit], str]) -> None:
    said = say(audits(silent), "diff", "--all").stdout
    assert "gb-hsts-max-age: fail -> inconclusive (measurement: timeout)" in said


def test_a_failure_keeps_the_day_on_which_it_was_first_seen(audits: Callable[[Edit], str]) -> None:
    document = json.loads(
        say(audits(lambda one: one), "export", "latest", "--format", "judgement").stdout
    )
    days = {
        one["first_seen"][:10]
        for each in document["domains"]
        for one in each["controls"]
        if one["first_seen"]
    }
    assert days
    assert document["run"]["began"][:10] not in days
