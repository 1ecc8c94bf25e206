"""An authority of the tests' own, with every fault that a certificate can have, valid today."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID as Aia
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
Extra = tuple[x509.ExtensionType, bool]


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])


class Issued(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def secret(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def authority(
    name: str,
    issuer: Issued | None = None,
    *,
    key: Any = None,
    begins: timedelta = -1000 * DAY,
    ends: timedelta = 1000 * DAY,
    extras: Sequence[Extra] = (),
) -> Issued:
    """A root, or a CA under one."""
    key = key or p256()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    known: list[Extra] = [
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (usage, True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]
    signer = issuer or Issued(None, key)  # type: ignore[arg-type] # a root signs itself
    subject = issuer.certificate.subject if issuer else named(name)
    made = _sign(named(name), subject, key, signer, (begins, ends), (*known, *extras))
    return Issued(made, key)


def leaf(  # noqa: PLR0913 - keyword-only, each a fault
    name: str,
    issuer: Issued | None,
    *,
    names: Sequence[str] | None = None,
    key: Any = None,
    begins: timedelta = -10 * DAY,
    ends: timedelta = 80 * DAY,
    usages: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    ocsp: str = "",
    crl: str = "http://ca.example/none.crl",
    aia: str = "http://ca.example/ca.der",
    extras: Sequence[Extra] = (),
) -> Issued:
    """A certificate for a server; without an issuer it signs itself."""
    key = key or p256()
    known: list[Extra] = []
    if wanted := [name] if names is None else list(names):
        known.append((x509.SubjectAlternativeName([x509.DNSName(one) for one in wanted]), False))
    if usages:
        known.append((x509.ExtendedKeyUsage(usages), False))
    access = [(Aia.OCSP, ocsp), (Aia.CA_ISSUERS, aia)]
    described = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in access
        if url
    ]
    if described:
        known.append((x509.AuthorityInformationAccess(described), False))
    if crl:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
        known.append((x509.CRLDistributionPoints([point]), False))
    signer = issuer or Issued(None, key)  # type: ignore[arg-type] # it signs itself
    own = named(wanted[0] if wanted else name)
    subject = issuer.certificate.subject if issuer else own
    made = _sign(own, subject, key, signer, (begins, ends), (*known, *extras))
    return Issued(made, key)


def _sign(
    subject: x509.Name,
    issuer: x509.Name,
    key: Any,
    signer: Issued,
    period: tuple[timedelta, timedelta],
    extras: Sequence[Extra],
) -> x509.Certificate:
    now = datetime.now(UTC).replace(microsecond=0)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + period[0])
        .not_valid_after(now + period[1])
        .add_extension(identifier, critical=False)
    )
    for extension, critical in extras:
        builder = builder.add_extension(extension, critical=critical)
    hashed = None if isinstance(signer.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer.key, hashed)


def rsa_key(bits: int, exponent: int = 65537) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(exponent, bits)


def write(folder: Path, name: str, one: Issued, *chain: Issued) -> Path:
    """Key and chain in one file, leaf first."""
    path = folder / f"{name}.pem"
    path.write_bytes(b"".join((one.secret, one.pem, *(each.pem for each in chain))))
    return path


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        context: ssl.SSLContext = self.server.context  # type: ignore[attr-defined]
        with suppress(OSError), context.wrap_socket(self.request, server_side=True) as line:
            line.settimeout(5)
            if line.recv(1 << 16):
                line.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def serving(path: Path, address: str) -> Iterator[int]:
    """A TLS server of Python with this chain; the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.load_cert_chain(path)
    with _Server((address, 0), _Handler) as server:
        server.context = context  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(15)
