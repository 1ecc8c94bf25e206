"""Certificates that no library would serve, from a server of canned bytes: nothing crashes."""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from scanner.formats import certificate_examples as examples
from tests.conftest import Govscan

pytestmark = pytest.mark.xdist_group("certificates")

ADDRESS = "127.87.0.3"
GOOD = examples.leaf()
ODD_VERSION = GOOD.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020109"))
# What certificate-trust says, and one check more with its outcome.
CASES: Mapping[str, tuple[Sequence[bytes], str, str, str]] = {
    "garbage": ([b"\x30\x03abc"], "fail", "certificate-key", "inconclusive"),
    "cut": ([GOOD[:-40]], "fail", "certificate-expiry", "inconclusive"),
    "nothing": ([b""], "fail", "certificate-hostname", "inconclusive"),
    "trailing": ([GOOD + b"xx"], "inconclusive", "certificate-san", "inconclusive"),
    "version": ([ODD_VERSION], "inconclusive", "certificate-key", "inconclusive"),
    "extension": ([examples.BROKEN_EXTENSION], "inconclusive", "certificate-san", "inconclusive"),
    "exponent": ([examples.leaf_with_exponent(1)], "fail", "certificate-weak-key", "fail"),
    "serial": ([examples.leaf_with_serial(-5)], "fail", "certificate-serial", "fail"),
    "unknown-key": ([examples.UNKNOWN_KEY], "fail", "certificate-key", "inconclusive"),
    "sha1": ([examples.OLD_SIGNATURE], "fail", "certificate-signature", "fail"),
}


def _record(kind: int, body: bytes) -> bytes:
    return bytes((kind, 3, 3)) + len(body).to_bytes(2) + body


def _message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3) + body


class _Handler(socketserver.BaseRequestHandler):
    """Answers a hello of TLS 1.2 with a flight of RSA key transport, which needs no signature."""

    def handle(self) -> None:
        self.request.settimeout(5)
        with suppress(OSError):
            hello = self._hello()
            refused = hello[9:11] != b"\3\3" or b"\x00\x9c" not in hello or b"\x02\x03\x04" in hello
            if refused:
                self.request.sendall(_record(21, b"\2\x28"))
                return
            server = b"\3\3" + os.urandom(32) + b"\0\x00\x9c\0"
            sent = b"".join(
                len(one).to_bytes(3) + one
                for one in self.server.certificates  # type: ignore[attr-defined]
            )
            chain = len(sent).to_bytes(3) + sent
            flight = _message(2, server) + _message(11, chain) + _message(14, b"")
            self.request.sendall(_record(22, flight))
            self.request.recv(1 << 16)

    def _hello(self) -> bytes:
        data = b""
        while len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5]):
            chunk = self.request.recv(1 << 16)
            if not chunk:
                raise ConnectionResetError
            data += chunk
        return data


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def _serving(certificates: Sequence[bytes]) -> Iterator[int]:
    with _Server((ADDRESS, 0), _Handler) as server:
        server.certificates = certificates  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(15)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("broken")
    hosts = "".join(f"{ADDRESS} {name}.example\n" for name in CASES)
    (folder / "hosts").write_text(hosts, encoding="utf-8")
    options: list[str] = []
    with ExitStack() as stack:
        for name, (certificates, *_) in CASES.items():
            port = stack.enter_context(_serving(certificates))
            options += ["--connect-to", f"{name}.example:443:{ADDRESS}:{port}"]
        ran = Govscan(folder)(
            *("scan", *(f"{name}.example" for name in CASES), "--family", "tls", "--quiet"),
            *("--hosts", "hosts", "--output", "report", "--allow-network", "127.0.0.0/8"),
            *("--resolver", "127.0.0.1:9", "--seconds", "10", "--per-address", "20", *options),
        )
    assert ran.code in {0, 1, 3}, ran.err
    assert "Warning" not in ran.err
    document: Any = json.loads((folder / "report" / "run.json").read_bytes())
    return {
        target["host"].removesuffix(".example"): {
            one["check"]: one["outcome"]
            for one in target["findings"]
            if one["subject"] == f"web:{target['host']}:443"
        }
        for target in document["targets"]
    }


@pytest.mark.parametrize("name", CASES)
def test_what_is_broken_is_said_and_stops_nothing(
    name: str, outcomes: Mapping[str, dict[str, str]]
) -> None:
    _, trust, check, outcome = CASES[name]
    found = outcomes[name]
    assert (found["certificate-trust"], found[check]) == (trust, outcome)
    assert "error" not in found.values()
