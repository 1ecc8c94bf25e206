"""Files that are published to be read: where they are looked for, and what is no answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.observation import Observed, Reason, Unobserved
from scanner.observation.exposure import SecurityTxt
from scanner.observation.published import ChangePassword, DisclosurePolicy, RobotsTxt
from tests.real.pki import leaf, write
from tests.scanner.gather.harness import ADDRESS, HOST, observe

WELL_KNOWN, OLD = "/.well-known/security.txt", "/security.txt"
TEXT = b"Contact: mailto:a@agency.example\nExpires: 2027-01-01T00:00:00Z\n"
PAGE = b"<!DOCTYPE html><html><body>Contact: us</body></html>"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    path = write(tmp_path_factory.mktemp("tls"), "site", leaf(HOST, None))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _site(answers: Mapping[str, tuple[str, bytes]], asked: list[str] | None = None) -> Any:
    """A site that answers each path as it is told, and 404 else."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split()[1].decode()
            if asked is not None:
                asked.append(path)
            status, body = answers.get(path, ("404 Not Found", b""))
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )
            await writer.drain()

    return answer


def _seen(
    kind: type, tls: ssl.SSLContext, answers: Mapping[str, tuple[str, bytes]], **more: Any
) -> Any:
    found = observe(kind, ports={443: _site(answers, more.pop("asked", None))}, tls=tls, **more)
    (one,) = found.values()
    return one


@pytest.mark.parametrize(
    ("answers", "status", "first", "has_text"),
    [
        ({WELL_KNOWN: ("200 OK", TEXT)}, 200, WELL_KNOWN, True),
        ({WELL_KNOWN: ("200 OK", PAGE), OLD: ("200 OK", TEXT)}, 200, OLD, True),
        ({OLD: ("200 OK", TEXT)}, 200, OLD, True),
        ({}, 404, WELL_KNOWN, False),
        ({WELL_KNOWN: ("403 Forbidden", b""), OLD: ("200 OK", TEXT)}, 403, WELL_KNOWN, False),
        ({OLD: ("503 Unavailable", b"")}, 503, OLD, False),
        (
            {
                WELL_KNOWN: (f"301 Moved\r\nLocation: https://{HOST}/s.txt", b""),
                "/s.txt": ("200 OK", TEXT),
            },
            200,
            WELL_KNOWN,
            True,
        ),
    ],
)
def test_security_txt(
    tls: ssl.SSLContext, answers: Any, status: int, first: str, has_text: bool
) -> None:
    seen = _seen(SecurityTxt, tls, answers)
    assert seen.value.exchange.status == status
    assert seen.value.first == f"https://{HOST}{first}"
    assert bool(seen.value.text) is has_text


def test_a_redirect_out_of_scope_is_named_and_not_followed(tls: ssl.SSLContext) -> None:
    away = "https://other.example/security.txt"
    seen = _seen(SecurityTxt, tls, {WELL_KNOWN: (f"302 Found\r\nLocation: {away}", b"")})
    assert seen.value.reason is Reason.OUT_OF_SCOPE
    assert seen.value.hops == (away,)


def test_a_circle_ends(tls: ssl.SSLContext) -> None:
    asked: list[str] = []
    again = f"302 Found\r\nLocation: https://{HOST}{WELL_KNOWN}"
    seen = _seen(SecurityTxt, tls, {WELL_KNOWN: (again, b"")}, asked=asked)
    assert seen.value.reason is Reason.MALFORMED_REPLY
    assert asked == [WELL_KNOWN]


def test_bytes_that_are_not_utf_8_are_known(tls: ssl.SSLContext) -> None:
    seen = _seen(SecurityTxt, tls, {WELL_KNOWN: ("200 OK", TEXT + b"# \xff\n")})
    assert not seen.value.is_utf8


def test_over_http_only(tls: ssl.SSLContext) -> None:
    del tls
    found = observe(SecurityTxt, ports={443: None, 80: _site({WELL_KNOWN: ("200 OK", TEXT)})})
    (seen,) = found.values()
    assert isinstance(seen, Observed)
    assert seen.value.first == f"http://{HOST}{WELL_KNOWN}"


def test_no_site_is_no_absence() -> None:
    (seen,) = observe(SecurityTxt, ports={443: None, 80: None}).values()
    assert isinstance(seen, Unobserved)
    assert seen.reason is Reason.REFUSED


def test_the_policy_page(tls: ssl.SSLContext) -> None:
    place = "/vulnerability-disclosure-policy"
    assert _seen(DisclosurePolicy, tls, {place: ("200 OK", b"words")}).value.exchange.status == 200
    assert _seen(DisclosurePolicy, tls, {place: ("200 OK", b" ")}).value.is_empty
    assert _seen(DisclosurePolicy, tls, {}).value.exchange.status == 404


def test_robots_txt_is_text(tls: ssl.SSLContext) -> None:
    rules = b"User-agent: *\nDisallow: /backup/\n"
    assert _seen(RobotsTxt, tls, {"/robots.txt": ("200 OK", rules)}).value.text == rules.decode()
    assert _seen(RobotsTxt, tls, {"/robots.txt": ("200 OK", PAGE)}).value.text == ""
    secret = {"/robots.txt": ("200 OK", b"DB_PASSWORD=x\n" + rules)}
    assert _seen(RobotsTxt, tls, secret).value.text == rules.decode()


def test_where_passwords_are_changed(tls: ssl.SSLContext) -> None:
    asked: list[str] = []
    place = "/.well-known/change-password"
    answers = {place: ("302 Found\r\nLocation: /account", b"")}
    seen = _seen(ChangePassword, tls, answers, asked=asked)
    assert (seen.value.exchange.status, seen.value.control) == (302, 404)
    assert asked[0] == place
    assert len(asked) == 2
    assert ADDRESS
    assert isinstance(Path(asked[1]).name, str)
