"""One request over plain http, as OCSP answers and CRLs are served (RFC 5280 4.2.1.13)."""

from __future__ import annotations

import asyncio
import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.command import bracketed

HTTP = 80
MOST_HEAD = 64 << 10
MOST_SECONDS = 60.0
MOST_ADDRESSES = 2
LONGEST_URL = 2000
OK = 200
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_VISIBLE = re.compile(r"[!-~]*")


class Question(NamedTuple):
    """What is posted, and of which kind it is; nothing is a GET."""

    body: bytes = b""
    kind: str = ""


class Address(NamedTuple):
    """Where a file is: ``path`` with its query."""

    host: str
    port: int
    path: str


def address_of(url: str) -> Address:
    """The parts of an http address from a certificate; raise where it is none that is asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or HTTP
    except ValueError:
        host, port = "", 0
    if len(url) > LONGEST_URL or not _HOST.fullmatch(host) or not _VISIBLE.fullmatch(url):
        raise NotObservedError(Reason.MALFORMED_REPLY, "the certificate names no proper address")
    if parts.scheme != "http":
        text = f"addresses of {parts.scheme or 'no scheme'} are not asked"
        raise NotObservedError(Reason.NOT_SUPPORTED_BY_US, text)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return Address(host.lower().rstrip("."), port, path)


async def get(on: Context, url: str, *, most_bytes: int) -> bytes:
    """The file at a certificate's address, which enters the scope by being named there.

    Raises ``NotObservedError``. Redirects are not followed.
    """
    return await post(on, url, Question(), most_bytes=most_bytes)


async def post(on: Context, url: str, question: Question, *, most_bytes: int) -> bytes:
    """The answer to a question that is posted there; the same otherwise."""
    where = address_of(url)
    subject = Subject(Role.WEB, where.host, where.port)
    on.dialer.extend(subject)
    last = NotObservedError(Reason.NO_SUCH_NAME, f"{where.host} has no address")
    for address in (await _addresses(on, where))[:MOST_ADDRESSES]:
        try:
            return await _ask(on, subject, address, (where.path, question), most_bytes)
        except (NotObservedError, OSError, asyncio.IncompleteReadError) as error:
            last = unobserved(error)
    raise last


async def _addresses(on: Context, where: Address) -> tuple[str, ...]:
    try:
        return on.dialer.endpoints(where.host, where.port, (str(ip_address(where.host)),))
    except ValueError:
        pass
    if on.dialer.is_routed(where.host, where.port):
        return on.dialer.endpoints(where.host, where.port, ())
    try:
        found = await on.resolver.addresses(where.host)
    except OSError as error:
        raise unobserved(error) from error
    return on.dialer.endpoints(where.host, where.port, found.addresses)


async def _ask(
    on: Context, subject: Subject, address: str, asked: tuple[str, Question], most_bytes: int
) -> bytes:
    path, question = asked
    seconds = min(MOST_SECONDS, 3 * on.dialer.budget.limits.seconds)
    await on.dialer.budget.request(address)
    async with on.dialer.streams(subject, address, seconds=seconds, limit=MOST_HEAD) as streams:
        reader, writer = streams
        shown = "" if subject.port == HTTP else f":{subject.port}"
        lines = (
            f"{'POST' if question.body else 'GET'} {path} HTTP/1.0",
            f"Host: {bracketed(subject.host)}{shown}",
            f"User-Agent: {on.user_agent}",
            "Accept: */*",
            *([f"Content-Type: {question.kind}"] if question.body else []),
            *([f"Content-Length: {len(question.body)}"] if question.body else []),
            "Connection: close",
        )
        writer.write("\r\n".join((*lines, "", "")).encode("latin-1") + question.body)
        length = await _head(reader)
        return await _body(reader, length, most_bytes)


async def _head(reader: asyncio.StreamReader) -> int | None:
    """The length that a good answer announces; raise where it is no good one."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.LimitOverrunError, asyncio.IncompleteReadError):
        raise NotObservedError(
            Reason.MALFORMED_REPLY, "the answer is no HTTP", reached=True
        ) from None
    status = re.match(rb"HTTP/1\.\d (\d{3})", head)
    if not status:
        raise NotObservedError(Reason.MALFORMED_REPLY, "the answer is no HTTP", reached=True)
    if int(status[1]) != OK:
        text = f"the answer has the status {int(status[1])}"
        raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    length = re.search(rb"(?im)^content-length:[ \t]*(\d{1,12})[ \t]*\r$", head)
    return int(length[1]) if length else None


async def _body(reader: asyncio.StreamReader, length: int | None, most_bytes: int) -> bytes:
    body = bytearray()
    while max(length or 0, len(body)) <= most_bytes and (length is None or len(body) < length):
        chunk = await reader.read(1 << 16)
        if not chunk:
            break
        body += chunk
    if max(length or 0, len(body)) > most_bytes:
        text = f"the file is larger than {most_bytes} bytes"
        raise NotObservedError(Reason.NOT_SUPPORTED_BY_US, text, reached=True)
    if length is not None and len(body) < length:
        raise NotObservedError(Reason.RESET, "the connection was closed early", reached=True)
    return bytes(body[:length])
