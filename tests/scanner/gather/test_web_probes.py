"""The web family's further requests, and what one host can be asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scanner.gather.http import answers
from scanner.gather.http.purse import MOST, ROOM, Purpose, Purse
from scanner.observation import (
    Inapplicable,
    NotObservedError,
    Observed,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.web import ChainEnd, Page, RedirectChain
from scanner.observation.web_probes import (
    CorsProbes,
    DeepPath,
    ErrorPage,
    LateTries,
    LinkedPages,
    Origin,
    Scripts,
    SecondPage,
)
from tests.scanner.gather.harness import ADDRESS, HOST, observe, saying
from tests.scanner.gather.sites import Say, html, reply, site, tls

SECURE = Place(Subject(Role.WEB, HOST, 443))
PLAIN = Place(Subject(Role.WEB, HOST, 80))


def _seen(kind: type, say: Say, heard: list[str] | None = None, place: Place = SECURE) -> Any:
    ports = {443: site(say, heard), 80: site(say, heard)}
    found = observe(kind, ports=ports, tls=tls())[place]
    assert isinstance(found, Observed), found
    return found.value


def test_the_second_look_is_another_answer() -> None:
    count = 0

    def say(path: str, fields: dict[str, str]) -> bytes:
        nonlocal count
        count += 1
        return html("<p>x", f"Content-Security-Policy: script-src 'nonce-{count}'")

    seen = _seen(SecondPage, say)
    assert isinstance(seen, SecondPage)
    assert (seen.again_at - seen.first_at).total_seconds() >= 1
    assert seen.exchange.first("Content-Security-Policy") == "script-src 'nonce-2'"
    assert seen.elements is not None


def test_own_scripts_are_asked_for_and_no_others() -> None:
    heard: list[str] = []
    page = "".join(f"<script src='/{number}.js'></script>" for number in range(9))
    page += (
        "<script src='https://cdn.test/x.js'></script><script src='http://www.agency.example/y.js'>"
    )

    def say(path: str, fields: dict[str, str]) -> bytes:
        if path == "/3.js":
            return b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nshort"
        return html(page) if path == "/" else reply("200 OK", body="1")

    seen = _seen(Scripts, say, heard)
    assert isinstance(seen, Scripts)
    assert [one.url for one in seen.scripts] == [f"https://{HOST}/{n}.js" for n in range(6)]
    assert seen.not_asked == tuple(f"https://{HOST}/{n}.js" for n in (6, 7, 8))
    assert seen.scripts[0].digests["sha256"] == "a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s="
    assert "/6.js" not in heard


def test_the_error_page_says_what_it_gives_away() -> None:
    def say(path: str, fields: dict[str, str]) -> bytes:
        return html("home") if path == "/" else html("<center>nginx/1.2.3</center>", status="404 N")

    seen = _seen(ErrorPage, say)
    assert isinstance(seen, ErrorPage)
    assert seen.exchange.status == 404
    assert seen.traces == ("the version nginx/1.2.3",)
    assert len(seen.path) == 17


def test_deep_links_of_port_80() -> None:
    def say(path: str, fields: dict[str, str]) -> bytes:
        return reply("301 Moved", f"Location: https://{HOST}/")

    seen = _seen(DeepPath, say, place=PLAIN)
    assert isinstance(seen, DeepPath)
    assert seen.path.endswith("?x=1")
    assert seen.exchange.url == f"http://{HOST}{seen.path}"


def test_without_a_redirect_no_deep_link_is_asked() -> None:
    found = observe(DeepPath, ports={80: saying(html("x")), 443: None})
    assert isinstance(found[PLAIN], Inapplicable)


def _cors(say: Say) -> list[tuple[Origin, str]]:
    heard: list[str] = []
    seen = _seen(CorsProbes, say, heard)
    assert isinstance(seen, CorsProbes)
    return [(one.origin, one.path) for one in seen.probes]


def test_foreign_origins_ask_the_page_and_two_addresses_in_it() -> None:
    def say(path: str, fields: dict[str, str]) -> bytes:
        return html("<script>fetch('/api/a');fetch('/api/b');fetch('/api/c')</script>")

    every = [Origin.FOREIGN, Origin.NULL, Origin.PREFIX, Origin.SUFFIX, Origin.PLAIN]
    assert _cors(say) == [
        *((one, "/") for one in every),
        *((one, path) for path in ("/api/a", "/api/b") for one in every[:2]),
    ]


def test_who_takes_any_origin_is_asked_less() -> None:
    def say(path: str, fields: dict[str, str]) -> bytes:
        return html("x", f"Access-Control-Allow-Origin: {fields.get('origin', '')}")

    assert [one for one, _ in _cors(say)] == [Origin.FOREIGN, Origin.NULL, Origin.PLAIN]


def test_a_guard_of_the_page_leaves_every_probe_unseen() -> None:
    found = observe(CorsProbes, ports={443: saying(reply("429 Slow down"))}, tls=tls())[SECURE]
    assert isinstance(found, Unobserved)
    assert found.reason is Reason.RATE_LIMITED


def test_a_page_behind_a_client_certificate_is_none() -> None:
    text = html("No required SSL certificate was sent", status="400 Bad Request")
    found = observe(Page, ports={443: saying(text)}, tls=tls())
    (seen,) = found.values()
    assert isinstance(seen, Inapplicable)
    assert "client certificate" in seen.why.text


def test_retry_after_is_honoured_once() -> None:
    heard: list[str] = []

    def say(path: str, fields: dict[str, str]) -> bytes:
        if len(heard) == 1:
            return reply("429 Slow down", "Retry-After: 1")
        return html("x")

    (seen,) = observe(Page, ports={443: site(say, heard)}, tls=tls()).values()
    assert isinstance(seen, Observed)
    assert heard == ["/", "/"]


def test_a_circle_that_a_cookie_ends() -> None:
    def say(path: str, fields: dict[str, str]) -> bytes:
        if "seen=1" in fields.get("cookie", ""):
            return html("x")
        return reply("302 Found", "Location: /", "Set-Cookie: seen=1; Path=/")

    seen = _seen(RedirectChain, say, place=PLAIN)
    assert seen.end is ChainEnd.LOOP
    assert seen.with_cookies is ChainEnd.ANSWERED


def test_a_circle_that_no_cookie_ends() -> None:
    def say(path: str, fields: dict[str, str]) -> bytes:
        return reply("302 Found", "Location: /", "Set-Cookie: a=1")

    seen = _seen(RedirectChain, say, place=PLAIN)
    assert (seen.end, seen.with_cookies) == (ChainEnd.LOOP, ChainEnd.TOO_LONG)


def test_no_host_is_asked_more_than_forty_times() -> None:
    """A page that wants everything, behind redirects that never end."""
    heard: list[str] = []
    scripts = "".join(f"<script src='/{number}.js'></script>" for number in range(20))

    def say(path: str, fields: dict[str, str]) -> bytes:
        if fields.get("host", "").startswith("www.") and path == "/":
            return html(scripts + "<script>fetch('/api/a');fetch('/api/b')</script>")
        return reply("302 F", f"Location: /{len(heard)}", "Set-Cookie: a=1")

    for kind in (RedirectChain, CorsProbes, Scripts, ErrorPage, SecondPage, LinkedPages):
        heard.clear()
        observe(kind, ports={443: site(say, heard), 80: site(say, heard)}, tls=tls())
        assert len(heard) <= MOST


@contextmanager
def _mute() -> Iterator[int]:
    """A port whose queue is full: connections are neither taken nor refused."""
    with socket.socket() as full, socket.socket() as one, socket.socket() as two:
        full.bind((ADDRESS, 0))
        full.listen(0)
        for filler in (one, two):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield full.getsockname()[1]


def test_a_silent_443_is_asked_again_much_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LATER", 0.9)
    with _mute() as port:
        found = observe(
            LateTries, ports={80: saying(html("x"))}, extra={443: port}, seconds=0.3
        ).values()
    (seen,) = found
    assert isinstance(seen, Observed)
    (late,) = seen.value.tries
    assert late.reason is Reason.TIMEOUT
    assert (late.again_at - late.first_at).total_seconds() >= 0.9


def test_nobody_waits_for_a_443_that_refuses() -> None:
    (seen,) = observe(LateTries, ports={80: saying(html("x")), 443: None}).values()
    assert isinstance(seen, Observed)
    assert seen.value.tries == ()


def test_a_purse_keeps_each_purpose_and_the_whole() -> None:
    async def run() -> Purse:
        purse = Purse(0.0)
        await purse.spend(Purpose.ERROR_PAGE)
        with pytest.raises(NotObservedError):
            await purse.spend(Purpose.ERROR_PAGE)
        for _ in range(MOST - 1 - ROOM):
            await purse.spend(Purpose.CHAIN)
        with pytest.raises(NotObservedError):
            await purse.spend(Purpose.LINK)  # what comes last leaves room
        for _ in range(ROOM):
            await purse.spend(Purpose.CHAIN)
        with pytest.raises(NotObservedError) as raised:
            await purse.spend(Purpose.REPEAT)
        assert raised.value.reason is Reason.BUDGET_EXHAUSTED
        return purse

    assert asyncio.run(run()).left == 0


def test_a_purse_keeps_its_pace() -> None:
    async def run() -> float:
        purse = Purse(0.05)
        began = asyncio.get_running_loop().time()
        for _ in range(3):
            await purse.spend(Purpose.SCRIPT)
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) >= 0.09
