"""A total outage end to end: everything is unknown, nothing is compliant, no percentage is said."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from html.parser import HTMLParser

import dns.flags
import dns.message
import dns.rcode
import pytest

from tests.conftest import Govscan

NAMES = ("a.example", "b.example")


@pytest.fixture
def servfail() -> Iterator[str]:
    """A resolver that answers, and knows nothing: ``127.0.0.1:port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer, args=(server,))
        thread.start()
        host, port = server.getsockname()
        yield f"{host}:{port}"
        server.sendto(b"", (host, port))
        thread.join()


def _answer(server: socket.socket) -> None:
    while True:
        wire, client = server.recvfrom(4096)
        if not wire:
            return
        reply = dns.message.make_response(dns.message.from_wire(wire))
        reply.flags |= dns.flags.RA
        reply.set_rcode(dns.rcode.SERVFAIL)
        server.sendto(reply.to_wire(), client)


class _Text(HTMLParser):
    said = ""

    def handle_data(self, data: str) -> None:
        self.said += data


def test_nothing_is_determined_and_the_exit_code_says_so(govscan: Govscan, servfail: str) -> None:
    ran = govscan(
        *("scan", *NAMES, "--resolver", servfail, "--seconds", "1", "--output", "report"),
        *("--profile", "bod-18-01", "--profile", "rfc-baseline", "--allow-network", "127.0.0.0/8"),
    )
    assert ran.code == 3, ran.err
    document = json.loads((govscan.folder / "report" / "run.json").read_text(encoding="utf-8"))
    outcomes = {one["outcome"] for each in document["targets"] for one in each["findings"]}
    assert outcomes <= {"inconclusive", "not-applicable", "informational"}
    assert "inconclusive" in outcomes
    judged = json.loads(govscan("export", "latest", "--format", "judgement").out)
    verdicts = {one["verdict"] for each in judged["domains"] for one in each["controls"]}
    assert verdicts <= {"inconclusive", "not-applicable", "not-assessed"}
    for page in (govscan.folder / "report").rglob("*.html"):
        text = _Text()
        text.feed(page.read_text(encoding="utf-8").partition("<body")[2])
        assert not re.search(r"\d\s*%", text.said), page.name
        if page.parent.name == "agency":
            assert "No required control was determined." in text.said
