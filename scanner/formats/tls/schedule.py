"""The keys and records of TLS 1.3 (RFC 8446 5.2, 7)."""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305

from scanner.formats.error import FormatError
from scanner.formats.tls.messages import Record


class Aead(Protocol):
    """An AEAD cipher of the cryptography package."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The protected text."""

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
    0x1304: Cipher("sha256", 16, AESCCM),
    0x1305: Cipher("sha256", 16, lambda key: AESCCM(key, tag_length=8)),
}


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


class Protection:
    """Opens and seals the records of one direction under one traffic secret."""

    def __init__(self, suite: int, secret: bytes) -> None:
        cipher = CIPHERS[suite]
        self.secret, self._hash = secret, cipher.hash
        self._aead = cipher.aead(expand_label(secret, "key", b"", cipher.key_bytes, cipher.hash))
        self._iv = int.from_bytes(expand_label(secret, "iv", b"", 12, cipher.hash), "big")
        self._sequence = 0

    def finished(self, transcript: bytes) -> bytes:
        """The verify_data of this direction's Finished (RFC 8446 4.4.4)."""
        size = hashlib.new(self._hash).digest_size
        key = expand_label(self.secret, "finished", b"", size, self._hash)
        return hmac.digest(key, hashlib.new(self._hash, transcript).digest(), self._hash)

    def open(self, record: Record) -> tuple[int, bytes]:
        """The content type and the fragment inside a protected record."""
        try:
            inner = self._aead.decrypt(self._nonce(), record.fragment, record.header)
        except (InvalidTag, ValueError, OverflowError):
            raise FormatError("a protected record could not be opened") from None
        inner = inner.rstrip(b"\0")
        if not inner:
            raise FormatError("a protected record holds nothing")
        return inner[-1], inner[:-1]

    def seal(self, content: int, fragment: bytes) -> bytes:
        """A protected record."""
        inner = fragment + bytes([content])
        header = struct.pack("!BHH", 23, 0x0303, len(inner) + self._tag)
        return header + self._aead.encrypt(self._nonce(), inner, header)

    @property
    def _tag(self) -> int:
        return len(self._aead.encrypt(bytes(12), b"", b""))

    def _nonce(self) -> bytes:
        counter, self._sequence = self._sequence, self._sequence + 1
        return (self._iv ^ counter).to_bytes(12, "big")


class Schedule:
    """The secrets of one handshake, from the shared one."""

    def __init__(self, suite: int, shared: bytes, transcript: bytes) -> None:
        self._suite, self._hash = suite, CIPHERS[suite].hash
        self._size = hashlib.new(self._hash).digest_size
        zero = bytes(self._size)
        early = hmac.digest(zero, zero, self._hash)
        self._handshake = hmac.digest(self._derived(early), shared, self._hash)
        self.client = self._protection(self._handshake, "c hs traffic", transcript)
        self.server = self._protection(self._handshake, "s hs traffic", transcript)

    def digest(self, transcript: bytes) -> bytes:
        """The transcript hash."""
        return hashlib.new(self._hash, transcript).digest()

    def application(self, transcript: bytes) -> tuple[Protection, Protection]:
        """What protects application data: the client's direction, the server's."""
        master = hmac.digest(self._derived(self._handshake), bytes(self._size), self._hash)
        return (
            self._protection(master, "c ap traffic", transcript),
            self._protection(master, "s ap traffic", transcript),
        )

    def _derived(self, secret: bytes) -> bytes:
        empty = hashlib.new(self._hash).digest()
        return expand_label(secret, "derived", empty, self._size, self._hash)

    def _protection(self, secret: bytes, label: str, transcript: bytes) -> Protection:
        context = self.digest(transcript)
        traffic = expand_label(secret, label, context, self._size, self._hash)
        return Protection(self._suite, traffic)


def retry_transcript(suite: int, first_hello: bytes) -> bytes:
    """What stands for the first hello once the server asked for another (RFC 8446 4.4.1)."""
    name = CIPHERS[suite].hash if suite in CIPHERS else "sha256"
    digest = hashlib.new(name, first_hello).digest()
    return b"\xfe\x00\x00" + bytes([len(digest)]) + digest
