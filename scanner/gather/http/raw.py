"""Reads the head of an answer that a strict parser refuses, so that it still yields a verdict."""

from __future__ import annotations

import asyncio

from scanner.observation import NotObservedError, Reason
from scanner.observation.web import Body, HttpExchange, exchange

MOST_HEAD = 256 << 10
MOST_LINES = 2000


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """Everything up to the empty line, at most 256 KiB."""
    head = bytearray()
    while len(head) < MOST_HEAD:
        chunk = await reader.read(1 << 14)
        if not chunk:
            break
        head += chunk
        if b"\r\n\r\n" in head or b"\n\n" in head:
            break
    return bytes(head[:MOST_HEAD])


def exchange_of(head: bytes, *, method: str, url: str, defect: str) -> HttpExchange:
    """The exchange that a head tells of, its lines verbatim; raise where it is no HTTP."""
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    start = lines[0].split(b" ", 2)
    if not start[0].startswith(b"HTTP/") or len(start) < 2 or not start[1][:3].isdigit():  # noqa: PLR2004
        text = "the answer does not begin with an HTTP status line"
        raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    fields = []
    for line in lines[1:MOST_LINES]:
        if not line:
            break
        fields.append(line.decode("latin-1"))
    return exchange(
        method=method,
        url=url,
        status=int(start[1][:3]),
        phrase=b" ".join(start[2:]).decode("latin-1"),
        version=start[0].removeprefix(b"HTTP/").decode("latin-1"),
        lines=tuple(fields),
        body=Body(error=Reason.MALFORMED_REPLY),
        defects=(defect,),
    )
