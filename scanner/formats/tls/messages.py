"""Reads records and handshake messages, however cut; any bytes give a value or an error."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.hello import (
    ALPN,
    COOKIE,
    KEY_SHARE,
    SCT,
    STATUS_REQUEST,
    VERSIONS,
)
from scanner.formats.tls.reader import Reader, vectors

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION, HEARTBEAT = 20, 21, 22, 23, 24
CONTENT_TYPES = frozenset({CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION, HEARTBEAT})
LARGEST_RECORD = (1 << 14) + 2048
LARGEST_MESSAGE = 256 << 10
MOST_CERTIFICATES = 12
LARGEST_CERTIFICATE = 64 << 10
HELLO_REQUEST, SERVER_HELLO, NEW_SESSION_TICKET, ENCRYPTED_EXTENSIONS = 0, 2, 4, 8
CERTIFICATE, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, SERVER_HELLO_DONE = 11, 12, 13, 14
CERTIFICATE_VERIFY, FINISHED, CERTIFICATE_STATUS = 15, 20, 22
OCSP = 1


class Record(Struct, frozen=True):
    """One record: its content type, its header as sent, its fragment."""

    type: int
    header: bytes
    fragment: bytes


class ServerHello(Struct, frozen=True):
    """What the server chose; of a HelloRetryRequest (``is_retry``) ``group`` is what it asks."""

    version: str
    suite: int
    random: bytes = b""
    session_id: bytes = b""
    compression: int = 0
    is_retry: bool = False
    group: int | None = None
    share: bytes = b""
    extensions: dict[int, bytes] = {}
    message: bytes = b""

    @property
    def alpn(self) -> str:
        """The protocol that the answer names; empty where it names none."""
        return alpn(self.extensions.get(ALPN, b""))

    @property
    def cookie(self) -> bytes:
        """What the second hello must bring back."""
        return self.extensions.get(COOKIE, b"")

    @property
    def sentinel(self) -> str:
        """What the server says it could do better, ``1.3`` or ``1.2`` (RFC 8446 4.1.3)."""
        return codes.SENTINELS.get(self.random[-8:], "")


class Served(Struct, frozen=True):
    """A Certificate message: the chain as sent, and what stands beside the leaf in TLS 1.3."""

    chain: tuple[bytes, ...]
    staple: bytes = b""
    scts: bytes = b""


class SessionTicket(Struct, frozen=True):
    """A NewSessionTicket. ``early_data`` is max_early_data_size, ``None`` where it is not sent."""

    lifetime: int
    ticket: bytes
    early_data: int | None = None


class Records:
    """Cuts a byte stream into records; raises ``FormatError`` where it is not TLS."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Record]:
        """The records that are complete so far."""
        self._buffer += data
        while len(self._buffer) >= 5:  # noqa: PLR2004 - RFC 8446 5.1: type, version, length
            kind, major, _, length = struct.unpack_from("!BBBH", self._buffer)
            strange = major != 3 and kind != ALERT  # noqa: PLR2004 - old stacks' alerts say 0
            if kind not in CONTENT_TYPES or strange or length > LARGEST_RECORD:
                start = bytes(self._buffer[:16])
                raise FormatError("the answer begins with {start}", start=_readable(start))
            if len(self._buffer) < 5 + length:
                return
            header, fragment = bytes(self._buffer[:5]), bytes(self._buffer[5 : 5 + length])
            del self._buffer[: 5 + length]
            yield Record(kind, header, fragment)


def _readable(start: bytes) -> str:
    """What a person recognises: the first line of text, else the bytes."""
    line = start.splitlines()[0] if start.splitlines() else b""
    text = line.decode("latin-1")
    return f"'{text}'" if text.isascii() and text.isprintable() and text else start.hex()


