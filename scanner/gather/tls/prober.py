"""Asks one address, and believes no silence without a control (tls.md 5.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from secrets import token_bytes
from typing import TypeVar

from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result, ask
from scanner.formats.tls.groups import P256, P384, X25519, key_pair
from scanner.formats.tls.hello import Offer, Shape, offer
from scanner.formats.tls.wire import Kind, Script
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.gather.tls.ask import Preamble, perform
from scanner.observation import NotObservedError, Reason, Role, Subject

T = TypeVar("T")
Make = Callable[[], Script[T]]
SILENT = {
    Kind.CLOSED: Reason.RESET,
    Kind.RESET: Reason.RESET,
    Kind.TIMED_OUT: Reason.TIMEOUT,
    Kind.MALFORMED: Reason.MALFORMED_REPLY,
    Kind.NOT_TLS: Reason.MALFORMED_REPLY,
}
REPEATED = frozenset({Kind.RESET, Kind.TIMED_OUT})
INTERNAL_ERROR = 80  # RFC 8446 6.2: says nothing of the offer, so it is asked once more
KNOWN_ALERTS = frozenset({40, 47, 50, 70, 71, 86, 109, 110, 112, 116, 120})
BACK_OFF = (1.0, 2.0, 4.0)
LAST_BACK_OFF = 23.0  # with the others 30 s: rate-limited where it then answers, else blocked
MOST_RECOVERIES = 3
AT_ONCE = 2
REAL_SHARES = frozenset({X25519, P256, P384})
ALPN = ("h2", "http/1.1")


class Share(StrEnum):
    """What stands in key_share where no key is wanted: a server may stumble over an empty list."""

    EMPTY = "empty"
    GREASE = "grease"
    REAL = "real"


class StoppedError(NotObservedError):
    """The server answers no more what it answered before."""


class Prober:
    """Every connection to one address for one name passes here; ``connections`` counts them."""

    def __init__(
        self, on: Context, subject: Subject, address: str, preamble: Preamble | None
    ) -> None:
        self.on, self.subject, self.address = on, subject, address
        self._preamble = preamble
        self._places = asyncio.Semaphore(1 if subject.role is Role.MAIL else AT_ONCE)
        self._settling = asyncio.Lock()
        self._pause = 0.0
        self._alive_since = 0.0
        self._recoveries = 0
        self.shape = Shape.FULL
        self.most_suites = 0
        self.alpn = ALPN if subject.role is Role.WEB else ()
        self.share = Share.EMPTY
        self.control: Offer | None = None
        self.control_suite: int | None = None
        self.stopped: StoppedError | None = None
        self.connections = 0

    def offer(self, version: str) -> Offer:
        """The usual hello of a version, as full as this server bears it."""
        made = offer(version, self.subject.host, self.alpn)
        if self.most_suites:
            made = replace(made, suites=made.suites[: self.most_suites])
        made = replace(made, shape=self.shape)
        return self.unkeyed(made) if made.is_13 else made

    def unkeyed(self, made: Offer) -> Offer:
        """A hello of TLS 1.3 that a server must answer with the group it wants."""
        match self.share:
            case Share.EMPTY:
                return replace(made, shares=(), session_id=token_bytes(32))
            case Share.GREASE:
                groups = (codes.GREASE, *made.groups)
                grease = ((codes.GREASE, b"\0"),)
                return replace(made, groups=groups, shares=grease, session_id=token_bytes(32))
            case _:
                pairs = (key_pair(one) for one in made.groups if one in REAL_SHARES)
                shares = tuple((one.group, one.public) for one in pairs if one)
                return replace(made, shares=shares, session_id=token_bytes(32))

    async def once(self, make: Make[T]) -> T:
        """One connection; raises where not even that could be had."""
        async with self._places:
            if self._pause:
                await asyncio.sleep(self._pause)
            self.connections += 1
            return await perform(self.on, self.subject, self.address, make(), self._preamble)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def ask(self, offer: Offer) -> Result:
        """The reaction to a hello, settled: see ``put``."""
        return await self.put(lambda: ask(offer), lambda seen: seen)

    async def put(self, make: Make[T], read: Callable[[T], Result]) -> T:
        """A script's result; one that is silence is believed with a good control only.

        Raises ``StoppedError`` where the server answers no more at all.
        """
        while True:
            if self.stopped:
                raise self.stopped
            began = self._now()
            seen = await self._twice(make, read)
            if seen is not None and read(seen).kind not in SILENT:
                self._alive_since = max(self._alive_since, began)
                return seen
            recovered = await self._is_alive(self._now())
            if recovered is None:
                continue  # it had stopped and answers again: what was asked is asked again
            if seen is not None:
                return seen
            raise NotObservedError(Reason.RESET, "the connection was refused", reached=True)

    async def _twice(self, make: Make[T], read: Callable[[T], Result]) -> T | None:
        """``None`` where no connection was had."""
        seen = await self._try(make)
        if seen is not None and not _wants_repeat(read(seen)):
            return seen
        return await self._try(make)

    async def _try(self, make: Make[T]) -> T | None:
        try:
            return await self.once(make)
        except StoppedError:
            raise
        except (NotObservedError, OSError):
            return None

    async def _is_alive(self, moment: float) -> bool | None:
        """Whether the control still works; ``None`` where it does again after a pause.

        What was asked and answered after ``moment`` tells as much. Raises ``StoppedError`` where
        it does not.
        """
        async with self._settling:
            if self.stopped:
                raise self.stopped
            if self._alive_since > moment or await self.is_good():
                return True
            for pause in BACK_OFF if self._recoveries < MOST_RECOVERIES else ():
                self._pause = min(pause, 1.0)
                await asyncio.sleep(pause)
                if await self.is_good():
                    self._recoveries += 1
                    return None
            await asyncio.sleep(LAST_BACK_OFF)
            good = await self.is_good()
            reason = Reason.RATE_LIMITED if good else Reason.BLOCKED
            text = "the server stopped answering hellos that it had answered before"
            self.stopped = StoppedError(reason, text, reached=True)
            raise self.stopped

    async def is_good(self) -> bool:
        """Whether the control is answered as it was."""
        if self.control is None:
            return False
        control, began = self.control, self._now()
        seen = await self._try(lambda: ask(control))
        is_good = seen is not None and seen.kind is Kind.ANSWERED
        if is_good:
            self._alive_since = max(self._alive_since, began)
        return is_good


def _wants_repeat(result: Result) -> bool:
    if result.kind is Kind.ALERTED:
        return result.alert not in KNOWN_ALERTS
    return result.kind in REPEATED


def refused(result: Result, version: str = "") -> bool | None:
    """Whether a settled reaction says no; ``None`` where it says nothing.

    Another version than asked refuses; a close or reset does, since the control was good.
    """
    match result.kind:
        case Kind.ANSWERED:
            return bool(version) and result.version != version
        case Kind.ALERTED | Kind.CLOSED | Kind.RESET:
            return True
        case _:
            return None


def silence(result: Result) -> tuple[Reason, str]:
    """The reason of a reaction that says nothing."""
    return SILENT.get(result.kind, Reason.MALFORMED_REPLY), result.detail


def why(error: Exception) -> NotObservedError:
    """What kept a question from being answered."""
    return unobserved(error)
