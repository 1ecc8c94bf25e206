"""Revocation asked of OpenSSL's own responder and of a plain web server, only with --revocation."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.conftest import Govscan, needs_program
from tests.real import pki
from tests.real.pki import Issued, authority, leaf

pytestmark = pytest.mark.xdist_group("certificates")

ADDRESS = "127.87.0.2"
HOSTS = (
    "ocsp-good",
    "ocsp-unknown",
    "ocsp-revoked",
    "ocsp-posted",
    "crl-good",
    "crl-revoked",
    "down",
    "alone",
    "nowhere",
)


class Files(BaseHTTPRequestHandler):
    """Serves the authority's certificate and list, and counts."""

    files: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []
    responder: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = self.files.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def do_POST(self) -> None:
        """A responder that reads what is posted, and nothing else."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = {"Content-Type": self.headers["Content-Type"]}
        with urlopen(Request(self.responder, body, kind), timeout=10) as answer:  # noqa: S310
            said = answer.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _files() -> Iterator[int]:
    with ThreadingHTTPServer((ADDRESS, 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(15)


@contextmanager
def _responder(
    folder: Path, ca: Issued, revoked: x509.Certificate, good: x509.Certificate
) -> Iterator[int]:
    """OpenSSL's responder, with a certificate of its own that the CA named for it."""
    named = leaf("responder", ca, names=[], usages=(ExtendedKeyUsageOID.OCSP_SIGNING,), crl="")
    (folder / "ca.pem").write_bytes(ca.pem)
    (folder / "responder.pem").write_bytes(named.pem)
    (folder / "responder.key").write_bytes(named.secret)
    ends = revoked.not_valid_after_utc
    (folder / "index.txt").write_text(
        f"R\t{ends:%y%m%d%H%M%SZ}\t{datetime.now(UTC):%y%m%d%H%M%SZ},keyCompromise\t"
        f"{revoked.serial_number:X}\tunknown\t/CN=revoked\n"
        f"V\t{ends:%y%m%d%H%M%SZ}\t\t{good.serial_number:X}\tunknown\t/CN=good\n",
        encoding="ascii",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *("openssl", "ocsp", "-port", str(port), "-index", "index.txt", "-CA", "ca.pem"),
        *("-rsigner", "responder.pem", "-rkey", "responder.key", "-ndays", "2"),
    ]
    with (folder / "ocsp.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _await(folder / "ocsp.log", process)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _await(log: Path, process: subprocess.Popen[bytes]) -> None:
    """It says so when it listens; a connection without a question would block it."""
    until = time.monotonic() + 20
    while b"waiting for OCSP client" not in log.read_bytes():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)


