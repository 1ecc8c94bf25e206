"""A user's templates on real sites: asked once, controlled, confirmed, and never to harm."""

from __future__ import annotations

from typing import Any

import pytest

from checks.exposure.template_finding import template_finding
from scanner.finding import Outcome
from scanner.gather.exposure import asker, prober, runner
from scanner.observation import Observed, Place, Reason, Role, Subject
from scanner.observation.exposure import PathProbes, ProbeResult
from scanner.template.folder import Library
from scanner.template.load import load
from scanner.template.model import Template
from tests.exposures import CATALOGUE, HOST
from tests.scanner.gather.harness import observe
from tests.scanner.gather.open_sites import HOME, NOT_FOUND, Asked, Said, Site, Speaks, serving

PLACE = Place(Subject(Role.WEB, HOST, 80))
HEAD = (
    "id: {id}\ninfo: {{name: A panel, author: me, severity: {severity}, remediation: Close it.}}\n"
)
PANEL = (
    "http:\n  - path: ['{{BaseURL}}/panel']\n    matchers: [{type: word, words: [Panel login]}]\n"
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asker, "WAIT_SECONDS", 0.02)
    monkeypatch.setattr(prober, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(runner, "PAUSE_SECONDS", 0.01)


def _template(rest: str, name: str = "a-panel", severity: str = "critical") -> Template:
    made = load((HEAD.format(id=name, severity=severity) + rest).encode())
    assert isinstance(made, Template), made
    return made


def _seen(
    speaks: Speaks, *templates: Template, check: str = "template-finding"
) -> tuple[PathProbes, Site]:
    site = Site(speaks)
    found = observe(
        PathProbes,
        ports={80: site.answer, 443: None},
        lists={type(CATALOGUE): CATALOGUE, Library: Library(templates=templates, digest="d")},
        authorised_by="the test itself",
        settings={"checks": {check}},
        seconds=5.0,
    )
    seen = found[PLACE]
    assert isinstance(seen, Observed), seen
    assert isinstance(seen.value, PathProbes)
    return seen.value, site


def _said(probes: PathProbes) -> Any:
    (said,) = template_finding.judge(probes)
    return said


def test_a_match_that_holds_is_a_finding_of_no_more_than_high() -> None:
    probes, site = _seen(serving({"/panel": Said(200, HOME + b"Panel login")}), _template(PANEL))
    said = _said(probes)
    assert (said.outcome, said.severity, said.confidence) == (Outcome.FAIL, "high", "tentative")
    assert said.item == "a-panel"
    assert sum(path == "/panel" for path in site.paths) == 2


def test_what_matches_everywhere_is_none() -> None:
    probes, _ = _seen(lambda _: Said(200, HOME + b"Panel login"), _template(PANEL))
    assert probes.templates
    assert [one.result for one in probes.templates.hits] == [ProbeResult.CATCH_ALL]
    assert _said(probes).outcome is Outcome.PASS


def test_what_matches_once_is_not_told() -> None:
    count = 0

    def speaks(asked: Asked) -> Said:
        nonlocal count
        count += asked.path == "/panel"
        is_first = asked.path == "/panel" and count == 1
        return Said(200, HOME + b"Panel login") if is_first else Said(404, NOT_FOUND)

    probes, _ = _seen(speaks, _template(PANEL))
    assert _said(probes).outcome is Outcome.INCONCLUSIVE


def test_identical_requests_are_made_once() -> None:
    many = [_template(PANEL, f"panel-{number}") for number in range(20)]
    home = "http:\n  - path: ['{{BaseURL}}']\n    matchers: [{type: word, words: [none]}]\n"
    many += [_template(home, f"home-{number}") for number in range(20)]
    probes, site = _seen(serving({}), *many)
    assert site.paths.count("/panel") == 1
    assert len(site.asked) < 8
    assert probes.templates
    assert probes.templates.run == 40


def test_values_are_cut_before_they_are_kept() -> None:
    rest = (
        "http:\n  - path: ['{{BaseURL}}']\n    extractors:\n"
        "      - {type: regex, name: token, regex: ['key=[A-Z]+']}\n"
    )
    probes, _ = _seen(serving({"/": Said(200, HOME + b"key=CANARY")}), _template(rest))
    assert probes.templates
    (hit,) = probes.templates.hits
    assert hit.values == ("key=…",)
    assert hit.matcher == "token"


def test_a_jar_of_its_own_and_no_other_cookies() -> None:
    rest = (
        "http:\n  - path: ['{{BaseURL}}/a', '{{BaseURL}}/b']\n"
        "    matchers: [{type: word, words: [never]}]\n"
    )
    files = {"/a": Said(200, HOME, (("Set-Cookie", "sid=1; Path=/"),))}
    _, site = _seen(serving(files), _template(rest), _template(PANEL))
    cookies = {one.path: one.headers.get("Cookie") for one in site.asked}
    assert cookies["/b"] == "sid=1"
    assert cookies["/panel"] is None


def test_redirects_are_followed_on_the_site_alone_and_three_times() -> None:
    rest = (
        "http:\n  - path: ['{{BaseURL}}/0']\n    redirects: true\n"
        "    matchers: [{type: word, words: [Panel login]}]\n"
    )
    files = {f"/{number}": Said(302, b"", (("Location", f"/{number + 1}"),)) for number in range(9)}
    _, site = _seen(serving(files), _template(rest))
    assert [one for one in site.paths if one[1:].isdigit()] == ["/0", "/1", "/2", "/3"]
    away = {"/0": Said(302, b"", (("Location", "http://other.example/"),))}
    _, site = _seen(serving(away), _template(rest))
    assert site.paths.count("/0") == 1


def test_a_hit_at_the_end_of_a_redirect_is_found() -> None:
    rest = PANEL.replace("matchers:", "host-redirects: true\n    matchers:")
    files = {
        "/panel": Said(302, b"", (("Location", "/panel/in"),)),
        "/panel/in": Said(200, HOME + b"Panel login"),
    }
    probes, _ = _seen(serving(files), _template(rest))
    assert _said(probes).outcome is Outcome.FAIL


def test_several_requests_are_confirmed_together() -> None:
    rest = (
        "http:\n  - path: ['{{BaseURL}}/a', '{{BaseURL}}/b']\n"
        "    matchers: [{type: dsl, dsl: ['status_code_1 == 200 && body_2 =~ \"Panel\"']}]\n"
    )
    files = {"/a": Said(200, HOME), "/b": Said(200, HOME + b"Panel")}
    probes, _ = _seen(serving(files), _template(rest))
    assert _said(probes).outcome is Outcome.FAIL
    everywhere, _ = _seen(lambda _: Said(200, HOME + b"Panel"), _template(rest))
    assert _said(everywhere).outcome is Outcome.PASS


def test_what_the_catalogue_proves_is_merged() -> None:
    rest = (
        "http:\n  - path: ['{{BaseURL}}/.env']\n    matchers: [{type: word, words: [APP_KEY=]}]\n"
    )
    files = {"/.env": Said(200, b"APP_KEY=a\nDB_HOST=b\n")}
    probes, _ = _seen(serving(files), _template(rest), check="environment-file")
    assert probes.templates
    assert probes.templates.hits[0].merged == "dotenv"
    outcomes = {one.outcome for one in template_finding.judge(probes)}
    assert outcomes == {Outcome.INFORMATIONAL, Outcome.PASS}


def test_a_guard_that_steps_in_takes_back_what_was_matched() -> None:
    usual = serving({"/panel": Said(200, HOME + b"Panel login")})

    def speaks(asked: Asked) -> Said | None:
        return Said(403, b"no") if asked.number > 12 else usual(asked)

    paths = [PANEL.replace("/panel", f"/x{number}") for number in range(60)]
    many = [_template(one, f"x{number}") for number, one in enumerate(paths)]
    probes, _ = _seen(speaks, _template(PANEL), *many)
    assert probes.templates
    assert probes.templates.hits == ()
    assert probes.templates.not_run > 0
    assert (_said(probes).outcome, _said(probes).reason) == (
        Outcome.INCONCLUSIVE,
        Reason.BUDGET_EXHAUSTED,
    )


def test_a_site_that_cuts_the_line_leaves_them_unrun() -> None:
    usual = serving({})
    probes, _ = _seen(
        lambda asked: None if asked.path == "/panel" else usual(asked), _template(PANEL)
    )
    assert probes.templates
    assert probes.templates.not_run == 1
