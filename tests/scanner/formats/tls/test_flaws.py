"""Probes of known flaws, against flawed servers and their patched twins."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace

from scanner.formats.tls import flaws
from scanner.formats.tls.handshake12 import handshake12
from scanner.formats.tls.hello import Offer, offer
from scanner.formats.tls.renegotiation import Renegotiated, renegotiate
from scanner.formats.tls.wire import Ended, Kind, Script
from scanner.observation import Reason
from scanner.observation.tls import Verdict
from tests.scanner.formats.tls.conftest import NAME
from tests.scanner.formats.tls.fake import SUITE, Fake, alert
from tests.scanner.formats.tls.talk import framed, heard, message, server_hello

T = TypeVar("T")
DONE = framed(message(14, b""))


def asked() -> Offer:
    return replace(offer("TLSv1.2", NAME), suites=(SUITE.number,))


def against(script: Script[T], fake: Fake, *, end: Kind = Kind.TIMED_OUT) -> T:
    """Run a script against a fake server; silence is a time-out, hanging up a close."""
    try:
        say = next(script)
        while True:
            out = fake.feed(say.data) if not fake.closed else b""
            ended = Ended(Kind.CLOSED if fake.closed else end)
            say = script.send(out or ended)
    except StopIteration as done:
        result: T = done.value
        return result


@pytest.mark.parametrize(
    ("flaw", "verdict", "grade"),
    [
        ("", Verdict.NOT_VULNERABLE, ""),
        ("heartbleed", Verdict.VULNERABLE, ""),
        ("heartbeat-padding", Verdict.NOT_VULNERABLE, "padding"),
    ],
)
def test_heartbleed(rsa_pem: Path, flaw: str, verdict: Verdict, grade: str) -> None:
    probe = against(flaws.heartbleed(asked()), Fake(rsa_pem, frozenset({flaw})))
    assert (probe.verdict, probe.grade) == (verdict, grade)
    assert probe.heard


@pytest.mark.parametrize("end", [Kind.CLOSED, Kind.TIMED_OUT])
def test_a_flight_that_does_not_come_whole_settles_nothing(end: Kind) -> None:
    for script in (flaws.heartbleed(asked()), flaws.ccs_injection(asked())):
        probe = heard(script, server_hello(SUITE.number), end=end)
        assert probe.verdict is Verdict.UNKNOWN
    refused = heard(flaws.heartbleed(asked()), alert(40))
    assert refused.reason is Reason.TLS_HANDSHAKE_FAILED
    assert heard(flaws.heartbleed(asked()), end=Kind.TIMED_OUT).reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("flaw", "verdict"),
    [
        ("", Verdict.NOT_VULNERABLE),
        ("ccs", Verdict.VULNERABLE),
        ("ccs-strange", Verdict.UNKNOWN),
    ],
)
def test_ccs_injection(rsa_pem: Path, flaw: str, verdict: Verdict) -> None:
    probe = against(flaws.ccs_injection(asked()), Fake(rsa_pem, frozenset({flaw})))
    assert probe.verdict is verdict


@pytest.mark.parametrize(
    ("pieces", "end", "verdict", "grade"),
    [
        ((), Kind.TIMED_OUT, Verdict.NOT_VULNERABLE, "tentative"),
        ((), Kind.CLOSED, Verdict.NOT_VULNERABLE, ""),
        ((framed(b"x", content=23), alert(40)), Kind.CLOSED, Verdict.NOT_VULNERABLE, ""),
        ((framed(b"x", content=23), alert(80)), Kind.CLOSED, Verdict.UNKNOWN, ""),
        ((framed(b"x", content=23), alert(21)), Kind.CLOSED, Verdict.VULNERABLE, ""),
        ((framed(b"x", content=23),), Kind.RESET, Verdict.NOT_VULNERABLE, ""),
    ],
)
def test_answers_to_an_early_change_of_keys(
    pieces: tuple[bytes, ...], end: Kind, verdict: Verdict, grade: str
) -> None:
    flight = server_hello(SUITE.number) + DONE
    probe = heard(flaws.ccs_injection(asked()), flight, *pieces, end=end)
    assert (probe.verdict, probe.grade) == (verdict, grade)


@pytest.mark.parametrize("finishes", [True, False])
def test_robot(rsa_pem: Path, finishes: bool) -> None:
    def answers(*names: str) -> list[str]:
        return [
            against(
                flaws.robot(asked(), vector, finishes=finishes), Fake(rsa_pem, frozenset(names))
            )
            for vector in flaws.ROBOT_VECTORS
        ]

    assert len(set(answers())) == 1
    flawed = answers("robot")
    assert flawed[0] != flawed[1] == flawed[3]
    assert heard(flaws.robot(asked(), "correct", finishes=finishes), alert(40)) == ""


@pytest.mark.parametrize(
    ("flaw", "classes"),
    [("", 1), ("padding", 2), ("tls-poodle", 2)],
)
def test_padding(rsa_pem: Path, flaw: str, classes: int) -> None:
    made = {
        vector: against(flaws.padding(asked(), vector), Fake(rsa_pem, frozenset({flaw})))
        for vector in flaws.PADDING_VECTORS
    }
    assert made["good"] == "nothing in time"
    assert len({made[one] for one in flaws.PADDING_VECTORS[1:]}) == classes
    assert (made["bad padding"] == made["good"]) is (flaw == "tls-poodle")
    assert heard(flaws.padding(asked(), "good"), alert(40)) == ""


def again(fake: Fake, *, end: Kind = Kind.TIMED_OUT) -> Renegotiated:
    return against(renegotiate(asked(), b"HEAD / HTTP/1.1\r\n\r\n"), fake, end=end)


@pytest.mark.parametrize(
    ("times", "flaw", "accepted", "secure"),
    [(0, "", 0, True), (2, "", 2, True), (4, "", 4, True), (9, "insecure", 4, False)],
)
def test_renegotiation(rsa_pem: Path, times: int, flaw: str, accepted: int, secure: bool) -> None:
    seen = again(Fake(rsa_pem, frozenset({flaw}), renegotiations=times))
    assert (seen.accepted, seen.is_secure, seen.is_known) == (accepted, secure, True)


class Deaf(Fake):
    """After the first handshake it hears no handshake message, or hangs up at one."""

    answers, hangs_up, alerts = True, False, 0

    def hello(self, one: bytes) -> bytes:
        if not self.client:
            return super().hello(one)
        self.closed = self.hangs_up
        return self.say(21, bytes((2, self.alerts))) if self.alerts else b""

    def record(self, record: object) -> bytes:
        out = super().record(record)  # type: ignore[arg-type]
        return out if self.answers or not self.seen else b""


@pytest.mark.parametrize(
    ("answers", "hangs_up", "alerts", "known", "how"),
    [
        (True, False, 0, True, "ignored"),
        (False, False, 0, False, "silence"),
        (True, True, 0, True, "closed"),
        (True, False, 40, True, "alert 40"),
    ],
)
def test_a_wish_that_is_refused_in_other_ways(
    rsa_pem: Path, answers: bool, hangs_up: bool, alerts: int, known: bool, how: str
) -> None:
    fake = Deaf(rsa_pem)
    fake.answers, fake.hangs_up, fake.alerts = answers, hangs_up, alerts
    seen = again(fake)
    assert (seen.accepted, seen.is_known) == (0, known)
    assert how in seen.how


class Half(Fake):
    """It begins to negotiate anew and then says no."""

    def exchange(self, one: bytes) -> bytes:
        if self.client:
            return self.say(21, bytes((2, 40)))
        return super().exchange(one)


def test_a_renegotiation_that_breaks_off_counts_by_its_alert(rsa_pem: Path) -> None:
    assert again(Half(rsa_pem, renegotiations=4)).accepted == 0


class Leaver(Fake):
    """It accepts once, and then hangs up of itself."""

    def finished(self, one: bytes) -> bytes:
        out = super().finished(one)
        if self.renegotiations == 3:
            self.closed = True
        return out


def test_a_server_that_leaves_in_between(rsa_pem: Path) -> None:
    seen = again(Leaver(rsa_pem, renegotiations=4))
    assert (seen.accepted, seen.how) == (1, "it closed the connection")


class Mute(Fake):
    """It answers the wish with a flight that is cut short."""

    def hello(self, one: bytes) -> bytes:
        if self.client:
            return self.say(
                22, message(2, b"\3\3" + bytes(33) + SUITE.number.to_bytes(2, "big") + b"\0")
            )
        return super().hello(one)


def test_a_hello_that_is_answered_is_a_wish_that_is_granted(rsa_pem: Path) -> None:
    assert again(Mute(rsa_pem)).accepted == 1


def test_a_ticket_comes_back(rsa_pem: Path) -> None:
    seen = against(handshake12(asked()), Fake(rsa_pem))
    assert seen.session
    assert seen.ticket
    assert seen.ticket.lifetime == 300
