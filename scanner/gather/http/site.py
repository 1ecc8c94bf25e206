"""A visit to one web service at one address: one place of the budget, one kept connection."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.gather.http.decode import Body as Decoding
from scanner.gather.http.raw import exchange_of, read_head
from scanner.gather.http.tls import any_certificate
from scanner.observation import NotObservedError, Reason, Subject
from scanner.observation.command import bracketed
from scanner.observation.web import Body, HttpExchange, exchange

HTTP, HTTPS = 80, 443
MOST_WIRE = 2 << 20
MOST_DECODED = 4 << 20
CONNECT_SECONDS = 8.0
READ_SECONDS = 10.0
REQUEST_SECONDS = 20.0
VISIT_SECONDS = 60.0
HEAD_LIMIT = 256 << 10
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
    ) -> Fetched:
        """Ask once; redirects are the caller's. The head is kept when the body fails.

        Raises ``NotObservedError``; never more than ``most_bytes`` of decoded body are held.
        """
        await self._on.dialer.budget.request(self.address)
        try:
            async with asyncio.timeout(seconds):
                return await self._fetch(path, method, headers or {}, most_bytes)
        except TimeoutError:
            raise NotObservedError(Reason.TIMEOUT, "no answer in time", reached=True) from None

    async def _fetch(
        self, path: str, method: str, headers: Mapping[str, str], most_bytes: int
    ) -> Fetched:
        request = self._session.request(
            method,
            self._url(path),
            headers={"Host": self.base.partition("://")[2], **ACCEPT, **headers},
            allow_redirects=False,
            server_hostname=self.subject.host if self.is_tls else None,
        )
        try:
            async with request as reply:
                return await self._read(reply, path, method, most_bytes)
        except (
            aiohttp.ClientResponseError,
            aiohttp.ClientPayloadError,
            ValueError,
        ) as error:
            return await self._read_raw(path, method, headers, _defect(error))
        except (aiohttp.ClientError, OSError) as error:
            raise _unobserved(error) from error

    async def _read(
        self, reply: aiohttp.ClientResponse, path: str, method: str, most_bytes: int
    ) -> Fetched:
        lines = tuple(
            f"{name.decode('latin-1')}: {value.decode('latin-1')}"
            for name, value in reply.raw_headers
        )
        coding = ",".join(reply.headers.getall("Content-Encoding", ()))
        limit = self._on.dialer.budget.limits.read_bytes
        body, failure = await _body(reply, coding, min(most_bytes, limit), min(MOST_WIRE, limit))
        data = bytes(body.data)
        version = reply.version or aiohttp.HttpVersion11
        made = exchange(
            method=method,
            url=self.base + path,
            status=reply.status,
            phrase=reply.reason or "",
            version=f"{version.major}.{version.minor}",
            lines=lines,
            body=Body(
                truncated=body.truncated,
                error=failure,
                encoding=coding[:100],
                volatile={
                    "size": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                },
            ),
        )
        return Fetched(made, data)

    async def _read_raw(
        self, path: str, method: str, headers: Mapping[str, str], defect: str
    ) -> Fetched:
        """Ask again without a parser, on the place that is held."""
        fields = {
            "Host": self.base.partition("://")[2],
            "User-Agent": self._on.user_agent,
            **ACCEPT,
            **headers,
            "Connection": "close",
        }
        lines = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        try:
            with self._on.dialer.socket(self._dialled) as sock:
                loop = asyncio.get_running_loop()
                await loop.sock_connect(sock, (self._dialled, self._port))
                head = await self._raw_head(sock, "\r\n".join((*lines, "", "")).encode("latin-1"))
        except OSError as error:
            raise unobserved(error) from error
        return Fetched(exchange_of(head, method=method, url=self.base + path, defect=defect), b"")

    async def _raw_head(self, sock: socket.socket, request: bytes) -> bytes:
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


async def _body(
    reply: aiohttp.ClientResponse, coding: str, most_bytes: int, most_wire: int
) -> tuple[Decoding, Reason | None]:
    """The body, cut at the limits, and the reason where it did not come whole."""
    body = Decoding(coding, most_wire, most_bytes)
    try:
        async for chunk in reply.content.iter_chunked(1 << 16):
            if not body.feed(chunk):
                reply.close()
                break
    except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError, ValueError):
        return body, Reason.MALFORMED_REPLY
    except TimeoutError:
        return body, Reason.TIMEOUT
    except (aiohttp.ClientError, OSError):
        return body, Reason.RESET
    return body, Reason.MALFORMED_REPLY if body.is_malformed else None


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
