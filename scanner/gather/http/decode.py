"""Undoes content codings with a bound in both directions (RFC 9110 8.4)."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli

MOST_LAYERS = 3


class Decoder(Protocol):
    """Gives at most ``limit`` bytes for what it is fed."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """The next decoded bytes; raises ``ValueError`` on bytes that are not of this coding."""


class _Inflate:
    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self._wbits = wbits
        self._started = False

    def feed(self, data: bytes, limit: int) -> bytes:
        try:
            out = self._inner.decompress(data, limit)
        except zlib.error as error:
            if self._started or self._wbits != zlib.MAX_WBITS:
                raise ValueError(str(error)) from None
            self._wbits = -zlib.MAX_WBITS  # deflate without the zlib wrapper is common
            self._inner = zlib.decompressobj(self._wbits)
            return self.feed(data, limit)
        self._started = self._started or bool(data)
        return out


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes, limit: int) -> bytes:
        try:
            out: bytes = self._inner.process(data, output_buffer_limit=limit)
        except brotli.error as error:
            raise ValueError(str(error)) from None
        return out[:limit]


def decoders(coding: str) -> list[Decoder]:
    """The decoders of a Content-Encoding, the last applied first; an unknown one ends the list."""
    made: list[Decoder] = []
    for name in reversed([one.strip().lower() for one in coding.split(",") if one.strip()]):
        match name:
            case "gzip" | "x-gzip":
                made.append(_Inflate(zlib.MAX_WBITS | 16))
            case "deflate":
                made.append(_Inflate(zlib.MAX_WBITS))
            case "br":
                made.append(_Brotli())
            case "identity":
                continue
            case _:
                raise ValueError(name)
    if len(made) > MOST_LAYERS:
        raise ValueError(coding)
    return made


class Body:
    """Collects a body as it arrives: capped on the wire and after decoding."""

    def __init__(self, coding: str, most_wire: int, most_decoded: int) -> None:
        self.data = bytearray()
        self.truncated = False
        self.is_malformed = False
        self._wire = most_wire
        self._most = most_decoded
        try:
            self._decoders = decoders(coding)
        except ValueError:
            self._decoders, self.is_malformed = [], True

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes of the wire; false when no more are wanted."""
        piece = chunk[: self._wire]
        self._wire -= len(piece)
        self._take(piece)
        self.truncated = self.truncated or len(piece) < len(chunk) or len(self.data) >= self._most
        return not (self.truncated or self.is_malformed) and self._wire > 0

    def _take(self, piece: bytes) -> None:
        room = self._most - len(self.data)
        try:
            for decoder in self._decoders:
                piece = decoder.feed(piece, max(room, 1))
        except ValueError:
            self.is_malformed = True
            return
        self.data += piece[:room]
