"""One connection's reading side, sans I/O: a script says bytes and is told what was heard.

A ``Script`` is a generator: it yields ``Say`` (what to send, and how long to listen), is sent what
was heard, bytes or how the line ended, and returns its result. Who runs it does the input and
output, a socket or a test.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from scanner.formats.error import FormatError
from scanner.formats.tls.messages import ALERT, APPLICATION, HANDSHAKE, Messages, Record, Records

T = TypeVar("T")
HELLO_SECONDS = 8.0
MOST_BYTES = 256 << 10


class Kind(StrEnum):
    """How a server can react to a hello (tls.md 1.1)."""

    ANSWERED = "answered"
    ALERTED = "alerted"
    CLOSED = "closed"
    RESET = "reset"
    TIMED_OUT = "timed-out"
    NOT_TLS = "not-tls"
    MALFORMED = "malformed"


class Say(NamedTuple):
    """Send this, then listen for so many seconds."""

    data: bytes
    seconds: float = HELLO_SECONDS


class Ended(NamedTuple):
    """Nothing was heard, or nothing more will be."""

    kind: Kind
    detail: str = ""


Heard: TypeAlias = bytes | Ended
Script: TypeAlias = Generator[Say, Heard, T]


class Event(NamedTuple):
    """A handshake message with its header, an alert of two bytes, another record's fragment.

    ``end`` is set instead where the line ended or made no sense.
    """

    type: int
    data: bytes = b""
    end: Ended | None = None

    @property
    def message_type(self) -> int | None:
        """The type of a handshake message; ``None`` for anything else."""
        return self.data[0] if self.type == HANDSHAKE and self.data else None

    @property
    def alert(self) -> int | None:
        """The description of an alert; ``None`` for anything else."""
        return self.data[1] if self.type == ALERT else None

    @property
    def is_fatal(self) -> bool:
        """Whether it is an alert of the fatal level."""
        return self.type == ALERT and self.data[0] == 2  # noqa: PLR2004 - RFC 8446 6


class Opener(Protocol):
    """Opens protected records."""

    def open(self, record: Record) -> tuple[int, bytes]:
        """The content type and the fragment; raises ``FormatError``."""


class Wire:
    """Cuts what is heard into events; says nothing by itself."""

    def __init__(self, seconds: float = HELLO_SECONDS) -> None:
        self.seconds = seconds
        self.opener: Opener | None = None
        self.is_13 = False
        self._records, self._messages = Records(), Messages()
        self._events: deque[Event] = deque()
        self._waiting: deque[Record] = deque()
        self._seen = 0
        self._ended: Ended | None = None
        self._spoke = False

    def protect(self, opener: Opener, *, is_13: bool = False) -> None:
        """From here on records are opened; what was cut already and not yet opened is too."""
        self.opener, self.is_13 = opener, is_13

    def next(self, say: bytes = b"", seconds: float = 0.0) -> Script[Event]:
        """The next event; ``say`` is sent first, even where one is waiting already."""
        wait = seconds or self.seconds
        while True:
            if not say and (event := self._cut()):
                return event
            if self._ended:
                return Event(-1, end=self._ended)
            heard = yield Say(say, wait)
            say = b""
            if isinstance(heard, Ended):
                if heard.kind is Kind.TIMED_OUT:
                    return Event(-1, end=heard)
                self._ended = heard
            else:
                self._take(heard)

    def _take(self, data: bytes) -> None:
        self._seen += len(data)
        if self._seen > MOST_BYTES:
            self._ended = Ended(Kind.MALFORMED, "more than 256 KiB came")
            return
        try:
            self._waiting.extend(self._records.feed(data))
        except FormatError as error:
            kind = Kind.MALFORMED if self._spoke or self._waiting else Kind.NOT_TLS
            self._ended = Ended(kind, error.message.text)
        self._spoke = self._spoke or bool(self._waiting)

    def _cut(self) -> Event | None:
        try:
            while not self._events and self._waiting:
                self._open(self._waiting.popleft())
        except FormatError as error:
            self._ended = Ended(Kind.MALFORMED, error.message.text)
            self._waiting.clear()
        return self._events.popleft() if self._events else None

    def _open(self, record: Record) -> None:
        kind, fragment = record.type, record.fragment
        if self.opener and (not self.is_13 or kind == APPLICATION):
            kind, fragment = self.opener.open(record)
        if kind == HANDSHAKE:
            self._events.extend(Event(HANDSHAKE, one) for one in self._messages.feed(fragment))
        elif kind == ALERT and len(fragment) < 2:  # noqa: PLR2004 - RFC 8446 6: level, description
            raise FormatError("an alert has fewer than two bytes")
        else:
            self._events.append(Event(kind, fragment[:2] if kind == ALERT else fragment))
