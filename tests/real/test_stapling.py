"""nginx with two certificates, stapled answers and a default host: all is seen and judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.conftest import Govscan, needs_program
from tests.real import pki
from tests.real.pki import DAY, Issued, authority, leaf
from tests.real.test_servers import _free_port, _running

pytestmark = pytest.mark.xdist_group("certificates")

ADDRESS = "127.85.0.1"
OCSP = "http://ocsp.ca.example/"
PROMISE = (x509.TLSFeature([x509.TLSFeatureType.status_request]), False)
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  server {{ listen {address}:{port} ssl default_server; server_name other.example;
    ssl_certificate {folder}/other.pem; ssl_certificate_key {folder}/other.pem; return 204; }}
  {servers}
}}
"""
SERVER = """
  server {{ listen {address}:{port} ssl; server_name {name}.example; {certificates} {staple}
    return 204; }}
"""


def _answer(
    one: Issued, ca: Issued, *, age: timedelta = timedelta(hours=1), revoked: bool = False
) -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    made = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=one.certificate,
            issuer=ca.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303 - what responders use
            cert_status=status,
            this_update=now - age,
            next_update=now - age + timedelta(days=3),
            revocation_time=now - timedelta(days=1) if revoked else None,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, ca.certificate)
        .sign(ca.key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


def _sites(ca: Issued) -> Iterator[tuple[str, tuple[Issued, ...], bytes]]:
    def of(name: str, **more: Any) -> Issued:
        return leaf(f"{name}.example", ca, **more)

    one = of("stapled", ocsp=OCSP)
    yield "stapled", (one,), _answer(one, ca)
    one = of("promised", ocsp=OCSP, extras=(PROMISE,))
    yield "promised", (one,), _answer(one, ca)
    yield "broken-promise", (of("broken-promise", ocsp=OCSP, extras=(PROMISE,)),), b""
    one = of("revoked", ocsp=OCSP)
    yield "revoked", (one,), _answer(one, ca, revoked=True)
    first, second = of("two"), of("two", key=pki.rsa_key(2048), begins=-100 * DAY, ends=-DAY)
    yield "two", (first, second), b""


@contextmanager
def _nginx(folder: Path, ca: Issued) -> Iterator[int]:
    pki.write(folder, "other", leaf("other.example", ca), ca)
    port, servers = _free_port(), ""
    for name, leaves, staple in _sites(ca):
        lines = ""
        for number, one in enumerate(leaves):
            path = pki.write(folder, f"{name}-{number}", one, ca)
            lines += f"ssl_certificate {path}; ssl_certificate_key {path}; "
        if staple:
            (folder / f"{name}.ocsp").write_bytes(staple)
        stapling = f"ssl_stapling on; ssl_stapling_file {folder}/{name}.ocsp;" if staple else ""
        servers += SERVER.format(
            address=ADDRESS, port=port, name=name, certificates=lines, staple=stapling
        )
    text = CONFIGURATION.format(address=ADDRESS, port=port, folder=folder, servers=servers)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with _running(command, ADDRESS, port, folder):
        yield port


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[tuple[str, str], Any]]:
    """The findings of each site, by check and item."""
    needs_program("nginx")
    folder = tmp_path_factory.mktemp("stapling")
    folder.chmod(0o755)
    root = authority("Test Root")
    ca = authority("Test CA", root)
    names = [name for name, _, _ in _sites(ca)]
    (folder / "roots.pem").write_bytes(root.pem)
    (folder / "hosts").write_text(
        "".join(f"{ADDRESS} {name}.example\n" for name in names), encoding="utf-8"
    )
    with ExitStack() as stack:
        port = stack.enter_context(_nginx(folder, ca))
        ran = Govscan(folder)(
            *("scan", *(f"{name}.example" for name in names), "--family", "tls"),
            *("--trust-store", "roots.pem", "--hosts", "hosts", "--output", "report", "--quiet"),
            *("--allow-network", "127.0.0.0/8", "--resolver", "127.0.0.1:9", "--seconds", "10"),
            *("--connect-to", f":443:{ADDRESS}:{port}"),
        )
    assert ran.code in {0, 1, 3}, ran.err
    document = json.loads((folder / "report" / "run.json").read_bytes())
    return {
        target["host"].removesuffix(".example"): {
            (one["check"], one.get("item", "")): one
            for one in target["findings"]
            if one["subject"] == f"web:{target['host']}:443"
        }
        for target in document["targets"]
    }


@pytest.mark.parametrize(
    ("site", "check", "item", "outcome"),
    [
        ("stapled", "ocsp-stapling", "", "pass"),
        ("stapled", "certificate-revocation", "", "pass"),
        ("stapled", "certificate-must-staple", "", "not-applicable"),
        ("promised", "certificate-must-staple", "", "pass"),
        ("broken-promise", "certificate-must-staple", "", "fail"),
        ("broken-promise", "ocsp-stapling", "", "fail"),
        ("revoked", "certificate-revocation", "", "fail"),
        ("two", "certificate-expiry", "ecdsa", "pass"),
        ("two", "certificate-expiry", "rsa", "fail"),
        ("two", "certificate-key", "rsa", "pass"),
        ("stapled", "certificate-default-host", "none", "informational"),
    ],
)
def test_what_is_said(
    site: str, check: str, item: str, outcome: str, found: Mapping[str, Any]
) -> None:
    assert found[site][check, item]["outcome"] == outcome


def test_the_default_host_is_named(found: Mapping[str, Any]) -> None:
    assert "other.example" in found["stapled"]["certificate-default-host", "none"]["text"]


def test_nothing_of_the_scanner_failed(found: Mapping[str, Any]) -> None:
    assert not [
        one for site in found.values() for one in site.values() if one["outcome"] == "error"
    ]
