"""Takes a message apart; raises ``FormatError`` where it ends too early."""

from __future__ import annotations

from scanner.formats.error import FormatError


class Reader:
    """A place in some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self._data)

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if self.at + count > len(self._data):
            message = "a handshake message ends too early"
            raise FormatError(message)
        piece = self._data[self.at : self.at + count]
        self.at += count
        return piece

    def number(self, width: int) -> int:
        """The next ``width`` bytes as a number."""
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        """The bytes that a length of ``width`` bytes stands before."""
        return self.take(self.number(width))


def vectors(data: bytes, width: int) -> tuple[int, ...]:
    """The numbers of ``width`` bytes that a vector holds; a rest is left out."""
    whole = len(data) - len(data) % width
    return tuple(
        int.from_bytes(data[start : start + width], "big") for start in range(0, whole, width)
    )
