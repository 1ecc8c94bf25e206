"""One budget for a run: places and pace per peer address, places in all, one clock each."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from msgspec import Struct

from scanner.clock import Clock

MOST_REMEMBERED = 4096
LARGE_BODIES = 4  # at once: what a hundred hostile sites send must not stand in memory together


class Limits(Struct, frozen=True):
    """What a run may spend. Seconds and bytes are those of one connection."""

    connections: int = 200
    per_address: int = 4
    per_mail_address: int = 1
    pause: float = 0.0
    requests_per_second: float = 10.0
    seconds: float = 20.0
    read_bytes: int = 8 << 20
    seconds_per_target: float = 600.0
    questions_in_flight: int = 50


class _Gate:
    """The places at one address, and the moment from which the next may begin."""

    __slots__ = ("__weakref__", "free_at", "places")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.free_at = 0.0


class Budget:
    """One per run, shared by every gatherer.

    The key is the peer's address, not its name: a hundred agencies behind one load balancer are
    one machine to be gentle with.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._total = asyncio.Semaphore(limits.connections)
        self.large_bodies = asyncio.Semaphore(LARGE_BODIES)
        self._gates: WeakValueDictionary[tuple[str, int], _Gate] = WeakValueDictionary()
        self._recent: OrderedDict[tuple[str, int], _Gate] = OrderedDict()

    @asynccontextmanager
    async def connection(
        self, address: str, *, places: int = 0, seconds: float = 0.0
    ) -> AsyncIterator[None]:
        """Hold a place for one connection, for at most ``seconds`` (0: the run's default).

        The address is waited for first, so that a busy host does not use up everyone's places
        while it queues. The clock starts when the place is had: waiting our own turn must not
        count against the target. Raises ``TimeoutError``.
        """
        gate = self._gate(address, places or self.limits.per_address)
        async with gate.places:
            await self._turn(gate, self.limits.pause)
            async with self._total, asyncio.timeout(seconds or self.limits.seconds):
                yield

    async def request(self, address: str) -> None:
        """Wait for the turn of one more request on a connection that is held."""
        rate = self.limits.requests_per_second
        gate = self._gate(address, self.limits.per_address)
        await self._turn(gate, 1 / rate if rate else 0.0)

    def _gate(self, address: str, places: int) -> _Gate:
        """Mail has a gate of its own: its one place is not taken from the web's four."""
        key = address, places
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = _Gate(places)
        self._recent[key] = gate  # its pace is remembered a while though nobody holds a place
        self._recent.move_to_end(key)
        if len(self._recent) > MOST_REMEMBERED:
            self._recent.popitem(last=False)
        return gate

    async def _turn(self, gate: _Gate, pause: float) -> None:
        if not pause:
            return
        now = self._clock.monotonic()
        turn = max(now, gate.free_at)
        gate.free_at = turn + pause
        if turn > now:
            await asyncio.sleep(turn - now)
