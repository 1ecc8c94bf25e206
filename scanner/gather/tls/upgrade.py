"""Asks port 80 whether it would go on in TLS; only with --thorough."""

from __future__ import annotations

import asyncio
import re
import socket

from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Place,
    Reason,
    Unobserved,
)
from scanner.observation.dns import HostAddresses
from scanner.observation.tls_upgrade import TlsUpgrade

HTTP = 80
SECONDS = 10.0
MOST_BYTES = 16 << 10
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_UPGRADE = re.compile(rb"\r\nUpgrade:[ \t]*([^\r\n]{0,60})", re.IGNORECASE)


@gatherer(TlsUpgrade)
async def tls_upgrades(on: Context, hosts: Every[HostAddresses]) -> Places:
    """One OPTIONS at every address of every web host."""
    if not on.settings.get("thorough"):
        why = Message("Port 80 is asked for TLS with --thorough only.")
        return {on.domain: Inapplicable(why)}
    places = web_endpoints(on, hosts, HTTP)

    async def see(place: Place) -> None:
        places[place] = await _look(on, place)

    async with asyncio.TaskGroup() as group:
        for place in [one for one in places if one.address]:
            group.create_task(see(place))
    return places


async def _look(on: Context, place: Place) -> Observation:
    subject, address = place.subject, place.address or ""
    try:
        async with on.dialer.connect(subject, address, seconds=SECONDS) as sock:
            head = await _head(sock, subject.host, on.user_agent)
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)
    found = _STATUS.match(head)
    if found is None:
        text = "the answer is not HTTP"
        return Unobserved(Reason.MALFORMED_REPLY, text, on.clock.now(), reached=True)
    upgrade = _UPGRADE.search(head)
    offered = upgrade[1].decode("latin-1").strip() if upgrade else ""
    value = TlsUpgrade(int(found[1]), offered)
    return on.observed(value, on.dialer.peer(subject, address))


async def _head(sock: socket.socket, host: str, user_agent: str) -> bytes:
    lines = (
        "OPTIONS * HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {user_agent}",
        "Upgrade: TLS/1.0",
        "Connection: Upgrade",
    )
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    data = bytearray()
    while b"\r\n\r\n" not in data and len(data) < MOST_BYTES:
        piece = await loop.sock_recv(sock, 4096)
        if not piece:
            break
        data += piece
    return bytes(data)
