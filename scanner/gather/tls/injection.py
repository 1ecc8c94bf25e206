"""Whether what is said together with STARTTLS is obeyed after the handshake (CVE-2011-0411)."""

from __future__ import annotations

import asyncio
import socket

from scanner.formats.tls.groups import X25519
from scanner.formats.tls.handshake12 import Shaken, handshake12
from scanner.formats.tls.handshake13 import Completed, handshake13
from scanner.formats.tls.hello import Offer
from scanner.formats.tls.messages import APPLICATION
from scanner.formats.tls.wire import Event, Script
from scanner.gather.smtp.talk import hello
from scanner.gather.tls.ask import CONNECTION_SECONDS, converse
from scanner.gather.tls.prober import Prober
from scanner.gather.tls.sessions import whole_offer
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Reason
from scanner.observation.tls import Probe, Verdict

NAME = "starttls-injection"
LISTEN_SECONDS = 3.0
TOGETHER = b"STARTTLS\r\nNOOP\r\n"
READY, OBEYED = b"220", b"250"


async def starttls_injection(prober: Prober, listed: list[Listed]) -> Probe:
    """Say STARTTLS and NOOP in one write, shake hands, and wait for an unasked 250."""
    on = prober.on
    seconds = on.dialer.budget.limits.seconds
    try:
        async with on.dialer.connect(
            prober.subject, prober.address, seconds=CONNECTION_SECONDS
        ) as sock:
            prober.connections += 1
            await hello(sock, on.helo_name)
            said = await _together(sock, seconds)
            if not said.startswith(READY):
                return Probe(NAME, Verdict.NOT_VULNERABLE, "the two together are refused")
            if OBEYED in said:
                text = "the NOOP was answered in clear, before any handshake"
                return Probe(NAME, Verdict.UNKNOWN, text, Reason.MALFORMED_REPLY)
            return await _shake(prober, listed, sock, seconds)
    except (NotObservedError, OSError) as error:
        reason = error.reason if isinstance(error, NotObservedError) else Reason.RESET
        return Probe(NAME, Verdict.UNKNOWN, str(error), reason)


async def _together(sock: socket.socket, seconds: float) -> bytes:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        await loop.sock_sendall(sock, TOGETHER)
        said = bytearray()
        while not said.endswith(b"\n") and len(said) < 4096:  # noqa: PLR2004
            data = await loop.sock_recv(sock, 4096)
            if not data:
                break
            said += data
    return bytes(said)


async def _shake(
    prober: Prober, listed: list[Listed], sock: socket.socket, seconds: float
) -> Probe:
    legacy = whole_offer(prober, [one for one in listed if one.version != "TLSv1.3"])
    if legacy is not None:
        shaken, said = await converse(sock, _listen(legacy), seconds)
        done = shaken.session is not None
    else:
        offer = prober.offer("TLSv1.3")
        seen: Completed = await converse(sock, handshake13(offer, (X25519,), b""), seconds)
        done, said = seen.is_finished, seen.said
    if not done:
        text = "with the stray bytes there is no handshake, as it should be"
        return Probe(NAME, Verdict.NOT_VULNERABLE, text)
    if said.startswith(OBEYED[:3]):
        text = "a command sent in clear before the handshake was obeyed after it"
        return Probe(NAME, Verdict.VULNERABLE, text, heard=("250 without being asked",))
    return Probe(NAME, Verdict.NOT_VULNERABLE, "the stray command was dropped")


def _listen(offer: Offer) -> Script[tuple[Shaken, bytes]]:
    shaken = yield from handshake12(offer)
    if shaken.session is None:
        return shaken, b""
    event: Event = yield from shaken.session.wire.next(seconds=LISTEN_SECONDS)
    return shaken, event.data[:4] if event.type == APPLICATION else b""
