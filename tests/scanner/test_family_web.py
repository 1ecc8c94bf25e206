"""``govscan web`` on the terminal: the way in, the norms, the checks by topic."""

from __future__ import annotations

import io
from datetime import timedelta

from rich.console import Console

from scanner import registry
from scanner.assessment import Assessment, Status, freeze
from scanner.cli.family.web import render
from scanner.fact import RecordedFact, State
from scanner.formats.certificate_examples import NAME, NOW
from scanner.formats.web_examples import PLAIN, SECURE, SERVICE
from scanner.judge import judge
from scanner.message import Message
from scanner.observation import Inapplicable, Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.web import (
    ChainEnd,
    Elements,
    HttpAnswer,
    HttpsAnswer,
    Page,
    RedirectChain,
)

CHECKS = registry.load().checks
OTHER = Place(Subject(Role.WEB, NAME, 443), "192.0.2.8")
THIRD = Place(Subject(Role.WEB, NAME, 443), "192.0.2.9")


def _shown(*facts: RecordedFact) -> str:
    answer = HttpsAnswer.from_text("HTTP/1.1 200 OK\nServer: a\x1b[31m/1.2")
    moved = HttpAnswer.from_text(f"HTTP/1.1 301 M\nLocation: https://{NAME}/")
    chain = RedirectChain((moved.exchange, answer.exchange), ChainEnd.ANSWERED)
    away = RedirectChain(
        (moved.exchange, answer.exchange), ChainEnd.OUT_OF_SCOPE, "https://x.test/"
    )
    found = {
        HttpAnswer: {PLAIN: Observed(moved, NOW)},
        HttpsAnswer: {
            SECURE: Observed(answer, NOW),
            OTHER: Unobserved(Reason.REFUSED, "refused", NOW),
            THIRD: Inapplicable(Message("Nothing is there."), NOW),
        },
        RedirectChain: {
            Place(PLAIN.subject): Observed(chain, NOW),
            SERVICE: Observed(away, NOW),
        },
        Page: {SECURE: Observed(Page.from_text(elements=Elements(title="Tax office")), NOW)},
    }
    names = ("server-version-disclosure", "redirect-permanence", "hsts-over-http")
    findings = tuple(one for name in names for one in judge(CHECKS[name], NAME, found, {}).findings)
    made = Assessment(
        NAME, "a", NOW, NOW + timedelta(1), Status.ASSESSED, freeze(found), findings, facts
    )
    out = io.StringIO()
    render(made, CHECKS, Console(file=out, width=400, no_color=True))
    return out.getvalue()


def _fact(name: str, value: bool | int | None) -> RecordedFact:
    state = State.UNKNOWN if value is None else State.KNOWN
    return RecordedFact(name, "x", f"web:{NAME}:443", state, value=value)


GOOD = (
    _fact("https.enforces", True),
    _fact("https.enforces_level", 3),
    _fact("hsts.max_age", 31_536_000),
    _fact("hsts.preloaded", False),
)


def test_everything_is_shown_and_nothing_is_dangerous() -> None:
    said = _shown()
    assert "\x1b" not in said
    assert f"http://{NAME}/ (301) -> https://{NAME}/ (200)" in said
    assert "another party, not visited" in said
    assert "'Tax office'" in said
    assert "FAIL    server-version-disclosure" in said
    assert "pass    " in said
    assert "not determined" in said


def test_the_norms_are_named_with_what_they_say() -> None:
    said = _shown(*GOOD)
    assert "M-15-13 (as Pulse read it): met" in said
    assert "BOD 18-01, web (as CISA reads it): met" in said
    late = _shown(_fact("https.enforces", False), _fact("https.enforces_level", 2), *GOOD[2:])
    assert "M-15-13 (as Pulse read it): met" in late
    assert "BOD 18-01, web (as CISA reads it): not met" in late
