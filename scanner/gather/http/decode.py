"""Undoes content codings with a bound in both directions (RFC 9110 8.4)."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli

MOST_LAYERS = 3
KNOWN = frozenset({"gzip", "x-gzip", "deflate", "br", "identity"})
# Codings of IANA's registry that are not asked for and not undone.
REGISTERED = frozenset(
    {"aes128gcm", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"}
)


class Decoder(Protocol):
    """Gives at most ``limit`` bytes for what it is fed."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """The next decoded bytes; raises ``ValueError`` on bytes that are not of this coding."""

    @property
    def is_whole(self) -> bool:
        """Whether what was fed came to its end, or was nothing."""


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

    @property
    def is_whole(self) -> bool:
        return self._inner.eof or not self._started


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._started = False

    def feed(self, data: bytes, limit: int) -> bytes:
        try:
            self._started = self._started or bool(data)
            out: bytes = self._inner.process(data, output_buffer_limit=limit)
        except brotli.error as error:
            raise ValueError(str(error)) from None
        return out[:limit]

    @property
    def is_whole(self) -> bool:
        return self._inner.is_finished() or not self._started


def decoders(coding: str) -> list[Decoder]:
    """The decoders of a Content-Encoding, the last applied first.

    A word that is no coding (``none``, ``utf-8``) leaves the body as it is, as browsers do; a
    coding that is not undone here raises ``ValueError``.
    """
    names = [one.strip().lower() for one in coding.split(",") if one.strip()]
    if len(names) > MOST_LAYERS or not REGISTERED.isdisjoint(names):
        raise ValueError(coding)
    if not KNOWN.issuperset(names):
        return []
    return [_decoder(one) for one in reversed(names) if one != "identity"]


def _decoder(name: str) -> Decoder:
    if name == "br":
        return _Brotli()
    return _Inflate(zlib.MAX_WBITS if name == "deflate" else zlib.MAX_WBITS | 16)


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

    @property
    def is_whole(self) -> bool:
        """Whether every content coding came to its end: a cut one gives only a beginning."""
        return all(one.is_whole for one in self._decoders)

    def _take(self, piece: bytes) -> None:
        room = self._most - len(self.data)
        try:
            for decoder in self._decoders:
                piece = decoder.feed(piece, max(room, 1))
        except ValueError:
            self.is_malformed = True
            return
        self.data += piece[:room]
