"""Web servers of the practice government: HTTP/1.1 over plain and TLS sockets."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

MOST_HEAD = 64 << 10
IDLE_SECONDS = 60.0


class Request(NamedTuple):
    """What was asked: host without port, and the page that asks, if another's."""

    host: str
    path: str
    is_tls: bool
    origin: str = ""


class Reply(NamedTuple):
    """What is answered."""

    status: str = "200 OK"
    headers: tuple[str, ...] = ()
    body: bytes = b""


Site: TypeAlias = Callable[[Request], Reply]


def context(certificate: Path, *, is_old: bool = False) -> ssl.SSLContext:
    """A server's TLS settings: today's, or those of a machine forgotten in 2010."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    if is_old:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(certificate)
    made.set_alpn_protocols(["http/1.1"])
    return made


async def serve(
    site: Site, address: str, port: int, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """Answer every request with what the site says."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _request(reader, is_tls=tls is not None):
                writer.write(_written(site(request)))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            return
        finally:
            writer.close()

    return await asyncio.start_server(talk, address, port, ssl=tls, limit=MOST_HEAD)


async def tarpit(address: str, port: int) -> asyncio.Server:
    """Take every connection and say nothing."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(1024):
                pass
        except OSError:
            return
        finally:
            writer.close()

    return await asyncio.start_server(hold, address, port)


async def _request(reader: asyncio.StreamReader, *, is_tls: bool) -> Request | None:
    async with asyncio.timeout(IDLE_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    parts = head[0].split(" ")
    fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    host = fields.get("Host", "").partition(":")[0].lower()
    if len(parts) != 3:  # noqa: PLR2004 - RFC 9112 3
        return None
    return Request(host, parts[1], is_tls, fields.get("Origin", ""))


def _written(reply: Reply) -> bytes:
    lines = (
        f"HTTP/1.1 {reply.status}",
        *reply.headers,
        f"Content-Length: {len(reply.body)}",
    )
    return "\r\n".join((*lines, "", "")).encode("latin-1") + reply.body
