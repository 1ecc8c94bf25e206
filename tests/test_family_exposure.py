"""``govscan exposure``: one site on the terminal, and a log of everything that was sent."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exposures import ANSWERS, CANARY

ADDRESS = "127.86.0.9"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files = {"/": b"<!DOCTYPE html><title>Agency</title>", "/.env": ANSWERS["dotenv"].body}

    def do_GET(self) -> None:
        body = self.files.get(self.path, b"<!DOCTYPE html><title>Not found</title>")
        self.send_response(200 if self.path in self.files else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer((ADDRESS, 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_one_site_is_shown_and_every_request_logged(govscan: Any, port: int) -> None:
    folder: Path = govscan.folder
    (folder / "hosts.txt").write_text(f"{ADDRESS} portal.agency.example\n")
    ran = govscan(
        *("exposure", "http://portal.agency.example", "--hosts", "hosts.txt", "--rate", "0"),
        *("--connect-to", f":80::{port}", "--connect-to", ":443::9", "--log-requests"),
        *("--allow-network", "127.0.0.0/8", "--resolver", "127.0.0.1:9"),
        *("--authorised-by", "Letter 12/2026", "--exposure-plan", "quick"),
    )
    assert ran.code == 1, ran.err
    assert "At /.env anyone finds an environment file." in ran.out
    assert "DB_PASSWORD=***" in ran.out
    assert "plan quick" in ran.out
    assert CANARY not in ran.out
    logged = [json.loads(one) for one in (folder / "requests.jsonl").read_text().splitlines()]
    assert any(one["url"] == "http://portal.agency.example/.env" for one in logged)
    assert {one["authorised_by"] for one in logged} == {"Letter 12/2026"}
    assert {one["method"] for one in logged} <= {"GET", "HEAD", "OPTIONS", "TRACE"}
