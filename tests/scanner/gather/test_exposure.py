"""The search for exposures against real sites: what lies open is found, what does not is not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest

from scanner.exposed import exposed
from scanner.finding import Outcome
from scanner.gather.exposure import asker, prober
from scanner.observation import Inapplicable, Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult
from tests.exposures import ANSWERS, CANARY, CATALOGUE, ENTRIES, HOST
from tests.scanner.gather.harness import Answer, observe
from tests.scanner.gather.open_sites import (
    HOME,
    NOT_FOUND,
    Asked,
    Said,
    Site,
    Speaks,
    serving,
    written,
)
from tests.scanner.gather.traps import DOTENV, ONCE, TRAPS, catch_all, groups, true_site

PLACE = Place(Subject(Role.WEB, HOST, 80))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short here; their lengths are held apart."""
    monkeypatch.setattr(asker, "WAIT_SECONDS", 0.02)
    monkeypatch.setattr(prober, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(asker, "REQUEST_SECONDS", 2.0)


def look(site: Site, **settings: Any) -> Any:
    """What is observed at the site's only service."""
    found = observe(
        PathProbes,
        ports={80: site.answer, 443: None},
        lists={type(CATALOGUE): CATALOGUE},
        authorised_by="the test itself",
        settings=settings,
        seconds=5.0,
    )
    return found[PLACE]


def seen(speaks: Speaks, **settings: Any) -> tuple[PathProbes, Site]:
    """The probes of a site that lets us look."""
    site = Site(speaks)
    one = look(site, **settings)
    assert isinstance(one, Observed), one
    assert isinstance(one.value, PathProbes)
    return one.value, site


def proved(probes: PathProbes) -> dict[str, str]:
    """What was proved: the path of each entry."""
    return {one.entry: one.path for one in probes.probes if one.result is ProbeResult.PROVED}


def failures(probes: PathProbes) -> set[str]:
    """The checks that fail."""
    checks = {one.check for one in CATALOGUE.entries}
    return {
        check
        for check in checks
        if any(one.outcome is Outcome.FAIL for one in exposed(probes, check))
    }


@pytest.mark.parametrize("names", groups(), ids=lambda names: names[0])
def test_every_exposure_is_found_and_no_other(names: list[str]) -> None:
    wanted = {name for name in names if not ENTRIES[name].opt_in}
    probes, site = seen(true_site(names), checks={ENTRIES[one].check for one in names})
    assert wanted <= set(proved(probes))
    alike = {ENTRIES[name].check for name in proved(probes)}
    assert alike <= {ENTRIES[name].check for name in names}
    assert not probes.stopped
    assert {one.method for one in site.asked} <= {"GET", "OPTIONS", "TRACE"}


def test_a_clean_site_costs_less_than_300_requests_and_passes_everything() -> None:
    probes, site = seen(serving({}))
    assert proved(probes) == {}
    assert len(site.asked) <= 301  # 300, and the first answer that every web check reads
    assert probes.volatile["requests"] == len(site.asked) - 1
    for check in {one.check for one in CATALOGUE.entries}:
        (said,) = exposed(probes, check)
        assert said.outcome is Outcome.PASS, (check, said)
    assert len(set(site.paths)) >= len(site.paths) - 10


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_catches_nothing(name: str) -> None:
    ONCE.clear()
    probes, site = seen(TRAPS[name])
    assert proved(probes) == {}
    assert failures(probes) == set()
    assert len(site.asked) <= prober.rows.budget(CATALOGUE.entries, "standard")


EVERYWHERE = [
    name
    for name, answer in ANSWERS.items()
    if "/" not in ENTRIES[name].paths and answer.path.startswith("/") and answer.status == 200
]


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_is_said_everywhere_exposes_nothing(name: str) -> None:
    probes, _ = seen(catch_all(name), checks={ENTRIES[name].check})
    found = {path for path in proved(probes).values() if path != "/"}  # a login there is one
    assert found == set()


def test_there_are_as_many_traps_as_true_sites() -> None:
    assert len(EVERYWHERE) + len(TRAPS) >= len(groups())


def test_what_a_site_says_everywhere_is_a_note() -> None:
    probes, _ = seen(TRAPS["catch-all text"], checks={"environment-file"})
    (said,) = exposed(probes, "environment-file")
    assert said.outcome is Outcome.PASS
    assert "/.env: the site answers like this everywhere" in said.evidence


def test_what_was_proved_once_is_a_note() -> None:
    ONCE.clear()
    probes, _ = seen(TRAPS["proved once"], checks={"environment-file"})
    (said,) = exposed(probes, "environment-file")
    assert said.outcome is Outcome.PASS
    assert any("proved once" in line for line in said.evidence)


def test_no_secret_is_kept_of_anything_that_is_found() -> None:
    for names in ([one for one in ANSWERS if ENTRIES[one].check in prober.rows.FILES],):
        probes, _ = seen(true_site(names))
        assert len(proved(probes)) > 40
        kept = msgspec.json.encode(probes).decode()
        judged = [one for check in failures(probes) for one in exposed(probes, check)]
        assert CANARY not in kept
        assert CANARY not in msgspec.json.encode(judged).decode()
        assert "jane@" not in kept
        assert "192.0.2.9" not in kept


def test_one_of_three_confirmations_is_enough() -> None:
    """Behind a balancer, one server of two has the file."""
    count = 0

    def speaks(asked: Asked) -> Said:
        nonlocal count
        if asked.path == "/.env":
            count += 1
            return Said(200, DOTENV) if count in {1, 4} else Said(404, NOT_FOUND)
        return Said(200, HOME) if asked.path == "/" else Said(404, NOT_FOUND)

    probes, _ = seen(speaks, checks={"environment-file"})
    (one,) = (one for one in probes.probes if one.result is ProbeResult.PROVED)
    assert (one.entry, one.confirmations) == ("dotenv", 3)


def test_a_guard_that_steps_in_is_told_and_voids_what_seemed_absent() -> None:
    """From the 100th request on, everything is forbidden."""
    usual = serving({"/.env": Said(200, DOTENV)})

    def speaks(asked: Asked) -> Said | None:
        return Said(403, b"Forbidden") if asked.number >= 100 else usual(asked)

    probes, site = seen(speaks)
    assert probes.stopped is Reason.BLOCKED
    assert "after 1" in probes.detail
    assert len(site.asked) < 140
    outcomes = {
        one.outcome
        for check in {one.check for one in CATALOGUE.entries}
        for one in exposed(probes, check)
    }
    assert Outcome.FAIL not in outcomes
    (said,) = exposed(probes, "environment-file")
    assert said.outcome is Outcome.INCONCLUSIVE
    assert said.reason is Reason.BLOCKED


def test_slowing_down_is_honoured_once() -> None:
    slow = iter([Said(429, b"", (("Retry-After", "0"),))])
    usual = serving({"/.env": Said(200, DOTENV)})

    def speaks(asked: Asked) -> Said | None:
        return next(slow, None) or usual(asked) if asked.number == 20 else usual(asked)

    probes, _ = seen(speaks)
    assert "dotenv" in proved(probes)
    assert not probes.stopped


def test_a_second_wish_to_slow_down_ends_it() -> None:
    usual = serving({})

    def speaks(asked: Asked) -> Said | None:
        return Said(429, b"slow") if asked.number >= 20 else usual(asked)

    probes, site = seen(speaks)
    assert probes.stopped is Reason.RATE_LIMITED
    assert len(site.asked) == 22


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.BLOCKED),
        (403, Reason.BLOCKED),
        (429, Reason.RATE_LIMITED),
        (500, Reason.MALFORMED_REPLY),
        (503, Reason.MALFORMED_REPLY),
    ],
)
def test_a_site_that_lets_nobody_in_is_unknown(status: int, reason: Reason) -> None:
    one = look(Site(lambda _: Said(status, b"no")))
    assert isinstance(one, Unobserved), one
    assert one.reason is reason


