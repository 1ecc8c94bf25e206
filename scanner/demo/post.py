"""Mail servers of the practice government: SMTP as far as STARTTLS."""

from __future__ import annotations

import asyncio
import ssl
from enum import StrEnum

IDLE_SECONDS = 60.0


class Encryption(StrEnum):
    """How a mail server treats STARTTLS."""

    WORKS = "works"
    MISSING = "missing"
    BROKEN = "broken"


async def serve(
    name: str, address: str, port: int, encryption: Encryption, tls: ssl.SSLContext
) -> asyncio.Server:
    """Greet, answer EHLO, begin TLS; take no mail."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await _converse(name, reader, writer, encryption, tls)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    return await asyncio.start_server(talk, address, port)


async def _converse(
    name: str,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    encryption: Encryption,
    tls: ssl.SSLContext,
) -> None:
    writer.write(f"220 {name} ESMTP\r\n".encode())
    while line := await reader.readline():
        match line.strip().upper().split(b" ")[0]:
            case b"EHLO":
                offer = "" if encryption is Encryption.MISSING else "250-STARTTLS\r\n"
                writer.write(f"250-{name}\r\n{offer}250 8BITMIME\r\n".encode())
            case b"STARTTLS" if encryption is Encryption.WORKS:
                writer.write(b"220 Go ahead\r\n")
                await writer.drain()
                await writer.start_tls(tls)
            case b"STARTTLS":
                writer.write(b"454 TLS is not available\r\n")
            case b"QUIT":
                writer.write(b"221 Bye\r\n")
                return
            case _:
                writer.write(b"502 Not here\r\n")
        await writer.drain()
