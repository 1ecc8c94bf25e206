"""Keys and contexts of TLS servers in memory."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

NAME = "agency.example"


def pem(
    folder: Path,
    name: str,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
) -> Path:
    """A self-signed certificate and its key in one file."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, algorithm)
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(scope="session")
def rsa_pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An RSA key."""
    key = rsa.generate_private_key(65537, 2048)
    return pem(tmp_path_factory.mktemp("rsa"), "rsa", key)


@pytest.fixture(scope="session")
def ec_pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A P-256 key."""
    key = ec.generate_private_key(ec.SECP256R1())
    return pem(tmp_path_factory.mktemp("ec"), "ec", key)


@pytest.fixture(scope="session")
def ed_pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Ed25519 key."""
    key = ed25519.Ed25519PrivateKey.generate()
    return pem(tmp_path_factory.mktemp("ed"), "ed", key)


def server(
    path: Path, version: ssl.TLSVersion, *, ciphers: str = "ALL:@SECLEVEL=0", wants: bool = False
) -> ssl.SSLContext:
    """A server of one version."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = version
        made.minimum_version = version
    made.set_ciphers(ciphers)
    made.load_cert_chain(path)
    if wants:
        made.load_verify_locations(path)
        made.verify_mode = ssl.CERT_REQUIRED
    return made
