"""The hello of SSL 2.0 and its answer (draft-hickman-netscape-ssl-00)."""

from __future__ import annotations

import struct
from secrets import token_bytes

from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.reader import Reader, vectors
from scanner.formats.tls.wire import Ended, Kind, Say, Script

CLIENT_HELLO, SERVER_HELLO, ERROR = 1, 4, 0
LARGEST = 32 << 10
ALERT_RECORD = 21


class Ssl2Answer(Struct, frozen=True):
    """What an SSL 2.0 hello got. A SERVER-HELLO without any kind still counts as offered."""

    kind: Kind
    kinds: tuple[int, ...] = ()
    certificate: bytes = b""
    detail: str = ""


def hello() -> bytes:
    """A CLIENT-HELLO that offers every cipher kind."""
    kinds = b"".join(number.to_bytes(3, "big") for number in codes.cipher_kinds())
    body = struct.pack("!BHHHH", CLIENT_HELLO, 2, len(kinds), 0, 16) + kinds + token_bytes(16)
    return struct.pack("!H", 0x8000 | len(body)) + body


def server_hello(body: bytes) -> Ssl2Answer:
    """Read a SERVER-HELLO, from its record without the header; raises ``FormatError``."""
    reader = Reader(body)
    if reader.number(1) != SERVER_HELLO:
        raise FormatError("the answer is no SSL 2.0 SERVER-HELLO")
    reader.take(2)  # session-id-hit, certificate-type
    if reader.number(2) != 2:  # noqa: PLR2004 - the version
        raise FormatError("the SERVER-HELLO is not of SSL 2.0")
    certificate, kinds, connection = reader.number(2), reader.number(2), reader.number(2)
    der, listed = reader.take(certificate), reader.take(kinds)
    reader.take(connection)
    return Ssl2Answer(Kind.ANSWERED, vectors(listed, 3), der)


def ask_sslv2() -> Script[Ssl2Answer]:
    """Send the hello and read the one answer; a TLS alert, or a close, refuses."""
    data = bytearray()
    say = Say(hello())
    while True:
        heard = yield say
        say = Say(b"")
        if isinstance(heard, Ended):
            return Ssl2Answer(heard.kind, detail=heard.detail)
        data += heard
        if len(data) < 3 or (body := _body(data)) is None:  # noqa: PLR2004 - header and type
            continue
        if data[0] == ALERT_RECORD:
            return Ssl2Answer(Kind.ALERTED, detail="a TLS alert")
        try:
            return server_hello(body)
        except FormatError as error:
            is_error = bool(body) and body[0] == ERROR
            kind = Kind.ALERTED if is_error else Kind.MALFORMED
            detail = "an SSL 2.0 error" if is_error else error.message.text
            return Ssl2Answer(kind, detail=detail)


def _body(data: bytearray) -> bytes | None:
    """The record's content, once it is whole; what is too long is cut and fails to read."""
    header = 2 if data[0] & 0x80 else 3
    length = ((data[0] & 0x7F) << 8 | data[1]) if header == 2 else (data[0] & 0x3F) << 8 | data[1]  # noqa: PLR2004
    if data[0] == ALERT_RECORD:
        return b""
    if len(data) < min(header + length, LARGEST):
        return None
    return bytes(data[header : header + length])
