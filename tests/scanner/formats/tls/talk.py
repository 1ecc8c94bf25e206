"""Runs scripts without a socket: against bytes of the test, or a TLS server in memory."""

from __future__ import annotations

import ssl
import struct
from contextlib import suppress
from typing import TypeVar

from scanner.formats.tls.wire import Ended, Heard, Kind, Script

T = TypeVar("T")


def heard(script: Script[T], *pieces: bytes, end: Kind = Kind.CLOSED) -> T:
    """The result of a script that hears these bytes, and then how the line ends."""
    waiting: list[Heard] = [*pieces]
    try:
        next(script)
        while True:
            script.send(waiting.pop(0) if waiting else Ended(end))
    except StopIteration as done:
        result: T = done.value
        return result


def shaken(script: Script[T], server: ssl.SSLContext, *, size: int = 1 << 16) -> T:
    """The result of a script that speaks with a server in memory, its bytes cut in pieces.

    The server echoes application data, and says nothing where nothing came.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    peer = server.wrap_bio(incoming, outgoing, server_side=True)
    queue: list[bytes] = []
    try:
        say = next(script)
        while True:
            if say.data:
                incoming.write(say.data)
            _work(peer)
            data = outgoing.read()
            queue += [data[at : at + size] for at in range(0, len(data), size)]
            say = script.send(queue.pop(0) if queue else Ended(Kind.TIMED_OUT))
    except StopIteration as done:
        result: T = done.value
        return result


def _work(peer: ssl.SSLObject) -> None:
    with suppress(ssl.SSLError):
        peer.do_handshake()
        while data := peer.read(1 << 14):
            peer.write(data)


def framed(message: bytes, *, content: int = 22, version: int = 0x0303) -> bytes:
    """A record."""
    return struct.pack("!BHH", content, version, len(message)) + message


def message(kind: int, body: bytes) -> bytes:
    """A handshake message."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def vector(data: bytes, width: int = 2) -> bytes:
    """A vector with its length."""
    return len(data).to_bytes(width, "big") + data


def server_hello(
    suite: int,
    *,
    version: int = 0x0303,
    extensions: bytes = b"",
    random: bytes = bytes(32),
    session_id: bytes = b"",
    compression: int = 0,
) -> bytes:
    """A ServerHello in its record."""
    body = struct.pack("!H", version) + random + vector(session_id, 1)
    body += struct.pack("!HB", suite, compression)
    if extensions:
        body += vector(extensions)
    return framed(message(2, body))


def extension(code: int, data: bytes) -> bytes:
    """An extension."""
    return struct.pack("!H", code) + vector(data)
