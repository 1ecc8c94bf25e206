"""The keys of a TLS 1.3 handshake, as far as reading the certificate needs (RFC 8446 7)."""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scanner.formats.error import FormatError
from scanner.formats.tls.messages import Record

X25519, X448, P256, P384, P521 = 29, 30, 23, 24, 25
CURVES: dict[int, type[ec.EllipticCurve]] = {
    P256: ec.SECP256R1,
    P384: ec.SECP384R1,
    P521: ec.SECP521R1,
}


class Aead(Protocol):
    """An AEAD cipher of the cryptography package."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plain text; raises ``InvalidTag``."""


class Cipher(NamedTuple):
    """What a TLS 1.3 suite is made of."""

    hash: str
    key_bytes: int
    aead: Callable[[bytes], Aead]


CIPHERS = {
    0x1301: Cipher("sha256", 16, AESGCM),
    0x1302: Cipher("sha384", 32, AESGCM),
    0x1303: Cipher("sha256", 32, ChaCha20Poly1305),
}


class KeyPair(NamedTuple):
    """A key of ours in one group: what we send, and how the shared secret is made."""

    group: int
    public: bytes
    agree: Callable[[bytes], bytes]


def key_pair(group: int) -> KeyPair | None:
    """A fresh key pair of a group that we can complete; ``None`` for any other."""
    if group == X25519:
        mine = x25519.X25519PrivateKey.generate()
        raw = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return KeyPair(
            group, raw, lambda peer: mine.exchange(x25519.X25519PublicKey.from_public_bytes(peer))
        )
    if group == X448:
        long = x448.X448PrivateKey.generate()
        raw = long.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return KeyPair(
            group, raw, lambda peer: long.exchange(x448.X448PublicKey.from_public_bytes(peer))
        )
    if group in CURVES:
        curve = CURVES[group]()
        key = ec.generate_private_key(curve)
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return KeyPair(
            group,
            point,
            lambda peer: key.exchange(
                ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, peer)
            ),
        )
    return None


def expand_label(secret: bytes, label: str, context: bytes, length: int, name: str) -> bytes:
    """HKDF-Expand-Label (RFC 8446 7.1)."""
    full = b"tls13 " + label.encode()
    info = struct.pack("!H", length) + bytes([len(full)]) + full + bytes([len(context)]) + context
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(secret, block + info + bytes([counter]), name)
        out += block
        counter += 1
    return out[:length]


class Decryptor:
    """Opens the records that the server protects with its handshake traffic keys."""

    def __init__(self, suite: int, secret: bytes, transcript: bytes) -> None:
        cipher = CIPHERS[suite]
        zero = bytes(hashlib.new(cipher.hash).digest_size)
        empty = hashlib.new(cipher.hash).digest()
        early = hmac.digest(zero, zero, cipher.hash)
        derived = expand_label(early, "derived", empty, len(zero), cipher.hash)
        handshake = hmac.digest(derived, secret, cipher.hash)
        context = hashlib.new(cipher.hash, transcript).digest()
        traffic = expand_label(handshake, "s hs traffic", context, len(zero), cipher.hash)
        key = expand_label(traffic, "key", b"", cipher.key_bytes, cipher.hash)
        self._iv = expand_label(traffic, "iv", b"", 12, cipher.hash)
        self._aead = cipher.aead(key)
        self._sequence = 0

    def open(self, record: Record) -> tuple[int, bytes]:
        """The content type and the fragment inside a protected record (RFC 8446 5.2)."""
        counter = self._sequence.to_bytes(12, "big")
        nonce = bytes(a ^ b for a, b in zip(self._iv, counter, strict=True))
        self._sequence += 1
        try:
            inner = self._aead.decrypt(nonce, record.fragment, record.header)
        except (InvalidTag, ValueError, OverflowError):
            message = "a protected record could not be opened"
            raise FormatError(message) from None
        inner = inner.rstrip(b"\0")
        if not inner:
            message = "a protected record holds nothing"
            raise FormatError(message)
        return inner[-1], inner[:-1]


def retry_transcript(suite: int, first_hello: bytes) -> bytes:
    """What stands for the first hello once the server asked for another (RFC 8446 4.4.1)."""
    name = CIPHERS[suite].hash if suite in CIPHERS else "sha256"
    digest = hashlib.new(name, first_hello).digest()
    return b"\xfe\x00\x00" + bytes([len(digest)]) + digest
