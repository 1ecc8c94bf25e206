"""What the web family may ask of one host: 40 requests, each for a purpose (web.md 1.2)."""

from __future__ import annotations

import asyncio
from collections import Counter
from enum import StrEnum

from scanner.gather.gatherer import Context
from scanner.observation import NotObservedError, Reason

MOST = 40
# Of ten requests a second to an address, the web family takes four: one each 250 ms.
SHARE_OF_RATE = 0.4


class Purpose(StrEnum):
    """What a request is for, in the order in which requests are spent."""

    FIRST_HOP = "first hop"
    CHAIN = "redirect"
    SECOND_PAGE = "second look"
    DEEP_PATH = "deep path"
    ERROR_PAGE = "error page"
    CORS = "foreign origin"
    CORS_API = "foreign origin, of an address in the page"
    SCRIPT = "script"
    LISTING = "robots.txt and site map"
    LINK = "linked page"
    REPEAT = "repeat"


QUOTA = {
    Purpose.FIRST_HOP: 8,
    Purpose.CHAIN: 4,
    Purpose.SECOND_PAGE: 1,
    Purpose.DEEP_PATH: 1,
    Purpose.ERROR_PAGE: 1,
    Purpose.CORS: 5,
    Purpose.CORS_API: 4,
    Purpose.SCRIPT: 6,
    Purpose.LISTING: 2,
    Purpose.LINK: 2,
}
# What comes first may use what is left of the whole; the rest has its quota and no more.
OPEN_ENDED = frozenset({Purpose.CHAIN, Purpose.REPEAT})
# What comes last leaves room for what may still be asked beside it: the second look, the deep path.
LAST = frozenset({Purpose.LISTING, Purpose.LINK})
ROOM = 4


class Purse:
    """The requests of one host, counted whoever asks; ``left`` tells what remains of 40."""

    def __init__(self, pause: float) -> None:
        self.spent: Counter[Purpose] = Counter()
        self._pause = pause
        self._free_at = 0.0

    @property
    def left(self) -> int:
        """How many requests the host can still be asked."""
        return MOST - self.spent.total()

    async def spend(self, purpose: Purpose) -> None:
        """Take one request, and wait for its turn; raise where there is none left for this."""
        used = self.spent[purpose]
        room = ROOM if purpose in LAST else 0
        if self.left <= room or (purpose not in OPEN_ENDED and used >= QUOTA[purpose]):
            text = f"no request is left for this ({purpose}): {MOST - self.left} were asked"
            raise NotObservedError(Reason.BUDGET_EXHAUSTED, text, reached=True)
        self.spent[purpose] += 1
        now = asyncio.get_running_loop().time()
        turn = max(now, self._free_at)
        self._free_at = turn + self._pause
        if turn > now:
            await asyncio.sleep(turn - now)


async def purse(on: Context, host: str) -> Purse:
    """The one purse of a host of this target."""

    async def open_one() -> Purse:
        rate = on.dialer.budget.limits.requests_per_second
        return Purse(1 / (rate * SHARE_OF_RATE) if rate else 0.0)

    return await on.own.once(("purse", host), open_one)
