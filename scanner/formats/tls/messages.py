"""Reads records and handshake messages, however cut; any bytes give a value or an error."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.hello import ALPN, COOKIE, KEY_SHARE, VERSIONS

ALERT, HANDSHAKE, APPLICATION, CHANGE_CIPHER_SPEC = 21, 22, 23, 20
CONTENT_TYPES = frozenset({ALERT, HANDSHAKE, APPLICATION, CHANGE_CIPHER_SPEC, 24})
LARGEST_RECORD = (1 << 14) + 2048
LARGEST_MESSAGE = 256 << 10
MOST_CERTIFICATES = 12
LARGEST_CERTIFICATE = 64 << 10
SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE, SERVER_HELLO_DONE = 2, 8, 11, 14
HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class Record(Struct, frozen=True):
    """One record: its content type, its header as sent, its fragment."""

    type: int
    header: bytes
    fragment: bytes


class ServerHello(Struct, frozen=True):
    """What the server chose; of a HelloRetryRequest (``is_retry``) ``group`` is what it asks."""

    version: str
    suite: int
    is_retry: bool = False
    group: int | None = None
    share: bytes = b""
    cookie: bytes = b""
    alpn: str = ""


class Records:
    """Cuts a byte stream into records; raises ``FormatError`` where it is not TLS."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Record]:
        """The records that are complete so far."""
        self._buffer += data
        while len(self._buffer) >= 5:  # noqa: PLR2004 - RFC 8446 5.1: type, version, length
            kind, major, _, length = struct.unpack_from("!BBBH", self._buffer)
            if kind not in CONTENT_TYPES or major != 3 or length > LARGEST_RECORD:  # noqa: PLR2004
                start = bytes(self._buffer[:16])
                message = "the answer is not TLS: it begins with {start}"
                raise FormatError(message, start=repr(start))
            if len(self._buffer) < 5 + length:
                return
            header, fragment = bytes(self._buffer[:5]), bytes(self._buffer[5 : 5 + length])
            del self._buffer[: 5 + length]
            yield Record(kind, header, fragment)


class Messages:
    """Puts handshake messages together from the fragments of records."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, fragment: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages that are complete so far: type, and the whole message with its header."""
        self._buffer += fragment
        while len(self._buffer) >= 4:  # noqa: PLR2004 - RFC 8446 4: type and three bytes of length
            length = int.from_bytes(self._buffer[1:4], "big")
            if length > LARGEST_MESSAGE:
                message = "a handshake message says it is {length} bytes long"
                raise FormatError(message, length=length)
            if len(self._buffer) < 4 + length:
                return
            whole = bytes(self._buffer[: 4 + length])
            del self._buffer[: 4 + length]
            yield whole[0], whole


class _Reader:
    """Takes a message apart; raises ``FormatError`` where it ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._data)

    def take(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            message = "a handshake message ends too early"
            raise FormatError(message)
        piece = self._data[self._at : self._at + count]
        self._at += count
        return piece

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))


def server_hello(message: bytes) -> ServerHello:
    """Read a ServerHello or HelloRetryRequest (RFC 8446 4.1.3), from its message with header."""
    reader = _Reader(message[4:])
    legacy = reader.number(2)
    random = reader.take(32)
    reader.vector(1)
    suite = reader.number(2)
    reader.take(1)
    found = _extensions(reader)
    chosen = found.get(VERSIONS)
    number = int.from_bytes(chosen, "big") if chosen is not None else legacy
    is_retry = random == HELLO_RETRY
    group, share = _key_share(found.get(KEY_SHARE, b""), is_retry)
    return ServerHello(
        version=codes.NAMES_OF_VERSIONS.get(number, f"0x{number:04X}"),
        suite=suite,
        is_retry=is_retry,
        group=group,
        share=share,
        cookie=found.get(COOKIE, b""),
        alpn=_alpn(found.get(ALPN, b"")),
    )


def _extensions(reader: _Reader) -> dict[int, bytes]:
    if reader.is_done:
        return {}
    inner = _Reader(reader.vector(2))
    found: dict[int, bytes] = {}
    while not inner.is_done:
        code = inner.number(2)
        found[code] = inner.vector(2)
    return found


def _key_share(data: bytes, is_retry: object) -> tuple[int | None, bytes]:
    if not data:
        return None, b""
    reader = _Reader(data)
    group = reader.number(2)
    return group, b"" if is_retry else reader.vector(2)


def _alpn(data: bytes) -> str:
    if not data:
        return ""
    return _Reader(_Reader(data).vector(2)).vector(1).decode("latin-1")


def encrypted_alpn(message: bytes) -> str:
    """The protocol that EncryptedExtensions names (RFC 8446 4.3.1); empty where it names none."""
    return _alpn(_extensions(_Reader(message[4:])).get(ALPN, b""))


def certificates(message: bytes, version: str) -> tuple[bytes, ...]:
    """The certificates of a Certificate message, as sent, leaf first (RFC 8446 4.4.2)."""
    reader = _Reader(message[4:])
    is_13 = version == "TLSv1.3"
    if is_13:
        reader.vector(1)
    inner = _Reader(reader.vector(3))
    found: list[bytes] = []
    while not inner.is_done and len(found) < MOST_CERTIFICATES:
        one = inner.vector(3)
        if len(one) > LARGEST_CERTIFICATE:
            message_ = "a certificate is {length} bytes long"
            raise FormatError(message_, length=len(one))
        found.append(one)
        if is_13:
            inner.vector(2)
    return tuple(found)
