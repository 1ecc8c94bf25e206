"""A visit to one web service at one address: one place of the budget, one kept connection."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from scanner.formats.guard import guard
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.gather.http.decode import Body as Decoding
from scanner.gather.http.purse import Purpose, purse
from scanner.gather.http.raw import exchange_of, read_head
from scanner.gather.http.tls import any_certificate
from scanner.observation import NotObservedError, Reason, Subject
from scanner.observation.command import bracketed
from scanner.observation.web import Body, HttpExchange, exchange

REQUESTS = logging.getLogger("govscan.requests")  # silent but for --log-requests
HTTP, HTTPS = 80, 443
MOST_WIRE = 2 << 20
MOST_DECODED = 4 << 20
CONNECT_SECONDS = 8.0
READ_SECONDS = 10.0
REQUEST_SECONDS = 20.0
VISIT_SECONDS = 60.0
HEAD_LIMIT = 256 << 10
SMALL_BODY = 256 << 10
ACCEPT = {"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}


class Fetched(NamedTuple):
    """An exchange as it is kept, and the body, which is not."""

    exchange: HttpExchange
    body: bytes


class Site:
    """One service at one address; requests go one after another on a kept connection."""

    def __init__(self, on: Context, subject: Subject, address: str) -> None:
        self.subject = subject
        self.address = address
        self._on = on
        self._dialled, self._port = on.dialer.admit(subject, address)
        self.is_tls = subject.port != HTTP
        self._session = _session(on)

    async def close(self) -> None:
        """Close the connection."""
        await self._session.close()

    @property
    def base(self) -> str:
        """``https://www.agency.example``: as the service is written, not as it is dialled."""
        port = self.subject.port
        shown = "" if port in {HTTP, HTTPS, None} else f":{port}"
        return f"{'https' if self.is_tls else 'http'}://{self.subject.host}{shown}"

    async def fetch(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        most_bytes: int = MOST_DECODED,
        seconds: float = REQUEST_SECONDS,
        purpose: Purpose | None = None,
    ) -> Fetched:
        """Ask once; redirects are the caller's. The head is kept when the body fails.

        Raises ``NotObservedError``; never more than ``most_bytes`` of decoded body are held.
        With a ``purpose`` the request is taken from the host's purse of the web family.
        """
        if purpose:
            await (await purse(self._on, self.subject.host)).spend(purpose)
        await self._on.dialer.budget.request(self.address)
        ask = _Ask(path, method, headers or {}, most_bytes, _now() + seconds)
        if REQUESTS.isEnabledFor(logging.INFO):
            self._log(ask)
        try:
            return await self._fetch(ask)
        except _RefusedError as refused:
            if purpose:
                await (await purse(self._on, self.subject.host)).spend(Purpose.REPEAT)
            async with _deadline(_now() + seconds):
                return await self._read_raw(ask, refused.defect)

    def _log(self, ask: _Ask) -> None:
        sent = {
            "at": f"{self._on.clock.now():%Y-%m-%dT%H:%M:%S.%fZ}",
            "method": ask.method,
            "url": self.base + ask.path,
            "peer": self._on.dialer.peer(self.subject, self.address),
            "user_agent": self._on.user_agent,
            "target": self._on.target.host,
            "authorised_by": self._on.authorised_by,
        }
        REQUESTS.info("%s", sent)

    async def _fetch(self, ask: _Ask) -> Fetched:
        """The answer's head within the deadline, and what comes of its body until then."""
        request = self._session.request(
            ask.method,
            self._url(ask.path),
            headers={"Host": self.base.partition("://")[2], **ACCEPT, **ask.headers},
            allow_redirects=False,
            server_hostname=self.subject.host if self.is_tls else None,
        )
        try:
            async with _deadline(ask.end):
                reply = await request
            async with reply:
                return await self._read(reply, ask)
        except (aiohttp.ClientResponseError, aiohttp.ClientPayloadError, ValueError) as error:
            raise _RefusedError(_defect(error)) from None
        except (aiohttp.ClientError, OSError) as error:
            raise _unobserved(error) from error

    async def _read(self, reply: aiohttp.ClientResponse, ask: _Ask) -> Fetched:
        lines = tuple(
            f"{name.decode('latin-1')}: {value.decode('latin-1')}"
            for name, value in reply.raw_headers
        )
        coding = ",".join(reply.headers.getall("Content-Encoding", ()))
        limit = self._on.dialer.budget.limits.read_bytes
        body = Decoding(coding, min(MOST_WIRE, limit), min(ask.most_bytes, limit))
        failure = await _fill(body, reply, ask.end, self._on.dialer.budget.large_bodies)
        data, body.data = bytes(body.data), bytearray()
        version = reply.version or aiohttp.HttpVersion11
        made = exchange(
            method=ask.method,
            url=self.base + ask.path,
            status=reply.status,
            phrase=reply.reason or "",
            version=f"{version.major}.{version.minor}",
            lines=lines,
            body=Body(
                truncated=body.truncated,
                error=failure,
                encoding=coding[:100],
                guard=guard(reply.status, lines, data),
                volatile={"size": len(data), "sha256": hashlib.sha256(data).hexdigest()},
            ),
        )
        return Fetched(made, data)

    async def _read_raw(self, ask: _Ask, defect: str) -> Fetched:
        """Ask again without a parser, on the place that is held."""
        fields = {
            "Host": self.base.partition("://")[2],
            "User-Agent": self._on.user_agent,
            **ACCEPT,
            **ask.headers,
            "Connection": "close",
        }
        lines = [
            f"{ask.method} {ask.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        try:
            with self._on.dialer.socket(self._dialled) as sock:
                loop = asyncio.get_running_loop()
                await loop.sock_connect(sock, (self._dialled, self._port))
                request = "\r\n".join((*lines, "", "")).encode("latin-1")
                head, is_cut = await self._raw_head(sock, request)
        except OSError as error:
            raise unobserved(error) from error
        url = self.base + ask.path
        made = exchange_of(head, method=ask.method, url=url, defect=defect, is_cut=is_cut)
        return Fetched(made, b"")

    async def _raw_head(self, sock: socket.socket, request: bytes) -> tuple[bytes, bool]:
        options: dict[str, Any] = {"limit": HEAD_LIMIT}
        if self.is_tls:
            options |= {"ssl": any_certificate(), "server_hostname": self.subject.host}
        reader, writer = await asyncio.open_connection(sock=sock, **options)
        try:
            writer.write(request)
            return await read_head(reader)
        finally:
            writer.transport.abort()

    def _url(self, path: str) -> URL:
        scheme = "https" if self.is_tls else "http"
        return URL(f"{scheme}://{bracketed(self._dialled)}:{self._port}{path}", encoded=True)


@asynccontextmanager
async def visit(
    on: Context, subject: Subject, address: str, *, seconds: float = VISIT_SECONDS
) -> AsyncIterator[Site]:
    """Hold one place at the address for as long as the site is asked."""
    site = Site(on, subject, address)
    try:
        async with on.dialer.budget.connection(address, seconds=seconds):
            yield site
    finally:
        await site.close()


async def fetch(on: Context, subject: Subject, address: str, path: str = "/") -> Fetched:
    """One request on a connection of its own."""
    async with visit(on, subject, address) as site:
        return await site.fetch(path)


def _session(on: Context) -> aiohttp.ClientSession:
    """A session of one connection: real sites send heads larger than the library's defaults."""
    connector = aiohttp.TCPConnector(
        limit=1,
        ssl=any_certificate(),
        socket_factory=lambda info: on.dialer.socket(str(info[4][0])),
        use_dns_cache=False,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": on.user_agent},
        timeout=aiohttp.ClientTimeout(
            total=None,
            sock_connect=min(CONNECT_SECONDS, on.dialer.budget.limits.seconds),
            sock_read=min(READ_SECONDS, on.dialer.budget.limits.seconds),
        ),
        max_line_size=HEAD_LIMIT,
        max_field_size=HEAD_LIMIT,
        max_headers=2000,
    )


class _Ask(NamedTuple):
    """One request; ``end`` is the moment, by the loop's clock, at which nothing more is read."""

    path: str
    method: str
    headers: Mapping[str, str]
    most_bytes: int
    end: float


class _RefusedError(Exception):
    """A strict parser refuses the answer; ``defect`` is its word."""

    def __init__(self, defect: str) -> None:
        super().__init__(defect)
        self.defect = defect


def _now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def _deadline(end: float) -> AsyncIterator[None]:
    clock = asyncio.timeout_at(end)
    try:
        async with clock:
            yield
    except TimeoutError:
        if not clock.expired():  # the library's own, which knows whether there was a connection
            raise
        raise NotObservedError(Reason.TIMEOUT, "no answer in time", reached=True) from None


async def _fill(
    body: Decoding, reply: aiohttp.ClientResponse, end: float, places: asyncio.Semaphore
) -> Reason | None:
    """Read the body up to its limits; the reason where it did not come whole."""
    try:
        async with asyncio.timeout_at(end) as clock, AsyncExitStack() as held:
            is_large = False
            async for chunk in reply.content.iter_chunked(1 << 16):
                if not body.feed(chunk):
                    reply.close()
                    break
                if not is_large and len(body.data) > SMALL_BODY:
                    is_large = True
                    await _await_place(held, places, clock)
    except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError, ValueError):
        return Reason.MALFORMED_REPLY
    except TimeoutError:
        return Reason.TIMEOUT
    except (aiohttp.ClientError, OSError):
        return Reason.RESET
    is_cut = not (body.truncated or body.is_whole)
    return Reason.MALFORMED_REPLY if body.is_malformed or is_cut else None


