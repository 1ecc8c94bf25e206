"""Follows redirects hop by hop, each dialled in its own host's budget and only inside the scope."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from scanner.formats.answer import location
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.gather.http.site import fetch
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.web import ChainEnd, HttpExchange, RedirectChain

MOST_HOPS = 10
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_URL = 4000


async def follow(
    on: Context, first: HttpExchange, known: Mapping[str, HttpExchange]
) -> RedirectChain:
    """Every hop from a first answer to the end; what was asked already (by URL) is not again."""
    hops, visited = [first], {first.url}
    while (url := location(hops[-1])) is not None:
        if not url or len(url) > LONGEST_URL:
            return RedirectChain(tuple(hops), ChainEnd.INVALID_TARGET)
        if url in visited:
            return RedirectChain(tuple(hops), ChainEnd.LOOP, url)
        if len(hops) > MOST_HOPS:
            return RedirectChain(tuple(hops), ChainEnd.TOO_LONG, url)
        visited.add(url)
        try:
            hops.append(known.get(url) or await _hop(on, url))
        except (NotObservedError, OSError) as error:
            missing = unobserved(error)
            outside = missing.reason is Reason.OUT_OF_SCOPE
            end = ChainEnd.OUT_OF_SCOPE if outside else ChainEnd.FAILED
            return RedirectChain(tuple(hops), end, url, missing.reason, missing.detail)
    return RedirectChain(tuple(hops), ChainEnd.ANSWERED)


async def _hop(on: Context, url: str) -> HttpExchange:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    subject = Subject(Role.WEB, host, port)
    on.dialer.admit_name(subject)
    if port not in {80, 443}:
        text = f"port {port} is not one that is scanned"
        raise NotObservedError(Reason.OUT_OF_SCOPE, text)
    known = await on.resolver.addresses(host) if not on.dialer.is_routed(host, port) else None
    addresses = on.dialer.endpoints(host, port, known.addresses if known else ())
    ours = [one for one in addresses if on.dialer.has_family(one)]
    if not ours:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{host} has no address to connect to")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (await fetch(on, subject, ours[0], _encoded(path))).exchange


def _encoded(path: str) -> str:
    """A path as bytes of a request line: whatever is not visible ASCII is percent-encoded."""
    return "".join(
        char if "!" <= char <= "~" else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in path
    )
