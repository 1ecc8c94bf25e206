"""Servers of other TLS stacks, each with one known way, judged by the whole program."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Govscan, needs_program
from tests.real import pki
from tests.real.pki import authority, leaf

pytestmark = pytest.mark.xdist_group("other-stacks")

ADDRESS = "127.88.0.1"
GNUTLS = "gnutls-serv --http -q --port {port} --x509certfile {pem} --x509keyfile {pem} --priority "
HAPROXY = "haproxy -db -f {folder}/{name}.cfg"
STUNNEL = "stunnel4 {folder}/{name}.conf"
ONLY_13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"
ONLY_12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2"


class Row(NamedTuple):
    """A server, and of what is asked of it what fails and what stays open."""

    command: str
    options: str = ""
    fails: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


CLASSICAL = {"post-quantum-key-exchange"}
OLD_SUITES = {"tls-suites", "forward-secrecy", "cipher-order"}
HANDSHAKE = {"client-renegotiation", "signature-hash"}
ROWS: Mapping[str, Row] = {
    "gnutls-13": Row(GNUTLS + f"{ONLY_13} --disable-client-cert", fails=frozenset(CLASSICAL)),
    "gnutls-12": Row(
        GNUTLS + f"{ONLY_12} --disable-client-cert",
        fails=frozenset({"tls-1-3", *HANDSHAKE, *OLD_SUITES} - {"forward-secrecy"}),
    ),
    "gnutls-order": Row(
        # P-192 stands behind the leaf's own curve, which GnuTLS does not ask clients to list.
        GNUTLS + f"{ONLY_12}:-ECDHE-RSA:-DHE-RSA:-RSA:-AES-128-CBC:-AES-256-CBC"
        ":+GROUP-SECP192R1:%SERVER_PRECEDENCE --disable-client-cert",
        fails=frozenset({"tls-1-3", "tls-groups", *HANDSHAKE}),
    ),
    "gnutls-alpn": Row(
        GNUTLS + f"{ONLY_13} --disable-client-cert --alpn h3 --alpn-fatal",
        fails=frozenset(CLASSICAL),
    ),
    "gnutls-early": Row(
        GNUTLS + f"{ONLY_13} --disable-client-cert --earlydata --maxearlydata 1000",
        fails=frozenset({"early-data", *CLASSICAL}),
    ),
    "gnutls-client": Row(
        GNUTLS + f"{ONLY_13} --require-client-cert --verify-client-cert --x509cafile {{roots}}",
        fails=frozenset(CLASSICAL),
        open=frozenset({"early-data", "session-ticket-lifetime"}),
    ),
    "gnutls-name": Row(
        GNUTLS + "NORMAL --sni-hostname other.example --sni-hostname-fatal",
        open=frozenset({"tls-service", "tls-1-3", "tls-1-0", "tls-version-intolerance"}),
    ),
    "haproxy-chacha": Row(
        HAPROXY,
        "ssl-min-ver TLSv1.2 strict-sni ciphers "
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256",
        fails=frozenset(CLASSICAL),
    ),
    "haproxy-curves": Row(
        HAPROXY,
        "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2 no-tls-tickets curves P-256:P-384 "
        "ciphers ECDHE-ECDSA-AES128-GCM-SHA256",
        fails=frozenset({"tls-1-3"}),
    ),
    "stunnel": Row(
        STUNNEL,
        "sslVersionMin = TLSv1\nsecurityLevel = 0\nciphers = ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0",
        fails=frozenset({"tls-1-0", "tls-1-1", "tls-versions", "tls-suites", "signature-hash"})
        | CLASSICAL,
    ),
}
ASKED = (
    *("tls-service", "tls-versions", "tls-1-3", "tls-1-0", "tls-1-1", "tls-sslv3", "tls-suites"),
    *("tls-groups", "post-quantum-key-exchange", "cipher-order", "cipher-rc4", "forward-secrecy"),
    *("extended-master-secret", "secure-renegotiation", "client-renegotiation", "tls-compression"),
    *(
        "fallback-scsv",
        "early-data",
        "session-ticket-lifetime",
        "signature-hash",
        "ephemeral-key-reuse",
    ),
    *("tls-version-intolerance", "tls-hello-intolerance", "certificate-trust", "certificate-chain"),
    *("dh-parameters", "alpn-protocols"),
)
HAPROXY_FILE = """
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend all
  bind {address}:{port} ssl crt {pem} {options}
  http-request return status 204
