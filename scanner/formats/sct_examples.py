"""Logs and timestamps for examples: three logs of two operators, made on the spot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID

from scanner.formats import der
from scanner.formats.certificate_examples import NOW, element, intermediate, key, leaf, root
from scanner.formats.certificate_parts import parse
from scanner.observation.certificate import CtLog, CtLogList, FormerOperator, LogState
from scanner.observation.tls import TrustStore

SEEN = NOW - timedelta(days=10)
OPERATORS = {"A1": "Alpha", "A2": "Alpha", "B1": "Beta"}
LOGS = tuple(OPERATORS)


def _public(name: str) -> bytes:
    public = key(f"log {name}").public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def log_id(name: str) -> bytes:
    """The hash of a log's key (RFC 6962 3.2)."""
    return hashlib.sha256(_public(name)).digest()


def logs(
    *,
    at: datetime = NOW - timedelta(days=5),
    state: LogState = LogState.USABLE,
    since: datetime | None = None,
    without: str = "",
) -> CtLogList:
    """The list of the examples' logs; ``state`` is that of B1."""
    made = tuple(
        CtLog(
            log_id(name).hex(),
            _public(name),
            f"{operator} {name}",
            operator,
            state if name == "B1" else LogState.USABLE,
            since,
            (FormerOperator("Gamma", datetime(2020, 1, 1, tzinfo=UTC)),),
        )
        for name, operator in OPERATORS.items()
        if name != without
    )
    return CtLogList(at, "the examples' logs", made)


def _sct(name: str, entry: bytes, at: datetime, *, spoil: bool = False) -> bytes:
    milliseconds = round(at.timestamp() * 1000).to_bytes(8)
    data = b"\0\0" + milliseconds + entry + b"\0\0"
    signature = key(f"log {name}").sign(data, ec.ECDSA(hashes.SHA256()))
    if spoil:
        signature = key("nobody's").sign(data, ec.ECDSA(hashes.SHA256()))
    tail = b"\x04\x03" + len(signature).to_bytes(2) + signature
    return b"\0" + log_id(name) + milliseconds + b"\0\0" + tail


UNREADABLE = b"\0\x31\0\x2f" + bytes(33) + b"\xff" * 8 + b"\0\0\4\3\0\0"


def as_list(scts: Sequence[bytes]) -> bytes:
    """A SignedCertificateTimestampList (RFC 6962 3.3)."""
    body = b"".join(len(one).to_bytes(2) + one for one in scts)
    return len(body).to_bytes(2) + body


def logged_leaf(
    *names: str, days: float = 90, at: datetime = SEEN, spoiled: Sequence[str] = ()
) -> bytes:
    """A leaf with the timestamps of these logs in it."""
    first = leaf(days=days, serial=4711)
    tbs = parse(first).tbs_certificate_bytes
    issuer = hashlib.sha256(der.spki(parse(intermediate()).tbs_certificate_bytes)).digest()
    entry = b"\0\1" + issuer + len(tbs).to_bytes(3) + tbs
    made = [_sct(name, entry, at, spoil=name in spoiled) for name in names]
    return leaf(days=days, serial=4711, extras=(embedding(as_list(made)),))


def embedding(timestamps: bytes) -> tuple[x509.ExtensionType, bool]:
    """The extension that carries a list of timestamps in a certificate."""
    oid = ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS
    return x509.UnrecognizedExtension(oid, element(der.OCTET_STRING, timestamps)), False


def sent_list(certificate: bytes, *names: str, at: datetime = SEEN) -> bytes:
    """The timestamps of these logs as the TLS extension carries them."""
    entry = b"\0\0" + len(certificate).to_bytes(3) + certificate
    return as_list([_sct(name, entry, at) for name in names])


def closed_network() -> TrustStore:
    """A store that was given in the place of browsers'."""
    return TrustStore((root(),), "roots.pem", is_replaced=True)
