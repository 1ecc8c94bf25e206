"""Web servers that behave and web servers that do not."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from scanner.observation import Inapplicable, Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.web import ChainEnd, HttpAnswer, HttpExchange, RedirectChain
from tests.scanner.gather.harness import ADDRESS, HOST, Answer, observe, resetting, saying, silent

PLACE = Place(Subject(Role.WEB, HOST, 80), ADDRESS)
OK = b"HTTP/1.1 200 OK\r\n"
LONG = bytes(range(256)) * 20


def test_a_port_80_that_refuses_is_no_service() -> None:
    seen = observe(HttpAnswer, ports={80: None})[PLACE]
    assert isinstance(seen, Inapplicable)
    assert "refused" in seen.why.text


def _answer(answer: Answer | None) -> Observed[HttpAnswer] | Unobserved:
    seen = observe(HttpAnswer, ports={80: answer})[PLACE]
    assert not isinstance(seen, Inapplicable)
    return seen


def _exchange(*pieces: bytes) -> HttpExchange:
    seen = _answer(saying(*pieces))
    assert isinstance(seen, Observed), seen
    return seen.value.exchange


@pytest.mark.parametrize(
    ("answer", "reason", "reached"),
    [
        pytest.param(silent, Reason.TIMEOUT, True, id="silent"),
        pytest.param(resetting, Reason.RESET, True, id="resets"),
        pytest.param(saying(), Reason.RESET, True, id="closes"),
        pytest.param(saying(b"SSH-2.0-x\r\n"), Reason.MALFORMED_REPLY, True, id="ssh"),
        pytest.param(saying(b"\x00" * 500), Reason.MALFORMED_REPLY, True, id="zeros"),
        pytest.param(saying(b"HTTP/1.1 2000000\r\n\r\n"), None, True, id="odd status"),
    ],
)
def test_what_is_no_answer_has_a_reason(
    answer: Answer | None, reason: Reason | None, reached: bool
) -> None:
    seen = _answer(answer)
    if reason is None:
        assert isinstance(seen, Observed | Unobserved)
        return
    assert isinstance(seen, Unobserved)
    assert (seen.reason, seen.reached) == (reason, reached)


def test_every_header_line_is_kept_in_order() -> None:
    seen = _exchange(OK + b"X: 1\r\nx: 2\r\nSet-Cookie: a=1\r\nDate: now\r\nA: \xe9\r\n\r\n")
    assert seen.header_lines == ("X: 1", "x: 2", "Set-Cookie: a=1", "Date: now", "A: \xe9")
    assert seen.values("x") == ("1", "2")
    assert set(seen.volatile.values()) == {"Set-Cookie: a=1", "Date: now"}


def test_large_heads_are_read() -> None:
    policy = b"default-src 'self' " + b"https://a.example " * 700
    cookie = b"Set-Cookie: a=" + b"x" * 9000
    seen = _exchange(OK + b"Content-Security-Policy: " + policy + b"\r\n" + cookie + b"\r\n\r\n")
    assert len(seen.first("Content-Security-Policy") or "") > 12_000
    assert len(seen.first("Set-Cookie") or "") > 9_000


@pytest.mark.parametrize(
    "head",
    [
        OK + b"Server: a\x00b\r\n\r\n",
        OK + b"Server : x\r\n\r\n",
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nServer: x\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\nServer: x\r\n\r\nhello",
    ],
)
def test_what_a_strict_reader_refuses_is_read_and_its_defect_kept(head: bytes) -> None:
    seen = _exchange(head)
    assert seen.status == 200
    assert seen.defects
    assert any(line.lower().startswith("server") for line in seen.header_lines)


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ((OK + b"Content-Length: 50\r\nServer: x\r\n\r\nshort",), Reason.MALFORMED_REPLY),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\nZZ\r\n"), None),
        ((OK + b"Content-Encoding: gzip\r\n\r\nno gzip",), Reason.MALFORMED_REPLY),
        ((OK + b"Content-Encoding: compress\r\n\r\nx",), Reason.MALFORMED_REPLY),
        ((OK + b"Content-Encoding: br, br, br, br\r\n\r\nx",), Reason.MALFORMED_REPLY),
        (
            (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(LONG)[:-9]),
            Reason.MALFORMED_REPLY,
        ),
        (
            (OK + b"Content-Encoding: br\r\n\r\n", brotli.compress(LONG)[:-2]),
            Reason.MALFORMED_REPLY,
        ),
        (
            (OK + b"Content-Encoding: gzip, gzip\r\n\r\n", gzip.compress(gzip.compress(LONG)[:-9])),
            Reason.MALFORMED_REPLY,
        ),
    ],
)
def test_the_head_is_kept_when_the_body_fails(
    pieces: tuple[bytes, ...], error: Reason | None
) -> None:
    seen = _exchange(*pieces)
    assert seen.status == 200
    if error:
        assert seen.body.error is error


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        (b"gzip", gzip.compress(LONG)),
        (b"gzip", gzip.compress(LONG) + gzip.compress(b"more")),
        (b"gzip", b""),
        (b"deflate", zlib.compress(LONG)),
        (b"deflate", zlib.compress(LONG)[2:-4]),
        (b"br", brotli.compress(LONG)),
        (b"br", b""),
        (b"gzip, br", brotli.compress(gzip.compress(LONG))),
        (b"utf-8", LONG),
    ],
)
def test_a_coding_that_came_to_its_end(coding: bytes, data: bytes) -> None:
    seen = _exchange(OK + b"Content-Encoding: " + coding + b"\r\n\r\n", data)
    assert seen.body.error is None
    assert seen.body.volatile["size"] == (len(LONG) if data else 0)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        (b"gzip", gzip.compress(bytes(64 << 20))),
        (b"deflate", zlib.compress(bytes(64 << 20))),
        (b"br", brotli.compress(bytes(64 << 20), quality=1)),
        (b"gzip, gzip", gzip.compress(gzip.compress(bytes(64 << 20)))),
    ],
)
def test_a_bomb_is_cut(coding: bytes, data: bytes) -> None:
    seen = _exchange(OK + b"Content-Encoding: " + coding + b"\r\n\r\n", data)
    assert seen.body.truncated
    assert int(seen.body.volatile["size"]) <= 4 << 20


def test_an_endless_body_is_cut() -> None:
    seen = _exchange(OK + b"\r\n", *(b"x" * 65536 for _ in range(80)))
    assert seen.body.truncated
    assert int(seen.body.volatile["size"]) <= 4 << 20


def test_interim_answers_are_passed_over() -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
    assert _exchange(hint, OK + b"Content-Length: 0\r\n\r\n").status == 200


def test_we_say_who_we_are_and_send_no_cookie() -> None:
    heard: list[bytes] = []

    async def answer(reader, writer) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK + b"Content-Length: 0\r\nSet-Cookie: a=1\r\n\r\n")

    _answer(answer)
    (request,) = heard
    assert b"User-Agent: govscan/test\r\n" in request
    assert f"Host: {HOST}\r\n".encode() in request
    assert b"cookie" not in request.lower()


def _chain(location: str) -> RedirectChain:
    reply = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    found = observe(RedirectChain, ports={80: saying(reply), 443: None})
    seen = found[Place(Subject(Role.WEB, HOST, 80))]
    assert isinstance(seen, Observed), seen
    assert isinstance(seen.value, RedirectChain)
    return seen.value


@pytest.mark.parametrize(
    ("location", "end"),
    [
        ("/", ChainEnd.LOOP),
        ("https://elsewhere.test/", ChainEnd.OUT_OF_SCOPE),
        ("http://other.agency.example/", ChainEnd.FAILED),
        ("https://www.agency.example/", ChainEnd.FAILED),
        ("ftp://www.agency.example/", ChainEnd.INVALID_TARGET),
        ("http://169.254.169.254/latest", ChainEnd.OUT_OF_SCOPE),
        ("http://127.0.0.1:22/", ChainEnd.OUT_OF_SCOPE),
        ("http://www.agency.example:8080/", ChainEnd.OUT_OF_SCOPE),
    ],
)
def test_redirects_stay_in_scope(location: str, end: ChainEnd) -> None:
    assert _chain(location).end is end


def test_a_chain_that_never_ends_is_cut() -> None:
    count = 0

    async def answer(reader, writer) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        nonlocal count
        while await reader.readuntil(b"\r\n\r\n"):
            count += 1
            writer.write(
                f"HTTP/1.1 302 F\r\nLocation: /{count}\r\nContent-Length: 0\r\n\r\n".encode()
            )

    found = observe(RedirectChain, ports={80: answer, 443: None})
    seen = found[Place(Subject(Role.WEB, HOST, 80))]
    assert isinstance(seen, Observed)
    assert seen.value.end is ChainEnd.TOO_LONG
    assert len(seen.value.hops) == 11
    assert count <= 13


def test_a_private_address_is_refused_when_it_is_dialled() -> None:
    seen = observe(HttpAnswer, ports={80: saying(OK)}, allowed=())[PLACE]
    assert isinstance(seen, Unobserved)
    assert seen.reason is Reason.OUT_OF_SCOPE
