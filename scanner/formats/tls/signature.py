"""Whether a handshake signature was made with the certificate's key: proof of possession."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from scanner.formats.certificate_parts import UNREADABLE, quietly

HASHES: dict[str, hashes.HashAlgorithm] = {
    "MD5": hashes.MD5(),  # noqa: S303 - what the server signed with
    "SHA1": hashes.SHA1(),  # noqa: S303 - the same
    "SHA224": hashes.SHA224(),
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}
LEGACY = 0  # before TLS 1.2 no scheme is named: RSA signs MD5 and SHA-1, the others SHA-1
CONTEXT_13 = b" " * 64 + b"TLS 1.3, server CertificateVerify\0"


def public_key(der: bytes) -> object | None:
    """The key of a certificate; ``None`` where it cannot be read."""
    try:
        return quietly(lambda: x509.load_der_x509_certificate(der).public_key())
    except UNREADABLE:
        return None


def verifies(leaf: bytes, name: str, signature: bytes, data: bytes) -> bool | None:
    """Whether ``signature`` over ``data`` is the leaf's; ``None`` where we cannot tell.

    ``name`` is the scheme's name, empty before TLS 1.2.
    """
    key = public_key(leaf)
    algorithm = HASHES.get(name.rpartition("_")[2].upper(), hashes.SHA1())  # noqa: S303
    try:
        match key:
            case rsa.RSAPublicKey():
                return _rsa(key, name, signature, data)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, data, ec.ECDSA(algorithm))
            case dsa.DSAPublicKey():
                key.verify(signature, data, algorithm)
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
                key.verify(signature, data)
            case _:
                return None
    except InvalidSignature:
        return False
    except (ValueError, UnsupportedAlgorithm):
        return None
    return True


def _rsa(key: rsa.RSAPublicKey, name: str, signature: bytes, data: bytes) -> bool | None:
    if not name:
        both = hashlib.md5(data, usedforsecurity=False).digest()
        both += hashlib.sha1(data, usedforsecurity=False).digest()
        return key.recover_data_from_signature(signature, padding.PKCS1v15(), None) == both
    algorithm = HASHES.get(name.rpartition("_")[2].upper())
    if algorithm is None:
        return None
    if "pss" in name:
        pss = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
        key.verify(signature, data, pss, algorithm)
    else:
        key.verify(signature, data, padding.PKCS1v15(), algorithm)
    return True


def curve_of(der: bytes) -> str:
    """The registry's name of the curve of a certificate's key; empty where it has none."""
    key = public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return ""
    return str(key.curve.name)
