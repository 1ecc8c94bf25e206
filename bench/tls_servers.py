"""Servers for the TLS bench: nginx in three settings, SMTP with STARTTLS, and a proxy that delays.

Run by ``bench.tls`` as a process of its own: its CPU is nobody's who is measured. It prints one
line of JSON (the ports), and answers each line on standard input with how many connections each
port of the proxy has had since the last one.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socketserver
import ssl
import subprocess
import sys
import threading
from collections import Counter
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from scanner.demo import sites
from scanner.demo.authority import Authority

ADDRESS = "127.96.0.1"
NAMES = ("modern.example", "intermediate.example", "everything.example")
PORTS = {"modern": 7701, "intermediate": 7702, "everything": 7703, "smtp": 7704}
SETTINGS = {
    "modern": "ssl_protocols TLSv1.3;",
    "intermediate": "ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off;"
    " ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
    "everything": "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;",
}
DELAYS = {"direct": 0.0, "delayed": 0.04}
SERVER = """
  server {{ listen {address}:{port} ssl backlog=4096; server_name {name};
    ssl_certificate {pem}; ssl_certificate_key {pem}; {settings}
    location / {{ return 200 "a"; }} }}
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4000; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{servers} }}
"""


def fleet_address(number: int) -> str:
    """The address of one server of the fleet: each its own, as machines have."""
    return ADDRESS if number == 0 else f"127.96.1.{number}"


class Proxy:
    """Passes bytes on after a delay each way, and counts connections by port."""

    def __init__(self) -> None:
        self.count: Counter[int] = Counter()

    async def serve(self, stack: AsyncExitStack, target: int, delay: float, address: str) -> int:
        """Listen on a free port of an address for one server."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.count[port] += 1
            try:
                far_reader, far_writer = await asyncio.open_connection(ADDRESS, target)
            except OSError:
                writer.close()
                return
            with suppress(OSError, asyncio.CancelledError):
                await asyncio.gather(
                    _pump(reader, far_writer, delay), _pump(far_reader, writer, delay)
                )
            for one in (writer, far_writer):
                one.transport.abort()

        server = await asyncio.start_server(answer, address, 0, backlog=4096)
        stack.callback(server.close)
        port: int = server.sockets[0].getsockname()[1]
        return port


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: float) -> None:
    try:
        while data := await source.read(1 << 16):
            if delay:
                await asyncio.sleep(delay)
            sink.write(data)
            await sink.drain()
    finally:
        sink.close()


def _smtp(tls: ssl.SSLContext) -> type[socketserver.StreamRequestHandler]:
    """SMTP up to STARTTLS on blocking sockets: a handshake that fails sends its alert."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 smtp.example ESMTP\r\n")
            with suppress(OSError):
                self.rfile.readline()
                self.wfile.write(b"250-smtp.example\r\n250 STARTTLS\r\n")
                if self.rfile.readline().strip() != b"STARTTLS":
                    return
                self.wfile.write(b"220 go on\r\n")
                with tls.wrap_socket(self.connection, server_side=True) as secure:
                    while secure.recv(4096):
                        secure.sendall(b"250 smtp.example\r\n")

    return Talk


def _nginx(folder: Path, authority: Authority) -> subprocess.Popen[bytes]:
    servers = "".join(
        SERVER.format(
            address=ADDRESS,
            port=PORTS[kind],
            name=f"{kind}.example",
            pem=authority.issue((f"{kind}.example", "www.example")),
            settings=settings,
        )
        for kind, settings in SETTINGS.items()
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, servers=servers))
    program = shutil.which("nginx") or "nginx"
    return subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)])


async def main(folder: Path, copies: int) -> None:
    """Serve until standard input ends."""
    authority = Authority(folder)
    nginx = _nginx(folder, authority)
    proxy = Proxy()
    try:
        async with AsyncExitStack() as stack:
            tls = sites.context(authority.issue(("smtp.example",)))
            socketserver.ThreadingTCPServer.allow_reuse_address = True
            mail = socketserver.ThreadingTCPServer((ADDRESS, PORTS["smtp"]), _smtp(tls))
            threading.Thread(target=mail.serve_forever, daemon=True).start()
            stack.callback(mail.shutdown)
            ports: dict[str, dict[str, list[int]]] = {}
            for line, delay in DELAYS.items():
                ports[line] = {}
                for kind, port in PORTS.items():
                    count = copies if line == "delayed" and kind != "smtp" else 1
                    made = [
                        await proxy.serve(stack, port, delay, fleet_address(number))
                        for number in range(count)
                    ]
                    ports[line][kind] = made
            print(json.dumps({"ports": ports, "roots": str(authority.roots)}), flush=True)
            loop = asyncio.get_running_loop()
            while await loop.run_in_executor(None, sys.stdin.readline):
                print(json.dumps(proxy.count), flush=True)
                proxy.count.clear()
    finally:
        nginx.terminate()
        nginx.wait(10)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
