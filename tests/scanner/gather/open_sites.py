"""Loopback sites for the search for exposures: true ones, traps and hostile ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from tests.scanner.gather.harness import Answer

NOT_FOUND = b"<!DOCTYPE html><html><head><title>Not found</title></head><body><h1>Not found</h1>"
HOME = b"<!DOCTYPE html><html><head><title>Agency</title></head><body><p>Opening hours</p>"


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    number: int


class Said(NamedTuple):
    """What is answered; no status cuts the line."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Speaks = Callable[[Asked], Said | None]


class Site:
    """A site of the test: remembers every request."""

    def __init__(self, speaks: Speaks) -> None:
        self.speaks = speaks
        self.asked: list[Asked] = []

    @property
    def paths(self) -> list[str]:
        """Every path that was asked by GET."""
        return [one.path for one in self.asked if one.method == "GET"]

    @property
    def answer(self) -> Answer:
        """The server's side of a connection, kept alive."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ", 2)
                fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
                asked = Asked(method, path, fields, len(self.asked))
                self.asked.append(asked)
                said = self.speaks(asked)
                if said is None:
                    writer.transport.abort()
                    return
                writer.write(written(said, method))
                await writer.drain()

        return talk


def written(said: Said, method: str = "GET") -> bytes:
    """An answer on the wire."""
    lines = [f"HTTP/1.1 {said.status} X", f"Content-Length: {len(said.body)}"]
    lines += [f"{name}: {value}" for name, value in said.headers]
    head = "\r\n".join((*lines, "", "")).encode("latin-1")
    return head if method == "HEAD" else head + said.body


def serving(files: dict[str, Said], *, otherwise: Speaks | None = None) -> Speaks:
    """A site with these files; ``TRACE /`` and the like are keys as well."""

    def speaks(asked: Asked) -> Said | None:
        key = asked.path if asked.method == "GET" else f"{asked.method} {asked.path}"
        if key in files:
            return files[key]
        if otherwise:
            return otherwise(asked)
        if asked.method != "GET":
            return Said(405, b"")
        return Said(200, HOME) if asked.path == "/" else Said(404, NOT_FOUND)

    return speaks
