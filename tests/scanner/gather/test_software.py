"""What a real answer names of its software, over https, over http, and on an error page."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scanner.formats import technology
from scanner.observation import Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.technology import SiteSoftware, Technologies
from tests.scanner.gather.harness import HOST, Answer, observe, silent

KNOWN = technology.read.read(Path("scanner/data/exposure/technologies.json").read_bytes())
PLAIN = Place(Subject(Role.WEB, HOST, 80))
SECURE = Place(Subject(Role.WEB, HOST, 443))
HOME = (
    b"<!doctype html><title>Agency</title><meta name=generator content='WordPress 6.4.1'>"
    b"<link rel=stylesheet href=/wp-includes/css/dist/block-library/style.min.css?ver=6.4.1>"
    b"<script src=https://cdn.example/jquery-3.6.0.min.js></script>"
    b"<img src=//elsewhere.example/typo3temp/a.png>"
    b"<input type=hidden name='csrfmiddlewaretoken' value=x>"
)


def serving(home: bytes, other: bytes) -> Answer:
    """A site with a start page, and another answer to everything else."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            while (await reader.readline()).strip():
                pass
            found = line.startswith(b"GET / ")
            body = home if found else other
            status = b"200 OK" if found else b"404 Not Found"
            writer.write(
                b"HTTP/1.1 %b\r\nServer: Apache/2.4.52 (Ubuntu) PHP/8.1.2\r\n"
                b"Content-Type: text/html\r\nSet-Cookie: PHPSESSID=0123456789secret; Path=/\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (status, len(body), body)
            )
            await writer.drain()

    return answer


def test_a_site_that_speaks_http_alone_is_looked_at_there() -> None:
    site = serving(HOME, b"<h3>Apache Tomcat/8.5.39</h3>")
    found = observe(
        SiteSoftware, ports={80: site, 443: None}, lists={Technologies: KNOWN}, seconds=3.0
    )
    assert set(found) == {PLAIN}
    seen = found[PLAIN]
    assert isinstance(seen, Observed)
    value = seen.value
    named = {one.technology.id: one.version for one in technology.named(value.marks, KNOWN)}
    assert named == {
        "apache": "2.4.52",
        "django": "",
        "jquery": "3.6.0",
        "php": "8.1.2",
        "wordpress": "6.4.1",
    }
    assert value.generators == ("WordPress 6.4.1",)
    assert value.fields == (("Server", "Apache/2.4.52 (Ubuntu) PHP/8.1.2"),)
    assert "secret" not in repr(value)


def test_a_site_that_answers_nowhere_is_unknown() -> None:
    found = observe(
        SiteSoftware, ports={80: silent, 443: None}, lists={Technologies: KNOWN}, seconds=0.3
    )
    (seen,) = found.values()
    assert isinstance(seen, Unobserved)
    assert seen.reason is Reason.REFUSED
    assert set(found) == {SECURE}
