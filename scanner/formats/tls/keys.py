"""The RSA keys of an endpoint, by hash: what DROWN by a shared key is told from."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scanner.fact import Members, Unknown
from scanner.formats.tls.signature import public_key
from scanner.observation import Unobserved
from scanner.observation.tls import ServedCertificates


def rsa_keys(served: ServedCertificates | Unobserved) -> Members | Unknown:
    """SHA-256 of the SubjectPublicKeyInfo of every leaf with an RSA key."""
    if isinstance(served, Unobserved):
        return Unknown(served.reason, served.detail)
    hashes = (spki_hash(chain.certificates[0]) for chain in served.chains if chain.certificates)
    return Members(tuple(sorted({one for one in hashes if one})), served.is_complete)


def spki_hash(der: bytes) -> str:
    """The hash of a leaf's key; empty where it is not RSA."""
    key = public_key(der)
    if not isinstance(key, rsa.RSAPublicKey):
        return ""
    return hashlib.sha256(
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).hexdigest()
