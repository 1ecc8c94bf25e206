"""Sites for tests: a function from a request to bytes, over a kept connection, plain or TLS."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from scanner.formats.certificate_examples import key, leaf
from tests.scanner.gather.harness import Answer

Say = Callable[[str, dict[str, str]], bytes]


def site(say: Say, heard: list[str] | None = None) -> Answer:
    """A server that answers each request (path, fields in lower case) with the bytes of ``say``."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            if heard is not None:
                heard.append(path)
            pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
            writer.write(say(path, {name.lower(): value for name, value in pairs}))
            await writer.drain()

    return answer


def reply(status: str, *fields: str, body: str | bytes = b"") -> bytes:
    """An answer as bytes, with its length."""
    data = body.encode() if isinstance(body, str) else body
    lines = (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(data)}")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + data


def html(text: str, *fields: str, status: str = "200 OK") -> bytes:
    """A page."""
    return reply(status, "Content-Type: text/html; charset=utf-8", *fields, body=text)


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """A server's context with the certificate of the examples, which nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = key("leaf").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.pem"
        file.write_bytes(pem + ssl.DER_cert_to_PEM_cert(leaf()).encode())
        context.load_cert_chain(file)
    return context
