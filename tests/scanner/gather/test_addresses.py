"""One name at an IPv4 and an IPv6 address: whether both serve the same site."""

from __future__ import annotations

import socket

import pytest

from checks.web.ipv4_ipv6_consistency import ipv4_ipv6_consistency
from scanner.finding import Judgement, Outcome
from scanner.observation import Every, Observed, Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import HttpsAnswer, Page
from tests.scanner.gather.harness import ADDRESS, HOST, Answer, observe
from tests.scanner.gather.sites import html, reply, site, tls

SIX = "::1"
BOTH = HostAddresses(HOST, Presence.PRESENT, (ADDRESS,), (SIX,))
HSTS = "Strict-Transport-Security: max-age=31536000"
TEXT = "<title>Office</title>" + "<p>The office is open from nine to five on every working day." * 9
OLD = "<title>It works</title>" + "<p>This is the default page of a server nobody set up." * 9


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind((SIX, 0))
    except OSError:
        return False
    return True


pytestmark = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no ::1")


def _server(sent: bytes) -> Answer:
    return site(lambda _path, _fields: sent)


def _judged(four: bytes, six: bytes | None) -> Judgement:
    def seen(kind: type) -> Every[object]:
        found = observe(
            kind,
            ports={80: None, 443: _server(four)},
            six={443: _server(six)} if six else None,
            hosts={HOST: (ADDRESS, SIX)},
            allowed=("127.0.0.0/8", "::1/128"),
            tls=tls(),
        )
        assert {place.address for place in found} == {ADDRESS, SIX}
        assert all(isinstance(one, Observed) for one in found.values()) is bool(six)
        return Every(tuple(Seen(place, one) for place, one in found.items()))

    made = ipv4_ipv6_consistency.judge(BOTH, seen(HttpsAnswer), seen(Page))
    assert isinstance(made, Judgement)
    return made


def test_both_serve_the_same() -> None:
    assert _judged(html(TEXT, HSTS), html(TEXT, HSTS)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("six", "what"),
    [
        (html(TEXT), "strict-transport-security"),
        (html(TEXT, "Strict-Transport-Security: max-age=0"), "another value"),
        (html(OLD, HSTS), "the text differs"),
        (reply("404 Not Found", HSTS), "status 200 and 404"),
        (None, "no connection"),
    ],
)
def test_the_other_address_serves_something_else(six: bytes | None, what: str) -> None:
    made = _judged(html(TEXT, HSTS), six)
    assert made.outcome is Outcome.FAIL
    assert what in made.message.text