async def _await_place(
    held: AsyncExitStack, places: asyncio.Semaphore, clock: asyncio.Timeout
) -> None:
    """Wait for a place among the large bodies; our own queue does not count against the site."""
    end, began = clock.when() or _now(), _now()
    clock.reschedule(None)
    await held.enter_async_context(places)
    clock.reschedule(end + _now() - began)


def _defect(error: Exception) -> str:
    message = getattr(error, "message", "") or str(error) or type(error).__name__
    return message.splitlines()[0][:200]


def _unobserved(error: Exception) -> NotObservedError:  # noqa: PLR0911 - a table
    """What a failure of the library says in the words of the report."""
    match error:
        case aiohttp.ClientConnectorSSLError() | aiohttp.ClientConnectorCertificateError():
            return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, str(error), reached=True)
        case aiohttp.ClientConnectorError():
            inner = unobserved(error.os_error)
            return NotObservedError(inner.reason, inner.detail, reached=inner.reached)
        case aiohttp.ConnectionTimeoutError():
            return NotObservedError(Reason.TIMEOUT, "no connection in time")
        case TimeoutError():
            return NotObservedError(Reason.TIMEOUT, "no answer in time", reached=True)
        case aiohttp.ServerDisconnectedError():
            text = "the connection was closed before an answer"
            return NotObservedError(Reason.RESET, text, reached=True)
        case OSError():
            return unobserved(error)
        case _:
            return NotObservedError(Reason.MALFORMED_REPLY, str(error)[:200], reached=True)