"""
STUNNEL_FILE = """
foreground = yes
pid =
[all]
accept = {address}:{port}
connect = {address}:9
cert = {pem}
{options}
"""


def _free_port(address: str = ADDRESS) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(row: Row, name: str, pem: Path, folder: Path) -> Iterator[int]:
    words = {"folder": folder, "name": name, "pem": pem, "address": ADDRESS, "port": _free_port()}
    words |= {"options": row.options, "roots": folder / "roots.pem"}
    (folder / f"{name}.cfg").write_text(HAPROXY_FILE.format_map(words))
    (folder / f"{name}.conf").write_text(STUNNEL_FILE.format_map(words))
    program, *rest = row.command.format_map(words).split()
    package = {"gnutls-serv": "gnutls-bin"}.get(program, program)
    with (folder / f"{name}.log").open("wb") as log:
        command = [needs_program(program, package), *rest]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        port = int(str(words["port"]))
        _wait_for(port, process, folder / f"{name}.log")
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 15
    while True:
        try:
            socket.create_connection((ADDRESS, port), 1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, str]]:
    """One scan of all of them: the outcome of each check, by server."""
    folder = tmp_path_factory.mktemp("stacks")
    root = authority("Test Root")
    (folder / "roots.pem").write_bytes(root.pem)
    options = [f"--check={one}" for one in ASKED]
    with ExitStack() as stack:
        for name, row in ROWS.items():
            pem = pki.write(folder, name, leaf(f"{name}.example", root))
            port = stack.enter_context(_running(row, name, pem, folder))
            options += ["--connect-to", f"{name}.example:443:{ADDRESS}:{port}"]
        names = [f"{name}.example" for name in ROWS]
        (folder / "hosts").write_text("".join(f"{ADDRESS} {name}\n" for name in names))
        (folder / "targets.txt").write_text("".join(f"{name}\n" for name in names))
        ran = Govscan(folder)(
            *("scan", "targets.txt", *options, "--hosts", "hosts", "--output", "report"),
            *("--trust-store", "roots.pem", "--allow-network", "127.0.0.0/8", "--quiet"),
            *("--resolver", "127.0.0.1:9", "--per-address", "20", "--seconds", "10"),
        )
    assert ran.code in {1, 3}, ran.err
    document = json.loads((folder / "report" / "run.json").read_bytes())
    return {
        one["host"].removesuffix(".example"): _outcomes(one, f"web:{one['host']}:443")
        for one in document["targets"]
    }


def _outcomes(target: Mapping[str, Any], subject: str) -> dict[str, str]:
    return {one["check"]: one["outcome"] for one in target["findings"] if one["subject"] == subject}


@pytest.mark.parametrize("name", ROWS)
def test_what_fails_is_what_is_wrong(name: str, outcomes: Mapping[str, dict[str, str]]) -> None:
    found, row = outcomes[name], ROWS[name]
    assert {check for check, outcome in found.items() if outcome == "fail"} == row.fails
    open_ones = {check for check, outcome in found.items() if outcome == "inconclusive"}
    assert open_ones == row.open if "tls-service" not in row.open else row.open <= open_ones
    assert "error" not in found.values()


class _Mail(socketserver.StreamRequestHandler):
    """As much of an MTA as comes before TLS."""

    def handle(self) -> None:
        context: ssl.SSLContext = self.server.context  # type: ignore[attr-defined]
        with suppress(OSError):
            self.wfile.write(b"220 mx.example ESMTP\r\n")
            while word := self.rfile.readline(1024)[:4].upper():
                if word == b"STAR":
                    self.wfile.write(b"220 go on\r\n")
                    with context.wrap_socket(self.connection, server_side=True) as line:
                        line.recv(1024)
                    return
                self.wfile.write(b"250-mx.example\r\n250 STARTTLS\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def _mail(address: str, port: int, pem: Path, oldest: ssl.TLSVersion) -> Iterator[None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ECDHE+AESGCM:ECDHE+AES:@SECLEVEL=0")
    context.minimum_version = oldest
    context.load_cert_chain(pem)
    with _Server((address, port), _Mail) as server:
        server.context = context  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(15)


def test_the_worst_address_of_a_mail_host_decides(tmp_path: Path) -> None:
    """One of three machines was forgotten; the others are looked at with few connections."""
    pem = pki.write(tmp_path, "mx", leaf("mx.example", None))
    addresses = [f"127.88.1.{number}" for number in (1, 2, 3)]
    port = _free_port(addresses[0])
    (tmp_path / "hosts").write_text("".join(f"{one} mx.example\n" for one in addresses))
    with ExitStack() as stack:
        for address in addresses:
            old = address == addresses[-1]
            oldest = ssl.TLSVersion.MINIMUM_SUPPORTED if old else ssl.TLSVersion.TLSv1_2
            stack.enter_context(_mail(address, port, pem, oldest))
        ran = Govscan(tmp_path)(
            *("tls", f"mx.example:{port}", "--starttls", "smtp", "--json", "--hosts", "hosts"),
            *("--allow-network", "127.0.0.0/8", "--resolver", "127.0.0.1:9"),
        )
    (target,) = json.loads(ran.out)["targets"]
    seen = [
        one for one in target["observations"] if one["kind"] == "TlsServer" and "address" in one
    ]
    (finding,) = (one for one in target["findings"] if one["check"] == "tls-1-0")
    assert (finding["outcome"], finding["address"]) == ("fail", addresses[-1])
    assert {one["address"]: one["value"].get("same_as", "") for one in seen} == {
        addresses[0]: "",
        addresses[1]: addresses[0],
        addresses[2]: "",
    }
