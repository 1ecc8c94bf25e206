"""Loopback sites for the web bench: one port plain, one TLS, the site chosen by its name."""

from __future__ import annotations

import asyncio
import ssl
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Say = Callable[[str, bool, dict[str, str]], list[bytes]]
BOMB = zlib.compress(bytes(64 << 20), 9)
DRIP_SECONDS = 0.2


class Range(NamedTuple):
    """Where the sites are, and how often each name was asked."""

    http: int
    https: int
    root: Path
    asked: Counter[str]


def answer(status: str, *fields: str, body: str | bytes = "") -> list[bytes]:
    """An answer with its length."""
    data = body.encode() if isinstance(body, str) else body
    lines = (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(data)}")
    return ["\r\n".join((*lines, "", "")).encode("latin-1") + data]


def page(*fields: str, text: str = "<!doctype html><title>x</title><p>x") -> list[bytes]:
    """A page."""
    return answer("200 OK", "Content-Type: text/html; charset=utf-8", *fields, body=text)


def moved(host: str, path: str) -> list[bytes]:
    """The redirect to https."""
    return answer("301 Moved Permanently", f"Location: https://{host}{path}")


@contextmanager
def running(folder: Path, sites: dict[str, Say]) -> Iterator[Range]:
    """Serve the sites, by name, until the end of the block."""
    root, chain = _certificates(folder, [*sites, *(f"www.{one}" for one in sites)])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    loop, ready = asyncio.new_event_loop(), threading.Event()
    asked: Counter[str] = Counter()
    ports: list[int] = []

    async def serve() -> None:
        for tls in (None, context):
            server = await asyncio.start_server(
                _talk(sites, asked, is_tls=tls is not None), "127.0.0.1", 0, ssl=tls, limit=1 << 20
            )
            ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    thread = threading.Thread(target=_forever, args=(loop, serve), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield Range(ports[0], ports[1], root, asked)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def _forever(loop: asyncio.AbstractEventLoop, serve: Callable[[], object]) -> None:
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda *_: None)  # clients that go away are what is measured
    loop.create_task(serve())  # type: ignore[arg-type]
    loop.run_forever()


def _talk(
    sites: dict[str, Say], asked: Counter[str], *, is_tls: bool
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                host = fields.get("host", "").partition(":")[0]
                asked[host] += 1
                say = sites.get(host.removeprefix("www."))
                for piece in say(head[0].split(" ")[1], is_tls, fields) if say else []:
                    writer.write(piece)
                    await writer.drain()
                    if len(piece) == 1:
                        await asyncio.sleep(DRIP_SECONDS)
                if say is None or "x-close" in fields:
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    return talk


def _certificates(folder: Path, names: list[str]) -> tuple[Path, Path]:
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench Root")])

    def base(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=60))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
                critical=False,
            )
        )

    root = (
        base(issuer, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        base(x509.Name([]), key.public_key())
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    root_file, chain_file = folder / "root.pem", folder / "chain.pem"
    root_file.write_bytes(root.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    chain_file.write_bytes(secret + leaf.public_bytes(pem))
    return root_file, chain_file
