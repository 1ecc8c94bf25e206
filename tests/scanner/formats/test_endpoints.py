"""Endpoints read from what was seen at each address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.formats.certificate_examples import NOW, intermediate, leaf, root, store
from scanner.formats.endpoints import is_absent, plain, port80, secure, was_silent
from scanner.formats.enforcement import Certificate
from scanner.formats.hsts_noted import is_address
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    Observation,
    Observed,
    Place,
    Reason,
    Role,
    Seen,
    Subject,
    Unobserved,
)
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import (
    ChainEnd,
    HttpAnswer,
    HttpExchange,
    HttpsAnswer,
    RedirectChain,
)
from scanner.observation.web_probes import Late, LateTries

HOST = "www.agency.example"
ONCE = LateTries()
REFUSED = Unobserved(Reason.REFUSED)
CUT = Unobserved(Reason.RESET, reached=True)
NO_CHAINS: Every[RedirectChain] = Every()


def _observation(kind: type[HttpAnswer | HttpsAnswer], said: str | Observation) -> Observation:
    return Observed(kind.from_text(said, HOST), NOW) if isinstance(said, str) else said


def _places(
    port: int, kind: type[HttpAnswer | HttpsAnswer], said: tuple[str | Observation, ...]
) -> Every:  # type: ignore[type-arg]
    return Every(
        tuple(
            Seen(Place(Subject(Role.WEB, HOST, port), f"192.0.2.{number}"), _observation(kind, one))
            for number, one in enumerate(said, 1)
        )
    )


OK = "HTTP/1.1 200 OK"
MOVED = f"HTTP/1.1 301 M\nLocation: https://{HOST}/"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ((OK, MOVED), "content"),
        ((MOVED, "HTTP/1.1 404 N"), "error-status"),
        ((MOVED, "HTTP/1.1 301 M\nLocation: http://x.example/"), "redirect-other"),
        ((MOVED, REFUSED), "redirect-https"),
        ((REFUSED, REFUSED), "closed"),
        ((OK, CUT), "content"),
        ((MOVED, CUT), None),
        ((MOVED, "HTTP/1.1 403 F"), None),
        ((CUT,), None),
        ((Inapplicable(Message("closed")),), "closed"),
        ((Unobserved(Reason.UNREACHABLE),), None),
    ],
)
def test_the_worst_address_counts(said: tuple[str | Observation, ...], word: str | None) -> None:
    seen = plain(HOST, _places(80, HttpAnswer, said), NO_CHAINS)
    if word is None:
        assert seen is None
    elif word == "closed":
        assert seen is not None
        assert not seen.live
    else:
        assert seen is not None
        answers = _places(80, HttpAnswer, said).values
        worst = next(
            one.exchange
            for one in answers
            if one.exchange.status == seen.status and port80(one.exchange) == word
        )
        assert port80(worst) == word


def test_where_following_ended_is_known_from_the_chain() -> None:
    first = HttpExchange.from_text(MOVED, f"http://{HOST}/")
    end = HttpExchange.from_text(OK, f"https://{HOST}/start")
    service = Place(Subject(Role.WEB, HOST, 80))
    chain = RedirectChain((first, end), ChainEnd.ANSWERED)
    other = RedirectChain((end,), ChainEnd.ANSWERED)
    chains = Every((Seen(service, Observed(other, NOW)), Seen(service, Observed(chain, NOW))))
    seen = plain(HOST, _places(80, HttpAnswer, (MOVED,)), chains)
    assert seen is not None
    assert seen.eventual == f"https://{HOST}/start"


def _certificates(*chains: tuple[bytes, ...] | Observation) -> Every[CertificateChain]:
    return Every(
        tuple(
            Seen(
                Place(Subject(Role.WEB, HOST, 443), f"192.0.2.{number}"),
                one
                if not isinstance(one, tuple)
                else Observed(CertificateChain(HOST, "TLSv1.3", one), NOW),
            )
            for number, one in enumerate(chains, 1)
        )
    )


GOOD = (leaf(), intermediate())
YEAR = f"{OK}\nStrict-Transport-Security: max-age=31536000"


@pytest.mark.parametrize(
    ("chain", "grade"),
    [
        (GOOD, Certificate.VALID),
        ((leaf(),), Certificate.INCOMPLETE),
        ((leaf(names=("x.example",)), intermediate()), Certificate.WRONG_NAME),
        ((leaf(age=100), intermediate()), Certificate.REFUSED),
        ((leaf(), b"junk"), Certificate.REFUSED),
    ],
)
def test_grades(chain: tuple[bytes, ...], grade: Certificate) -> None:
    answers = _places(443, HttpsAnswer, (YEAR,))
    seen = secure(HOST, answers, NO_CHAINS, _certificates(chain), store(), ONCE)
    assert seen is not None
    assert seen.certificate is grade
    assert (seen.policy is not None) is (grade is Certificate.VALID)


def test_a_chain_that_brings_a_strange_root_is_not_incomplete() -> None:
    answers = _places(443, HttpsAnswer, (OK,))
    chain = _certificates((leaf(), intermediate(), root()))
    seen = secure(HOST, answers, NO_CHAINS, chain, TrustStore((), "none"), ONCE)
    assert seen is not None
    assert seen.certificate is Certificate.REFUSED


def test_of_several_addresses_the_worst_that_answers() -> None:
    answers = _places(443, HttpsAnswer, (YEAR, OK, REFUSED))
    chains = _certificates(GOOD, GOOD, REFUSED)
    seen = secure(HOST, answers, NO_CHAINS, chains, store(), ONCE)
    assert seen is not None
    assert seen.live
    assert seen.policy is None


def test_tls_that_fails_on_the_certificate_is_live() -> None:
    bad = _certificates((leaf(age=100), intermediate()))
    seen = secure(HOST, _places(443, HttpsAnswer, (CUT,)), NO_CHAINS, bad, store(), ONCE)
    assert seen is not None
    assert seen.live
    assert seen.certificate is Certificate.REFUSED


def _late(seconds: int, reason: Reason | None = Reason.TIMEOUT) -> LateTries:
    return LateTries((Late(HOST, NOW, NOW + timedelta(seconds=seconds), reason),))


def test_silence_counts_after_a_minute() -> None:
    assert was_silent(HOST, _late(61))
    assert not was_silent(HOST, _late(59))
    assert not was_silent(HOST, _late(61, None))
    assert not was_silent("agency.example", _late(61))


@pytest.mark.parametrize(
    ("seen", "late", "absent"),
    [
        (REFUSED, ONCE, True),
        (CUT, ONCE, True),
        (Unobserved(Reason.TIMEOUT), ONCE, False),
        (Unobserved(Reason.TIMEOUT), _late(61), True),
        (Unobserved(Reason.TIMEOUT, reached=True), _late(61), False),
        (Unobserved(Reason.TLS_HANDSHAKE_FAILED, "[SSL: WRONG_VERSION_NUMBER] x"), ONCE, True),
        (Unobserved(Reason.TLS_HANDSHAKE_FAILED, "handshake failure"), ONCE, False),
        (Unobserved(Reason.MALFORMED_REPLY), ONCE, False),
        (Inapplicable(Message("none")), ONCE, True),
        (Observed(1, NOW), ONCE, False),
    ],
)
def test_what_proves_that_no_https_is_there(
    seen: Observation, late: LateTries, absent: bool
) -> None:
    assert is_absent(seen, HOST, late) is absent


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("192.0.2.7", True), ("2001:db8::1", True), ("a1.example", False)],
)
def test_a_bare_address_is_no_name(host: str, is_one: bool) -> None:
    assert is_address(host) is is_one