def _crl(ca: Issued, revoked: x509.Certificate) -> bytes:
    now = datetime.now(UTC)
    entry = x509.RevokedCertificateBuilder()
    entry = entry.serial_number(revoked.serial_number).revocation_date(now)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.certificate.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + timedelta(days=2))
        .add_revoked_certificate(entry.build())
        .sign(ca.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def _served(ca: Issued) -> dict[str, tuple[Issued, ...]]:
    ocsp, crl = "http://ocsp.ca.example/", "http://files.ca.example/ca.crl"

    def of(name: str, **more: Any) -> Issued:
        return leaf(f"{name}.example", ca, **more)

    return {
        "ocsp-good": (of("ocsp-good", ocsp=ocsp, crl=""), ca),
        "ocsp-revoked": (of("ocsp-revoked", ocsp=ocsp, crl=""), ca),
        "ocsp-unknown": (of("ocsp-unknown", ocsp=ocsp, crl=""), ca),
        "ocsp-posted": (of("ocsp-posted", ocsp="http://files.ca.example/posts", crl=""), ca),
        "crl-good": (of("crl-good", crl=crl), ca),
        "crl-revoked": (of("crl-revoked", crl=crl), ca),
        "down": (of("down", ocsp="http://down.ca.example/", crl=""), ca),
        "alone": (of("alone", crl=crl, aia="http://files.ca.example/ca.der"),),
        "nowhere": (of("nowhere", crl=""), ca),
    }


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """The same hosts with and without ``--revocation``."""
    needs_program("openssl")
    folder = tmp_path_factory.mktemp("revocation")
    root = authority("Test Root")
    ca = authority("Test CA", root)
    served = _served(ca)
    (folder / "roots.pem").write_bytes(root.pem)
    (folder / "hosts").write_text(
        "".join(f"{ADDRESS} {name}.example\n" for name in HOSTS), encoding="utf-8"
    )
    Files.files = {
        "/ca.crl": _crl(ca, served["crl-revoked"][0].certificate),
        "/ca.der": ca.certificate.public_bytes(Encoding.DER),
    }
    with ExitStack() as stack:
        files = stack.enter_context(_files())
        revoked = served["ocsp-revoked"][0].certificate
        responder = stack.enter_context(
            _responder(folder, ca, revoked, served["ocsp-good"][0].certificate)
        )
        Files.responder = f"http://127.0.0.1:{responder}/"
        options = [
            *("--connect-to", f"files.ca.example:80:{ADDRESS}:{files}"),
            *("--connect-to", f"ocsp.ca.example:80:127.0.0.1:{responder}"),
            *("--connect-to", f"down.ca.example:80:{ADDRESS}:9"),
        ]
        for name, (first, *rest) in served.items():
            port = stack.enter_context(pki.serving(pki.write(folder, name, first, *rest), ADDRESS))
            options += ["--connect-to", f"{name}.example:443:{ADDRESS}:{port}"]
        asked = _scan(folder, [*options, "--revocation"])
        by_then = list(Files.asked)
        yield {"asked": asked, "not": _scan(folder, options), "by_then": by_then}


def _scan(folder: Path, options: list[str]) -> dict[str, dict[str, Any]]:
    checks = ("certificate-revocation", "certificate-chain", "certificate-trust")
    ran = Govscan(folder)(
        *("scan", *(f"{name}.example" for name in HOSTS), *(f"--check={one}" for one in checks)),
        *("--trust-store", "roots.pem", "--hosts", "hosts", "--output", "report", "--quiet"),
        *("--allow-network", "127.0.0.0/8", "--resolver", "127.0.0.1:9", "--seconds", "10"),
        *options,
    )
    assert ran.code in {0, 1, 3}, ran.err
    document = json.loads((folder / "report" / "run.json").read_bytes())
    return {
        target["host"].removesuffix(".example"): {
            one["check"]: one
            for one in target["findings"]
            if one["subject"] == f"web:{target['host']}:443"
        }
        for target in document["targets"]
    }


@pytest.mark.parametrize(
    ("name", "outcome", "text"),
    [
        ("ocsp-revoked", "fail", "ocsp.ca.example"),
        ("crl-good", "pass", "files.ca.example/ca.crl"),
        ("crl-revoked", "fail", "files.ca.example/ca.crl"),
        ("ocsp-good", "pass", "ocsp.ca.example"),
        ("ocsp-unknown", "inconclusive", "does not know it"),
        ("ocsp-posted", "inconclusive", "does not know it"),
        ("down", "inconclusive", "refused"),
        ("alone", "pass", "files.ca.example/ca.crl"),
        ("nowhere", "not-applicable", "no place"),
    ],
)
def test_what_issuers_say(name: str, outcome: str, text: str, scans: Mapping[str, Any]) -> None:
    found = scans["asked"][name]["certificate-revocation"]
    assert found["outcome"] == outcome
    assert text in found["text"]


def test_nobody_is_asked_unless_the_operator_says_so(scans: Mapping[str, Any]) -> None:
    assert Files.asked == scans["by_then"]
    for name in ("ocsp-revoked", "crl-revoked", "crl-good"):
        found = scans["not"][name]["certificate-revocation"]
        assert (found["outcome"], found["reason"]) == ("inconclusive", "out-of-scope")


def test_one_list_is_fetched_once(scans: Mapping[str, Any]) -> None:
    assert scans["by_then"].count("/ca.crl") == 1


def test_an_intermediate_that_is_not_sent_is_named(scans: Mapping[str, Any]) -> None:
    found = scans["asked"]["alone"]
    assert found["certificate-chain"]["outcome"] == "fail"
    assert "CN=Test CA is not sent" in found["certificate-chain"]["text"]
    assert "an intermediate certificate is not sent" in found["certificate-trust"]["text"]
