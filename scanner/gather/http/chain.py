"""Follows redirects hop by hop, each dialled in its own host's budget and only inside the scope."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from urllib.parse import urlsplit

from scanner.formats.answer import location
from scanner.formats.cookie import Cookie, read
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.gather.http.purse import Purpose
from scanner.gather.http.site import Fetched, visit
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.web import ChainEnd, HttpExchange, RedirectChain

MOST_HOPS = 10
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_URL = 4000
MOST_OF_A_HOP = 1 << 18  # its head is what counts
ENDLESS = frozenset({ChainEnd.LOOP, ChainEnd.TOO_LONG})


async def follow(
    on: Context, first: HttpExchange, known: MutableMapping[str, HttpExchange]
) -> RedirectChain:
    """Every hop from a first answer to the end; what was asked already (by URL) is not again.

    A chain without an end is walked once more with the cookies that it sets: some sites send a
    visitor in a circle until he brings one (web.md 3.2).
    """
    chain = await _walk(on, first, known)
    if chain.end not in ENDLESS or not any(hop.values("Set-Cookie") for hop in chain.hops):
        return chain
    again = await _walk(on, first, {}, jar=_Jar())
    return RedirectChain(
        chain.hops, chain.end, chain.target, chain.reason, chain.detail, with_cookies=again.end
    )


class _Jar:
    """The cookies of one walk, as a browser would send them back."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], tuple[str, Cookie]] = {}

    def take(self, hop: HttpExchange) -> None:
        parts = urlsplit(hop.url)
        host = (parts.hostname or "").rstrip(".")
        for line in hop.values("Set-Cookie"):
            made = read(line, host, is_https=parts.scheme == "https")
            if isinstance(made, Cookie):
                self._kept[made.name, made.domain or host, made.path] = (host, made)

    def header(self, url: str) -> dict[str, str]:
        parts = urlsplit(url)
        host, path = (parts.hostname or "").rstrip("."), parts.path or "/"
        pairs = [
            f"{one.name}={one.value}"
            for owner, one in self._kept.values()
            if _matches(host, owner, one)
            and path.startswith(one.path or "/")
            and (parts.scheme == "https" or not one.secure)
            and not one.deletes
        ]
        return {"Cookie": "; ".join(pairs)} if pairs else {}


def _matches(host: str, owner: str, cookie: Cookie) -> bool:
    if not cookie.domain:
        return host == owner
    return host == cookie.domain or host.endswith("." + cookie.domain)


async def _walk(
    on: Context,
    first: HttpExchange,
    known: MutableMapping[str, HttpExchange],
    jar: _Jar | None = None,
) -> RedirectChain:
    """With a jar a page may be met again: then only the number of hops ends the walk."""
    hops, visited = [first], {first.url}
    while (url := location(hops[-1])) is not None:
        if jar:
            jar.take(hops[-1])
        if end := _end(url, visited, len(hops), has_jar=jar is not None):
            return RedirectChain(tuple(hops), end, "" if end is ChainEnd.INVALID_TARGET else url)
        visited.add(url)
        try:
            hop = None if jar else known.get(url)
            hop = hop or await _hop(on, url, jar.header(url) if jar else {})
        except (NotObservedError, OSError) as error:
            return _broken(hops, url, unobserved(error))
        hops.append(hop)
        known[url] = hop
    return RedirectChain(tuple(hops), ChainEnd.ANSWERED)


def _end(url: str, visited: set[str], hops: int, *, has_jar: bool) -> ChainEnd | None:
    if not url or len(url) > LONGEST_URL:
        return ChainEnd.INVALID_TARGET
    if url in visited and not has_jar:
        return ChainEnd.LOOP
    return ChainEnd.TOO_LONG if hops > MOST_HOPS else None


def _broken(hops: list[HttpExchange], url: str, missing: NotObservedError) -> RedirectChain:
    outside = missing.reason is Reason.OUT_OF_SCOPE
    end = ChainEnd.OUT_OF_SCOPE if outside else ChainEnd.FAILED
    return RedirectChain(tuple(hops), end, url, missing.reason, missing.detail)


async def _hop(on: Context, url: str, headers: Mapping[str, str]) -> HttpExchange:
    purpose = Purpose.REPEAT if headers else Purpose.CHAIN
    return (await reach(on, url, headers=headers, purpose=purpose)).exchange


async def reach(
    on: Context, url: str, *, purpose: Purpose, headers: Mapping[str, str] | None = None
) -> Fetched:
    """Ask for any URL of the target's scope, at its host's first address, on a new connection.

    Raises ``NotObservedError`` and ``OSError``; ports other than 80 and 443 are out of scope.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    subject = Subject(Role.WEB, host, port)
    on.dialer.admit_name(subject)
    if port != DEFAULT_PORTS[parts.scheme]:
        text = f"port {port} is not one that is scanned"
        raise NotObservedError(Reason.OUT_OF_SCOPE, text)
    known = await on.resolver.addresses(host) if not on.dialer.is_routed(host, port) else None
    addresses = on.dialer.endpoints(host, port, known.addresses if known else ())
    ours = [one for one in addresses if on.dialer.has_family(one)]
    if not ours:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{host} has no address to connect to")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    async with visit(on, subject, ours[0]) as site:
        return await site.fetch(
            encoded(path), headers=headers, most_bytes=MOST_OF_A_HOP, purpose=purpose
        )


def encoded(path: str) -> str:
    """A path as bytes of a request line: whatever is not visible ASCII is percent-encoded."""
    return "".join(
        char if "!" <= char <= "~" else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in path
    )
