"""The keys and records of TLS 1.0 to 1.2 (RFC 5246 5, 6; RFC 2246; RFC 7366; RFC 7627)."""

from __future__ import annotations

import hashlib
import hmac
import struct
from secrets import token_bytes
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.messages import Record

MASTER_BYTES, VERIFY_BYTES = 48, 12
TLS_1_0, TLS_1_1 = 0x0301, 0x0302


class Strength(NamedTuple):
    """The sizes of a cipher: key, block or nonce, and MAC in bytes."""

    key: int
    fixed_iv: int
    mac: int


def completable(suite: codes.Suite, version: str) -> bool:
    """Whether we can shake hands whole with a suite in a version."""
    is_known = (suite.enc, suite.mode) in {
        ("AES", "GCM"),
        ("AES", "CBC"),
        ("3DES", "CBC"),
        ("CHACHA20", "POLY1305"),
    }
    is_new = suite.aead or suite.mac in {"SHA256", "SHA384"}
    return (
        is_known
        and suite.kx in {"RSA", "DHE", "ECDHE"}
        and suite.auth in {"RSA", "DSS", "ECDSA"}
        and not suite.export
        and (version == "TLSv1.2" or not is_new)
        and not (suite.enc == "CHACHA20" and suite.tier != 1)
    )


def prf(version: str, name: str, secret: bytes, seed: bytes, size: int) -> bytes:
    """Make ``size`` bytes; ``seed`` begins with the label. TLS 1.0 and 1.1 join MD5 and SHA-1."""
    if version == "TLSv1.2":
        return _p_hash(name, secret, seed, size)
    half = (len(secret) + 1) // 2
    one = _p_hash("md5", secret[:half], seed, size)
    other = _p_hash("sha1", secret[-half:], seed, size)
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _p_hash(name: str, secret: bytes, seed: bytes, size: int) -> bytes:
    out, block = b"", seed
    while len(out) < size:
        block = hmac.digest(secret, block, name)
        out += hmac.digest(secret, block + seed, name)
    return out[:size]


def transcript_hash(version: str, name: str, transcript: bytes) -> bytes:
    """What Finished and the extended master secret are over."""
    if version == "TLSv1.2":
        return hashlib.new(name, transcript).digest()
    md5 = hashlib.md5(transcript, usedforsecurity=False).digest()
    return md5 + hashlib.sha1(transcript, usedforsecurity=False).digest()


def strength(suite: codes.Suite) -> Strength:
    """The sizes that the key block is cut by."""
    key = 24 if suite.enc == "3DES" else suite.bits // 8
    if suite.aead:
        return Strength(key, 12 if suite.enc == "CHACHA20" else 4, 0)
    block = 8 if suite.enc == "3DES" else 16
    return Strength(key, block, {"SHA1": 20, "SHA256": 32, "SHA384": 48}[suite.mac or ""])


class Direction(NamedTuple):
    """The keys of one direction."""

    mac: bytes
    key: bytes
    iv: bytes


def directions(suite: codes.Suite, block: bytes) -> tuple[Direction, Direction]:
    """Cut a key block into the client's direction and the server's (RFC 5246 6.3)."""
    size = strength(suite)
    cuts, at = [], 0
    for length in (size.mac, size.mac, size.key, size.key, size.fixed_iv, size.fixed_iv):
        cuts.append(block[at : at + length])
        at += length
    return Direction(cuts[0], cuts[2], cuts[4]), Direction(cuts[1], cuts[3], cuts[5])


class Flaw(NamedTuple):
    """What is made wrong in a record on purpose, to hear how the server refuses it."""

    padding: int = 0
    mac: int = 0


SOUND = Flaw()


