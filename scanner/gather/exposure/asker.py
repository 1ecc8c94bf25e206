"""Asks one site, gently: budget, errors in a row, slowing down when asked, and a watch."""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Callable, Mapping

from scanner.formats.exposure.guard import answer_class, retry_after
from scanner.formats.exposure.reply import LARGEST, Reply
from scanner.formats.robots import Rule, forbidding, rules
from scanner.gather.http.site import Site
from scanner.observation import NotObservedError, Reason
from scanner.observation.web import HttpExchange

MOST_FAILURES = 6
WATCH_EVERY = 40
LARGEST_ROBOTS = 512 << 10  # RFC 9309 2.5
WAIT_SECONDS = 30.0
PAUSE_SECONDS = 1.0
REQUEST_SECONDS = 5.0
SITE_SECONDS = 500.0
HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
ICON = "/favicon.ico"
PRODUCT = "govscan"
ROBOTS = "/robots.txt"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
OK, SLOW_DOWN, UNAVAILABLE = 200, 429, 503


class SiteStoppedError(Exception):
    """The scan of this site is over: what was not asked stays unknown, for this reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def invent(length: int = 12) -> str:
    """A name that nobody gave a file."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(length))


class Asker:
    """The only one who sends something to a site; counts it, and knows when to stop."""

    def __init__(self, site: Site, budget: int, voided: Callable[[int | None], None]) -> None:
        self.site = site
        self.budget = budget
        self.requests = 0
        self._voided = voided
        self._until = asyncio.get_running_loop().time() + SITE_SECONDS
        self._failures = 0
        self._has_waited = False
        self.icon = b""
        self._rules: tuple[Rule, ...] = ()
        self._watched = f"/{invent()}"
        self._normal: Reply | None = None
        self._next_watch = WATCH_EVERY

    @property
    def calibration_path(self) -> str:
        """The invented path by which the site's usual answer is known."""
        return self._watched

    async def obey_robots(self) -> None:
        """Read robots.txt, and ask for nothing it forbids; without an answer for nothing at all.

        A file that is not there forbids nothing (RFC 9309 2.3.1.3), an error everything (2.3.1.4).
        """
        reply = await self.settled(ROBOTS, most_bytes=LARGEST_ROBOTS)
        if is_unsettled(reply):
            text = f"robots.txt, which was to be respected, is answered with status {reply.status}"
            raise NotObservedError(Reason.OUT_OF_SCOPE, text, reached=True)
        if reply.status == OK and not reply.is_html:
            self._rules = rules(reply.data.decode("utf-8", "replace"), PRODUCT)

    async def calibrate(self) -> Reply:
        """The site's answer to a path that nobody made."""
        self._normal = await self.get(self._watched)
        return self._normal

    async def get(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        most_bytes: int = LARGEST,
    ) -> Reply:
        """One answer; raises ``NotObservedError`` without one, ``SiteStoppedError`` for good."""
        if self._normal and self.requests >= self._next_watch:
            await self.watch()
        reply = await self._once(path, method, headers, most_bytes)
        if not _is_slowing(reply):
            return reply
        if self._has_waited:
            text = f"after {self.requests} requests the site asked again to slow down"
            raise SiteStoppedError(Reason.RATE_LIMITED, text)
        self._has_waited = True
        await asyncio.sleep(retry_after(reply, WAIT_SECONDS))
        reply = await self._once(path, method, headers, most_bytes)
        if _is_slowing(reply):
            text = f"after {self.requests} requests the site asked twice to slow down"
            raise SiteStoppedError(Reason.RATE_LIMITED, text)
        return reply

    async def _once(
        self, path: str, method: str, headers: Mapping[str, str] | None, most_bytes: int
    ) -> Reply:
        if line := forbidding(self._rules, path):
            text = f"not asked, robots.txt says {line}"
            raise NotObservedError(Reason.OUT_OF_SCOPE, text, reached=True)
        if asyncio.get_running_loop().time() > self._until:
            text = f"{SITE_SECONDS:.0f} seconds were used up after {self.requests} requests"
            raise SiteStoppedError(Reason.BUDGET_EXHAUSTED, text)
        if self.requests >= self.budget:
            text = f"the budget of {self.budget} requests was used up"
            raise SiteStoppedError(Reason.BUDGET_EXHAUSTED, text)
        self.requests += 1
        try:
            seen = await self.site.fetch(
                path,
                method=method,
                headers={**HEADERS, **(headers or {})},
                most_bytes=most_bytes,
                seconds=REQUEST_SECONDS,
            )
        except NotObservedError as error:
            self._failed(error.reason, error.detail)
            raise
        if seen.exchange.body.error is Reason.TIMEOUT:
            self._failed(Reason.TIMEOUT, "the body did not come in time")
        else:
            self._failures = 0
        if path == ICON and seen.exchange.status == OK and not seen.exchange.body.truncated:
            self.icon = seen.body
        return reply_of(seen.exchange, seen.body, path, self.site.subject.host)

    def _failed(self, reason: Reason, detail: str) -> None:
        """One more without a whole answer; too many in a row end the scan of the site."""
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            text = (
                f"{self._failures} requests in a row had no answer ({detail}), "
                f"after {self.requests} requests"
            )
            raise SiteStoppedError(reason, text)

    async def settled(self, path: str, *, most_bytes: int = LARGEST) -> Reply:
        """One answer; one that is an error of the moment is asked for once more."""
        reply = await self.get(path, most_bytes=most_bytes)
        if is_unsettled(reply):
            reply = await self.get(path, most_bytes=most_bytes)
        return reply

    async def following(self, path: str, *, most_bytes: int = LARGEST) -> Reply:
        """As ``settled``; one hop is followed where it only adds a slash (exposure.md 1)."""
        reply = await self.settled(path, most_bytes=most_bytes)
        where, mark, query = path.partition("?")
        if reply.status not in REDIRECTS or where.endswith("/"):
            return reply
        slashed = f"{where}/{mark}{query}"
        if reply.fields.get("location", "") in {f"{self.site.base}{slashed}", slashed}:
            return await self.settled(slashed, most_bytes=most_bytes)
        return reply

    async def watch(self) -> None:
        """Whether the site still answers as at first; raise where a guard stepped in."""
        if self._normal is None:
            return
        self._next_watch = self.requests + WATCH_EVERY
        usual = answer_class(self._normal)
        try:
            seen = await self._once(self._watched, "GET", None, LARGEST)
        except NotObservedError:
            return
        if answer_class(seen) == usual:
            self._voided(None)
            return
        await asyncio.sleep(retry_after(seen, WAIT_SECONDS))
        again = await self._once(self._watched, "GET", None, LARGEST)
        if answer_class(again) == usual:
            self._voided(seen.status)
            return
        text = (
            f"after {self.requests} requests an invented path is answered otherwise than at first "
            f"({usual.status}, now {again.status})"
        )
        raise SiteStoppedError(Reason.BLOCKED, text)


def is_unsettled(reply: Reply) -> bool:
    """An error of the moment tells nothing of a path (RFC 9110 15.6, RFC 8470 5.2)."""
    return reply.status >= 500 or reply.status in {408, 425, 429}  # noqa: PLR2004


def _is_slowing(reply: Reply) -> bool:
    return reply.status == SLOW_DOWN or (
        reply.status == UNAVAILABLE and "retry-after" in reply.fields
    )


def reply_of(exchange: HttpExchange, body: bytes, path: str, host: str) -> Reply:
    """What proofs read of an exchange."""
    return Reply(
        exchange.status,
        body,
        lines=exchange.header_lines,
        is_cut=exchange.body.truncated or exchange.body.error is not None,
        broken=exchange.body.error or "",
        path=path,
        host=host,
    )