def test_a_site_that_stops_answering_is_left_after_six_failures() -> None:
    usual = serving({})
    site = Site(lambda one: None if one.number >= 30 else usual(one))
    one = look(site)
    assert isinstance(one, Observed)
    assert one.value.stopped is Reason.RESET
    assert len(site.asked) <= 30 + 2 * asker.MOST_FAILURES


def test_a_path_that_errs_is_unknown_and_no_other() -> None:
    probes, _ = seen(serving({"/.env": Said(500, b"oops")}), checks={"environment-file"})
    (said,) = exposed(probes, "environment-file")
    assert (said.outcome, said.reason) == (Outcome.INCONCLUSIVE, Reason.MALFORMED_REPLY)


def test_a_control_without_an_answer_leaves_it_unknown() -> None:
    def speaks(asked: Asked) -> Said:
        if asked.path == "/":
            return Said(200, HOME)
        if asked.path == "/backup.zip":
            return Said(200, ANSWERS["backup-archive"].body)
        return Said(500 if asked.path.startswith("/q") else 404, NOT_FOUND)

    probes, _ = seen(speaks, checks={"backup-archive"})
    (said,) = exposed(probes, "backup-archive")
    assert said.outcome is Outcome.INCONCLUSIVE


def test_a_host_that_is_everything_is_believed_nothing() -> None:
    """A honeypot: the right answer at every path of the catalogue, 404 elsewhere."""
    files = {}
    for name, answer in ANSWERS.items():
        for path in ENTRIES[name].paths:
            if path != "/" and path.startswith("/") and path not in files:
                files[path] = Said(answer.status, answer.body, answer.headers)
    probes, site = seen(serving(files))
    assert len(probes.products) > 12
    assert failures(probes) == set()
    assert any(one.result is ProbeResult.SUPPRESSED for one in probes.probes)
    assert len(site.asked) <= prober.rows.budget(CATALOGUE.entries, "standard") + 1


