"""Certificates with every fault, served by others' TLS, judged by the whole program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from tests.conftest import Govscan
from tests.real import pki
from tests.real.pki import DAY, Issued, authority, leaf

pytestmark = pytest.mark.xdist_group("certificates")

ADDRESS = "127.87.0.1"
WARNED = {"certificate-trust"}
# What fails, by host: nothing else of the certificates may.
TRUTH: Mapping[str, set[str]] = {
    "good": set(),
    "good-rsa": set(),
    "root-sent": set(),
    "cross-signed": set(),
    "p521": set(),
    "expired": {"certificate-expiry", "certificate-trust"},
    "early": {"certificate-expiry", "certificate-trust"},
    "renew": {"certificate-renewal"},
    "other-name": {"certificate-hostname", "certificate-trust"},
    "deep.wildcard": {"certificate-hostname", "certificate-trust"},
    "no-san": {"certificate-hostname", "certificate-san", "certificate-trust"},
    "missing": {"certificate-chain", "certificate-trust"},
    "order": {"certificate-chain"},
    "foreign": {"certificate-chain"},
    "twice": {"certificate-chain"},
    "self-signed": {"certificate-self-signed", "certificate-trust"},
    "national": {"certificate-trust"},
    "unknown": {"certificate-trust"},
    "ca-true": {"certificate-basic-constraints", "certificate-trust"},
    "no-usage": {"certificate-eku"},
    "any-usage": {"certificate-eku"},
    "client-only": {"certificate-eku", "certificate-trust"},
    "rsa-1024": {"certificate-key"},
    "ed25519": {"certificate-key"},
    "long": {"certificate-validity"},
    "old-issuer": {"certificate-trust"},
    "constrained": {"certificate-trust"},
    "no-crl": {"certificate-crl"},
    "no-issuer-address": {"certificate-aia"},
}


def _chains(root: Issued, national: Issued) -> Iterator[tuple[str, tuple[Issued, ...]]]:
    ca = authority("Test CA", root)
    older = authority("Older Root")
    old = authority("Old CA", root, ends=-DAY)
    tight = authority(
        "Tight CA",
        root,
        extras=((x509.NameConstraints([x509.DNSName("gov.example")], None), True),),
    )
    crossed = Issued(authority("Test Root", older, key=root.key).certificate, root.key)

    def of(name: str, **more: Any) -> Issued:
        return leaf(f"{name}.example", ca, **more)

    yield "good", (of("good"), ca)
    yield "good-rsa", (of("good-rsa", key=pki.rsa_key(2048)), ca)
    yield "root-sent", (of("root-sent"), ca, root)
    yield "cross-signed", (of("cross-signed"), ca, crossed)
    yield "p521", (of("p521", key=ec.generate_private_key(ec.SECP521R1())), ca)
    yield "expired", (of("expired", begins=-100 * DAY, ends=-DAY), ca)
    yield "early", (of("early", begins=DAY), ca)
    yield "renew", (of("renew", begins=-81 * DAY, ends=9 * DAY), ca)
    yield "other-name", (of("other-name", names=["www.other.example"]), ca)
    yield "deep.wildcard", (of("deep.wildcard", names=["*.example"]), ca)
    yield "no-san", (of("no-san", names=[]), ca)
    yield "missing", (of("missing"),)
    yield "order", (of("order"), root, ca)
    yield "foreign", (of("foreign"), ca, of("stranger"))
    yield "twice", (of("twice"), ca, ca)
    yield "self-signed", (leaf("self-signed.example", None),)
    yield "national", (leaf("national.example", national), national)
    yield "unknown", (leaf("unknown.example", old_root := authority("Lost Root")), old_root)
    yield (
        "ca-true",
        (of("ca-true", extras=((x509.BasicConstraints(ca=True, path_length=None), True),)), ca),
    )
    yield "no-usage", (of("no-usage", usages=()), ca)
    yield (
        "any-usage",
        (
            of("any-usage", usages=(Usage.SERVER_AUTH, Usage.ANY_EXTENDED_KEY_USAGE)),
            ca,
        ),
    )
    yield "client-only", (of("client-only", usages=(Usage.CLIENT_AUTH,)), ca)
    yield "rsa-1024", (of("rsa-1024", key=pki.rsa_key(1024)), ca)
    yield "ed25519", (of("ed25519", key=ed25519.Ed25519PrivateKey.generate()), ca)
    yield "long", (of("long", ends=365 * DAY), ca)
    yield "old-issuer", (leaf("old-issuer.example", old), old)
    yield "constrained", (leaf("constrained.example", tight), tight)
    yield "no-crl", (of("no-crl", crl=""), ca)
    yield "no-issuer-address", (of("no-issuer-address", aia=""), ca)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, str]]:
    """One scan of all of them: the outcome of each check, by host."""
    folder = tmp_path_factory.mktemp("certificates")
    root, national = authority("Test Root"), authority("National Root")
    (folder / "roots.pem").write_bytes(root.pem)
    (folder / "national.pem").write_bytes(national.pem)
    options = ["--trust-store", "roots.pem", "--ca-file", "national.pem"]
    hosts = ""
    with ExitStack() as stack:
        for name, (first, *rest) in _chains(root, national):
            path = pki.write(folder, name, first, *rest)
            port = stack.enter_context(pki.serving(path, ADDRESS))
            options += ["--connect-to", f"{name}.example:443:{ADDRESS}:{port}"]
            hosts += f"{ADDRESS} {name}.example\n"
        (folder / "hosts").write_text(hosts, encoding="utf-8")
        (folder / "targets.txt").write_text(
            "".join(f"{name}.example\n" for name in TRUTH), encoding="utf-8"
        )
        return _scan(folder, options)


def _scan(folder: Path, options: list[str]) -> Mapping[str, dict[str, str]]:
    checks = [f"--family={one}" for one in ("tls",)]
    ran = Govscan(folder)(
        *("scan", "targets.txt", *checks, *options, "--hosts", "hosts", "--output", "report"),
        *("--allow-network", "127.0.0.0/8", "--resolver", "127.0.0.1:9", "--quiet"),
        *("--per-address", "20", "--seconds", "10"),
    )
    assert ran.code in {0, 1, 3}, ran.err
    document = json.loads((folder / "report" / "run.json").read_bytes())
    return {
        target["host"].removesuffix(".example"): {
            one["check"]: one["outcome"]
            for one in target["findings"]
            if one["subject"] == f"web:{target['host']}:443"
        }
        for target in document["targets"]
    }


@pytest.mark.parametrize("name", TRUTH)
def test_what_fails_is_what_is_wrong(name: str, outcomes: Mapping[str, dict[str, str]]) -> None:
    failing = {
        check
        for check, outcome in outcomes[name].items()
        if outcome == "fail" and ("certificate" in check or check == "ocsp-stapling")
    }
    assert failing == TRUTH[name]
    assert "error" not in outcomes[name].values()