class Messages:
    """Puts handshake messages together from the fragments of records."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, fragment: bytes) -> Iterator[bytes]:
        """The messages that are complete so far, each with its header of four bytes."""
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
            yield whole


def server_hello(message: bytes) -> ServerHello:
    """Read a ServerHello or HelloRetryRequest (RFC 8446 4.1.3), from its message with header."""
    reader = Reader(message[4:])
    legacy = reader.number(2)
    random = reader.take(32)
    session_id = reader.vector(1)
    suite = reader.number(2)
    compression = reader.number(1)
    found = extensions(reader)
    chosen = found.get(VERSIONS)
    number = int.from_bytes(chosen, "big") if chosen is not None else legacy
    is_retry = random == codes.HELLO_RETRY
    group, share = _key_share(found.get(KEY_SHARE, b""), is_retry=is_retry)
    return ServerHello(
        version=codes.NAMES_OF_VERSIONS.get(number, f"0x{number:04X}"),
        suite=suite,
        random=random,
        session_id=session_id,
        compression=compression,
        is_retry=is_retry,
        group=group,
        share=share,
        extensions=found,
        message=message,
    )


def extensions(reader: Reader) -> dict[int, bytes]:
    """The extensions that stand at the end of a message; none where it ends before them."""
    if reader.is_done:
        return {}
    inner = Reader(reader.vector(2))
    found: dict[int, bytes] = {}
    while not inner.is_done:
        code = inner.number(2)
        found[code] = inner.vector(2)
    return found


def _key_share(data: bytes, *, is_retry: bool) -> tuple[int | None, bytes]:
    if not data:
        return None, b""
    reader = Reader(data)
    group = reader.number(2)
    return group, b"" if is_retry else reader.vector(2)


def alpn(data: bytes) -> str:
    """The one protocol of an ALPN answer (RFC 7301 3.1)."""
    if not data:
        return ""
    return Reader(Reader(data).vector(2)).vector(1).decode("latin-1")


def encrypted_extensions(message: bytes) -> dict[int, bytes]:
    """What EncryptedExtensions holds (RFC 8446 4.3.1)."""
    return extensions(Reader(message[4:]))


def certificates(message: bytes, version: str) -> Served:
    """A Certificate message (RFC 8446 4.4.2, RFC 5246 7.4.2), leaf first."""
    reader = Reader(message[4:])
    is_13 = version == "TLSv1.3"
    if is_13:
        reader.vector(1)
    inner = Reader(reader.vector(3))
    found: list[bytes] = []
    beside: dict[int, bytes] = {}
    while not inner.is_done and len(found) < MOST_CERTIFICATES:
        one = inner.vector(3)
        if len(one) > LARGEST_CERTIFICATE:
            text = "a certificate is {length} bytes long"
            raise FormatError(text, length=len(one))
        found.append(one)
        if is_13:
            after = extensions(inner)
            beside = beside or (after if len(found) == 1 else {})
    staple = beside.get(STATUS_REQUEST, b"")
    return Served(tuple(found), _staple(Reader(staple)) if staple else b"", beside.get(SCT, b""))


def certificate_status(message: bytes) -> bytes:
    """The stapled OCSP response of a CertificateStatus message (RFC 6066 8)."""
    return _staple(Reader(message[4:]))


def _staple(reader: Reader) -> bytes:
    if reader.number(1) != OCSP:
        return b""
    return reader.vector(3)


def session_ticket(message: bytes, version: str) -> SessionTicket:
    """Read NewSessionTicket (RFC 8446 4.6.1; RFC 5077 3.3)."""
    reader = Reader(message[4:])
    lifetime = reader.number(4)
    if version != "TLSv1.3":
        return SessionTicket(lifetime, reader.vector(2))
    reader.take(4)
    reader.vector(1)
    ticket = reader.vector(2)
    early = extensions(reader).get(42)
    size = int.from_bytes(early, "big") if early is not None else None
    return SessionTicket(lifetime, ticket, size)


def certificate_request(message: bytes, version: str) -> tuple[int, ...]:
    """The signature schemes that a client certificate may use; raises where it is garbled."""
    reader = Reader(message[4:])
    if version == "TLSv1.3":
        reader.vector(1)
        asked = extensions(reader).get(13, b"\0\0")
        return vectors(Reader(asked).vector(2), 2)
    reader.vector(1)
    schemes = reader.vector(2) if version == "TLSv1.2" else b""
    reader.vector(2)
    return vectors(schemes, 2)
