"""Reads the head of an answer that a strict parser refuses, so that it still yields a verdict."""

from __future__ import annotations

import asyncio
import re

from scanner.observation import NotObservedError, Reason
from scanner.observation.web import Body, HttpExchange, exchange

MOST_HEAD = 256 << 10
MOST_LINES = 2000
MOST_INTERIM = 20
_END = re.compile(rb"\r?\n\r?\n")


async def read_head(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """Everything up to the empty line of the final answer, at most 256 KiB, and whether cut.

    Interim answers (1xx) are passed over. What came before a broken connection is kept.
    """
    head, ends = bytearray(), MOST_INTERIM
    while len(head) < MOST_HEAD:
        try:
            chunk = await reader.read(1 << 14)
        except ConnectionError:
            chunk = b""
        begin = max(0, len(head) - 3)
        head += chunk
        while ends and (end := _END.search(head, begin)):
            if not re.match(rb"HTTP/1\.\d 1\d\d", head):
                return bytes(head[: end.start()]), False
            del head[: end.end()]
            begin, ends = 0, ends - 1
        if not chunk:
            return bytes(head), False
    return bytes(head[:MOST_HEAD]), True


def exchange_of(
    head: bytes, *, method: str, url: str, defect: str, is_cut: bool = False
) -> HttpExchange:
    """The exchange that a head tells of, its lines verbatim; raise where it is no HTTP."""
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    start = lines[0].split(b" ", 2)
    if not start[0].startswith(b"HTTP/") or len(start) < 2 or not start[1][:3].isdigit():  # noqa: PLR2004
        text = "the answer does not begin with an HTTP status line"
        raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
    fields = [line.decode("latin-1") for line in lines[1:] if line]
    is_cut = is_cut or len(fields) > MOST_LINES
    return exchange(
        method=method,
        url=url,
        status=int(start[1][:3]),
        phrase=b" ".join(start[2:]).decode("latin-1"),
        version=start[0].removeprefix(b"HTTP/").decode("latin-1"),
        lines=tuple(fields[:MOST_LINES]),
        body=Body(error=Reason.MALFORMED_REPLY),
        defects=() if is_cut else (defect,),
        is_cut=is_cut,
    )