class Protection:
    """Opens and seals the records of one direction."""

    def __init__(
        self, suite: codes.Suite, version: str, keys: Direction, *, etm: bool = False
    ) -> None:
        self._suite, self._number, self._keys = suite, codes.VERSIONS[version], keys
        self._etm = etm and not suite.aead
        self._sequence = 0
        self._iv = keys.iv
        self._hash = {"SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384"}.get(
            suite.mac or "", ""
        )
        if suite.enc == "CHACHA20":
            self._aead: AESGCM | ChaCha20Poly1305 | None = ChaCha20Poly1305(keys.key)
        else:
            self._aead = AESGCM(keys.key) if suite.aead else None

    def seal(self, content: int, data: bytes, flaw: Flaw = SOUND) -> bytes:
        """A protected record."""
        sequence = self._next()
        if self._aead:
            nonce, explicit = self._nonces(sequence)
            body = explicit + self._aead.encrypt(nonce, data, self._header(sequence, content, data))
        else:
            body = self._seal_cbc(sequence, content, data, flaw)
        return struct.pack("!BHH", content, self._number, len(body)) + body

    def open(self, record: Record) -> tuple[int, bytes]:
        """The content type and what a protected record holds; raises ``FormatError``."""
        sequence = self._next()
        try:
            if self._aead:
                return record.type, self._open_aead(sequence, record)
            return record.type, self._open_cbc(sequence, record)
        except (InvalidTag, ValueError, OverflowError, IndexError):
            raise FormatError("a protected record could not be opened") from None

    def _next(self) -> int:
        number, self._sequence = self._sequence, self._sequence + 1
        return number

    def _header(self, sequence: int, content: int, data: bytes) -> bytes:
        return struct.pack("!QBHH", sequence, content, self._number, len(data))

    def _nonces(self, sequence: int) -> tuple[bytes, bytes]:
        counter = sequence.to_bytes(8, "big")
        if self._suite.enc == "CHACHA20":
            whole = int.from_bytes(self._keys.iv, "big") ^ sequence
            return whole.to_bytes(12, "big"), b""
        return self._keys.iv + counter, counter

    def _open_aead(self, sequence: int, record: Record) -> bytes:
        body = record.fragment
        nonce, explicit = self._nonces(sequence)
        if explicit:
            nonce, body = self._keys.iv + body[:8], body[8:]
        header = self._header(sequence, record.type, body[:-16])
        return self._aead.decrypt(nonce, body, header) if self._aead else b""

    def _mac(self, header: bytes, data: bytes) -> bytes:
        return hmac.digest(self._keys.mac, header + data, self._hash)

    def _cipher(self, iv: bytes) -> Cipher[modes.CBC]:
        is_3des = self._suite.enc == "3DES"
        algorithm = TripleDES(self._keys.key) if is_3des else algorithms.AES(self._keys.key)
        return Cipher(algorithm, modes.CBC(iv))

    def _seal_cbc(self, sequence: int, content: int, data: bytes, flaw: Flaw) -> bytes:
        block = strength(self._suite).fixed_iv
        mac = (
            b""
            if self._etm
            else self._flawed_mac(self._header(sequence, content, data), data, flaw)
        )
        inner = data + mac
        count = block - (len(inner) + 1) % block if (len(inner) + 1) % block else 0
        padding = bytearray([count] * (count + 1))
        if flaw.padding:
            if count == 0:
                count = block
                padding = bytearray([count] * (count + 1))
            padding[0] ^= flaw.padding
        explicit = self._number > TLS_1_0
        iv = token_bytes(block) if explicit else self._iv
        sealed = _run(self._cipher(iv).encryptor(), inner + bytes(padding))
        self._iv = sealed[-block:]
        body = (iv if explicit else b"") + sealed
        if self._etm:
            header = struct.pack("!QBHH", sequence, content, self._number, len(body))
            body += self._flawed_mac(header, body, flaw)
        return body

    def _flawed_mac(self, header: bytes, data: bytes, flaw: Flaw) -> bytes:
        mac = bytearray(self._mac(header, data))
        mac[0] ^= flaw.mac
        return bytes(mac)

    def _open_cbc(self, sequence: int, record: Record) -> bytes:
        size = strength(self._suite)
        body = record.fragment
        if self._etm:
            body, mac = body[: -size.mac], body[-size.mac :]
            header = struct.pack("!QBHH", sequence, record.type, self._number, len(body))
            if not hmac.compare_digest(mac, self._mac(header, body)):
                raise ValueError("the MAC does not verify")
        iv = self._iv
        if self._number > TLS_1_0:
            iv, body = body[: size.fixed_iv], body[size.fixed_iv :]
        plain = _run(self._cipher(iv).decryptor(), body)
        self._iv = body[-size.fixed_iv :]
        count = plain[-1] + 1
        if plain[-count:] != bytes([count - 1]) * count:  # RFC 5246 6.2.3.2
            raise ValueError("the padding is wrong")
        inner = plain[:-count]
        if self._etm:
            return inner
        data, mac = inner[: -size.mac], inner[-size.mac :]
        if not hmac.compare_digest(mac, self._mac(self._header(sequence, record.type, data), data)):
            raise ValueError("the MAC does not verify")
        return data


def _run(context: CipherContext, data: bytes) -> bytes:
    return context.update(data) + context.finalize()