def dripping(body: bytes, paths: frozenset[str]) -> Answer:
    """A site whose answers at some paths come byte by byte, and never end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            if path == "/":
                writer.write(written(Said(200, HOME)))
            elif paths and path not in paths:
                writer.write(written(Said(404, NOT_FOUND)))
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
                for byte in body:
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(0.05)
            await writer.drain()

    return answer


def dripped(monkeypatch: pytest.MonkeyPatch, paths: frozenset[str]) -> Any:
    """What is observed of such a site, in a fifth of a second for each request."""
    monkeypatch.setattr(asker, "REQUEST_SECONDS", 0.2)
    return observe(
        PathProbes,
        ports={80: dripping(DOTENV, paths), 443: None},
        lists={type(CATALOGUE): CATALOGUE},
        authorised_by="the test itself",
        settings={"checks": {"environment-file"}},
        seconds=5.0,
    )[PLACE]


def test_a_file_that_drips_is_unknown_and_not_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    one = dripped(monkeypatch, frozenset({"/.env"}))
    (said,) = exposed(one.value, "environment-file")
    assert (said.outcome, said.reason) == (Outcome.INCONCLUSIVE, Reason.TIMEOUT)
    assert "/.env: its body did not come whole" in said.message.text


def test_a_site_that_drips_everywhere_is_left_after_six(monkeypatch: pytest.MonkeyPatch) -> None:
    one = dripped(monkeypatch, frozenset())
    assert one.value.stopped is Reason.TIMEOUT
    assert "6 requests in a row had no answer (the body did not come in time)" in one.value.detail
    (said,) = exposed(one.value, "environment-file")
    assert said.outcome is Outcome.INCONCLUSIVE


ROBOTS = b"User-agent: *\nDisallow: /.git/\nAllow: /.git/HEAD\n\nUser-agent: other\nDisallow: /\n"
GIT = b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n"


def test_robots_txt_is_respected_where_that_is_chosen() -> None:
    files = {
        "/robots.txt": Said(200, ROBOTS, (("Content-Type", "text/plain"),)),
        "/.git/config": Said(200, GIT),
        "/.env": Said(200, DOTENV),
    }
    checks = {"version-control-metadata", "environment-file"}
    probes, site = seen(serving(files), checks=checks, respect_robots=True)
    assert proved(probes) == {"dotenv": "/.env"}
    assert [one for one in site.paths if one.startswith("/.git/")] == ["/.git/HEAD"]
    (said,) = exposed(probes, "version-control-metadata")
    assert said.outcome is Outcome.INCONCLUSIVE
    assert said.reason is Reason.OUT_OF_SCOPE
    assert "robots.txt says Disallow: /.git/" in said.message.text
    probes, _ = seen(serving(files), checks=checks)
    assert "/.git/config" in proved(probes).values()


@pytest.mark.parametrize(
    ("robots", "text"),
    [
        (Said(200, b"User-agent: govscan\nDisallow: /\n"), "robots.txt says Disallow: /"),
        (Said(500), "is answered with status 500"),
    ],
    ids=["shut", "broken"],
)
def test_a_site_whose_robots_txt_forbids_all_is_not_asked(robots: Said, text: str) -> None:
    site = Site(serving({"/robots.txt": robots}))
    one = look(site, respect_robots=True)
    assert isinstance(one, Unobserved)
    assert one.reason is Reason.OUT_OF_SCOPE
    assert text in one.detail
    assert set(site.paths) == {"/", "/robots.txt"}  # every web check reads the start page


def test_a_heap_dump_is_told_from_the_links_and_never_asked() -> None:
    links = b'{"_links": {"self": {}, "env": {}, "heapdump": {"href": "x"}}}'
    probes, site = seen(serving({"/actuator": Said(200, links)}), checks={"actuator-endpoint"})
    assert proved(probes) == {"actuator": "/actuator", "heapdump": "/actuator/heapdump"}
    assert "/actuator/heapdump" not in site.paths
    severities = {one.item: one.severity for one in exposed(probes, "actuator-endpoint")}
    assert severities["/actuator/heapdump"] == "critical"


def test_a_heap_dump_is_asked_when_that_is_allowed() -> None:
    files = {"/actuator/heapdump": Said(200, ANSWERS["heapdump"].body)}
    probes, _ = seen(serving(files), checks={"actuator-endpoint"}, allow_heap_dump=True)
    assert "heapdump" in proved(probes)


def test_what_is_held_back_is_said() -> None:
    probes, _ = seen(serving({}), checks={"actuator-endpoint"})
    (said,) = exposed(probes, "actuator-endpoint")
    assert said.outcome is Outcome.PASS
    assert any("not asked" in line for line in said.evidence)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Said(200, b'{"errors": [{"message": "GraphQL introspection is not allowed"}]}'), "pass"),
        (Said(405, b"POST only"), "inconclusive"),
        (Said(200, b'{"data": {"__schema": {"queryType": {"name": "Query"}}}}'), "fail"),
        (Said(200, b'{"errors": [{"message": "no"}]}'), "not-applicable"),
        (Said(404, b""), "not-applicable"),
    ],
)
def test_graphql(answer: Said, outcome: str) -> None:
    from checks.exposure.graphql_introspection import graphql_introspection  # noqa: PLC0415

    path = ENTRIES["graphql-introspection"].paths[0]
    probes, _ = seen(serving({path: answer}), checks={"graphql-introspection"})
    (said,) = graphql_introspection.judge(probes)
    assert said.outcome == outcome


def test_the_quick_plan_asks_the_first_path_of_each_entry() -> None:
    probes, site = seen(serving({"/.env": Said(200, DOTENV)}), exposure_plan="quick")
    assert "dotenv" in proved(probes)
    assert probes.plan == "quick"
    assert len(site.asked) <= 121


def test_one_hop_to_the_slashed_path_is_followed() -> None:
    files = {
        "/solr/": Said(
            200, b"<!DOCTYPE html><html><title>Solr Admin</title><a class=solrAdminApp>"
        ),
        "/graphiql": Said(301, b"", (("Location", f"http://{HOST}/graphiql/"),)),
        "/graphiql/": Said(200, ANSWERS["graphql-console"].body),
    }
    probes, _ = seen(serving(files), checks={"graphql-console"})
    assert proved(probes) == {"graphql-console": "/graphiql"}


def test_a_service_that_sends_everything_elsewhere_has_nothing_to_expose() -> None:
    site = Site(lambda one: Said(301, b"", (("Location", f"https://other.example{one.path}"),)))
    one = look(site)
    assert isinstance(one, Inapplicable)
    assert "https://other.example" in one.why.text
    assert len(site.asked) <= 3


def test_behind_a_login_elsewhere_files_may_still_lie_open() -> None:
    login = Said(302, b"", (("Location", "https://login.other.example/sso?back=1"),))
    speaks = serving({"/.env": Said(200, DOTENV)}, otherwise=lambda _: login)
    probes, _ = seen(speaks, checks={"environment-file"})
    assert proved(probes) == {"dotenv": "/.env"}


@pytest.mark.parametrize("location", ["http://[", "", "/relative", "https://other.example/"])
def test_other_redirects_of_everything_are_asked_through(location: str) -> None:
    speaks = serving({}, otherwise=lambda _: Said(302, b"", (("Location", location),)))
    probes, _ = seen(speaks, checks={"environment-file"})
    assert proved(probes) == {}


def test_an_announced_api_is_information() -> None:
    row = prober.rows.announced(
        PathProbe("api-docs", "api-description", "/openapi.json", ProbeResult.PROVED, "low"),
        prober.Options(is_public_api=True),
    )
    assert (row.severity, row.note) == ("info", "the host is an announced API")


def test_without_leave_nothing_is_asked() -> None:
    site = Site(serving({}))
    found = observe(PathProbes, ports={80: site.answer, 443: None}, lists={})
    (one,) = found.values()
    assert isinstance(one, Unobserved)
    assert one.reason is Reason.NOT_AUTHORISED
    assert all(asked.path == "/" for asked in site.asked)


def test_we_send_nothing_but_what_the_contract_says() -> None:
    _, site = seen(serving({"/.env": Said(200, DOTENV, (("Set-Cookie", "a=1"),))}))
    assert {one.method for one in site.asked} == {"GET", "OPTIONS", "TRACE"}
    assert sum(one.method == "TRACE" for one in site.asked) == 1
    for one in site.asked:
        names = {name.lower() for name in one.headers}
        assert not names & {"cookie", "referer", "origin", "authorization", "content-length"}
        assert one.headers["User-Agent"] == "govscan/test"


def test_trace_is_not_sent_where_its_check_was_left_out() -> None:
    _, site = seen(serving({}), checks={"environment-file"})
    assert {one.method for one in site.asked} == {"GET"}


def test_json_that_is_longer_than_other_files_is_read() -> None:
    paths = {f"/path{number}": {"get": {"x": "y" * 40}} for number in range(4000)}
    body = json.dumps({"openapi": "3.0", "info": {"title": "Cases"}, "paths": paths}).encode()
    assert len(body) > 1 << 18
    probes, _ = seen(serving({"/openapi.json": Said(200, body)}), checks={"api-description"})
    assert "api-docs" in proved(probes)


@pytest.mark.parametrize(
    "body",
    [
        b"\x1f\x8b\x08" + b"\0" * 50,
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"\xff\xfe" * 30_000,
        b"A=" * 30_000,
    ],
)
def test_hostile_bodies_are_nothing(body: bytes) -> None:
    probes, _ = seen(lambda one: Said(200, HOME if one.path == "/" else body))
    assert proved(probes) == {}
