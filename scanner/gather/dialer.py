"""The dialer that every connection and datagram passes: scope, address guard, routes, caps."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import socket as Socket  # noqa: N812 - a method of the dialer has its name
from typing import NamedTuple, TypeVar

from msgspec import Struct

from scanner.gather.budget import Budget
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.command import endpoint

P = TypeVar("P", bound=asyncio.BaseProtocol)

NAT64 = ip_network("64:ff9b::/96")
NAT64_LOCAL = ip_network("64:ff9b:1::/48")
WEB_PORTS = frozenset({80, 443})


_parsed = lru_cache(maxsize=1024)(ip_address)  # the same few, again and again


class Route(NamedTuple):
    """One ``--connect-to``: an empty host or port stands for any, as curl means it."""

    host: str
    port: int | None
    to_host: str | None
    to_port: int | None


class Network(Struct, frozen=True):
    """How this run reaches the world, as the operator said."""

    allowed: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    hosts: Mapping[str, tuple[str, ...]] = {}
    source_address: str = ""
    has_ipv4: bool = True
    has_ipv6: bool = True


class Scope:
    """The names that may be visited, by role and port (ARCHITECTURE.md, Decisions 23)."""

    def __init__(self, hosts: Collection[str], registrables: Collection[str]) -> None:
        self._hosts = hosts
        self._registrables = registrables
        self._below: dict[str, set[str]] = {}
        self._named: set[Subject] = set()

    def add(self, subject: Subject) -> None:
        """Let one service in that a certificate names (only with ``--revocation``)."""
        self._named.add(subject)

    def includes(self, subject: Subject) -> bool:
        """Whether a connection may be made to this service.

        MX hosts and name servers enter by their role: gatherers name only those that the target's
        own records name.
        """
        match subject.role:
            case Role.MAIL:
                # RFC 5321 4.5.4.2; another port only where the operator named host and port
                return subject.port == 25 or self._is_ours(subject.host)  # noqa: PLR2004
            case Role.NAME_SERVER:
                return True
            case _:
                return subject in self._named or self._is_ours(subject.host)

    def names(self, host: str) -> bool:
        """Whether the name itself is a target of this run."""
        return host in self._hosts

    def below(self, domain: str) -> frozenset[str]:
        """The names of the inventory that lie below a domain, or are it."""
        if not self._below:
            for host in self._hosts:
                for parent in _parents(host):
                    self._below.setdefault(parent, set()).add(host)
        return frozenset(self._below.get(domain, ()))

    def _is_ours(self, host: str) -> bool:
        if host in self._hosts or host.removeprefix("www.") in self._hosts:
            return True
        return any(parent in self._registrables for parent in _parents(host))


def _parents(host: str) -> Iterable[str]:
    labels = host.split(".")
    return (".".join(labels[start:]) for start in range(len(labels) - 1))


class Dialer:
    """Opens every connection of a run; refuses what is out of scope before a packet is sent."""

    def __init__(self, network: Network, scope: Scope, budget: Budget) -> None:
        self.network = network
        self.budget = budget
        self._scope = scope
        self._allowed: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(one) for one in network.allowed
        )
        self._lost: list[Socket] = []

    def is_target(self, host: str) -> bool:
        """Whether the name is a target of this run: an inventory domain."""
        return self._scope.names(host)

    def names_below(self, domain: str) -> frozenset[str]:
        """The names of the inventory that lie below a domain, or are it."""
        return self._scope.below(domain)

    def endpoints(self, host: str, port: int, addresses: Iterable[str]) -> tuple[str, ...]:
        """The addresses at which a service is dialled: the route's where the operator gave one."""
        route = self._route(host, port)
        if route and route.to_host:
            return (str(ip_address(route.to_host)),)
        return tuple(dict.fromkeys(addresses))

    def is_routed(self, host: str, port: int) -> bool:
        """Whether the operator says where this service is, so that DNS need not."""
        route = self._route(host, port)
        return bool(route and route.to_host)

    def port(self, host: str, port: int) -> int:
        """The port that is dialled for a service's port."""
        route = self._route(host, port)
        return route.to_port if route and route.to_port else port

    def has_family(self, address: str) -> bool:
        """Whether this machine has a route for the address's family at all."""
        if _parsed(address).is_loopback:
            return True
        is_ipv6 = _parsed(address).version == 6  # noqa: PLR2004 - the IP version
        return self.network.has_ipv6 if is_ipv6 else self.network.has_ipv4

    def permits(self, address: str) -> bool:
        """Whether the address is globally routable unicast, or allowed by the operator.

        Checked again at connect time: a name may be rebound between look-up and connection.
        """
        ip = _parsed(address)
        if isinstance(ip, IPv6Address):
            inner = _embedded_ipv4(ip)
            if inner is not None and not self.permits(inner):
                return False
        if any(ip in network for network in self._allowed if network.version == ip.version):
            return True
        return ip.is_global and not ip.is_multicast and ip not in NAT64_LOCAL

    def extend(self, subject: Subject) -> None:
        """Let in a service that a certificate names: OCSP, CRL, its issuer (Decisions 23)."""
        self._scope.add(subject)

    def admit_name(self, subject: Subject) -> None:
        """Raise where a service's name is not in scope: it is not even looked up."""
        if not self._scope.includes(subject):
            message = f"{subject.host} is not in the scope of this run"
            raise NotObservedError(Reason.OUT_OF_SCOPE, message)

    def admit(self, subject: Subject, address: str) -> tuple[str, int]:
        """The address and port to dial for a service; raise where that is not permitted."""
        self.admit_name(subject)
        if not self.permits(address):
            message = f"{address} is not a public address (see --allow-network)"
            raise NotObservedError(Reason.OUT_OF_SCOPE, message)
        if not self.has_family(address):
            message = f"this machine has no route for addresses such as {address}"
            raise NotObservedError(Reason.UNREACHABLE, message)
        return address, self.port(subject.host, subject.port or 53)

    def peer(self, subject: Subject, address: str) -> str:
        """How a peer is written in evidence: the address and port that were dialled."""
        return endpoint(address, self.port(subject.host, subject.port or 53))

    def socket(self, address: str) -> Socket:
        """A socket for a connection to a permitted address, from the operator's source address."""
        if not self.permits(address):
            message = f"{address} is not a public address (see --allow-network)"
            raise NotObservedError(Reason.OUT_OF_SCOPE, message)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        loop = asyncio.get_running_loop()
        while _is_claimed(sock, loop):
            self._lost.append(sock)
            sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)  # noqa: FBT003 - the standard library's signature
        if self.network.source_address:
            sock.bind((self.network.source_address, 0))
        return sock

    @asynccontextmanager
    async def connect(
        self, subject: Subject, address: str, *, seconds: float = 0.0
    ) -> AsyncIterator[Socket]:
        """A connected, non-blocking socket within the budget; closed at the end.

        Raises ``NotObservedError``, ``OSError`` and ``TimeoutError``: see ``unobserved``.
        """
        address, port = self.admit(subject, address)
        limits = self.budget.limits
        places = limits.per_mail_address if subject.role is Role.MAIL else limits.per_address
        async with self.budget.connection(address, places=places, seconds=seconds):
            with self.socket(address) as sock:
                await asyncio.get_running_loop().sock_connect(sock, (address, port))
                yield sock

    async def attach(
        self,
        sock: Socket,
        protocol: Callable[[], P],
    ) -> P:
        """Let an asyncio protocol speak on a connected socket."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(protocol, sock=sock)
        return made

    @asynccontextmanager
    async def streams(
        self,
        subject: Subject,
        address: str,
        *,
        seconds: float = 0.0,
        limit: int = 1 << 16,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A reader and a writer on a new connection within the budget."""
        async with self.connect(subject, address, seconds=seconds) as sock:
            reader, writer = await asyncio.open_connection(sock=sock, limit=limit)
            try:
                yield reader, writer
            finally:
                writer.transport.abort()

    def _route(self, host: str, port: int) -> Route | None:
        return next(
            (
                route
                for route in self.network.routes
                if route.host in {"", host} and route.port in {None, port}
            ),
            None,
        )


def _is_claimed(sock: Socket, loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a lost transport of the loop still claims the socket's number.

    A connection that is given up just as its TLS begins can leave one behind, closed socket and
    all; the next connection with that number, and every one after it, would be refused.
    """
    try:
        loop.remove_reader(sock)
    except RuntimeError:
        return True
    return False


def _embedded_ipv4(ip: IPv6Address) -> str | None:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 one (RFC 4291, 3056, 4380, 6052)."""
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    if ip.sixtofour:
        return str(ip.sixtofour)
    if ip.teredo:
        return str(ip.teredo[1])
    if ip in NAT64:
        return str(ip_address(int(ip) & 0xFFFFFFFF))
    return None


def unobserved(error: Exception) -> NotObservedError:  # noqa: PLR0911 - a table
    """The one place where an exception becomes a word of the report."""
    text = str(error) or type(error).__name__
    match error:
        case NotObservedError():
            return error
        case ssl.SSLError():
            return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)
        case TimeoutError():
            return NotObservedError(Reason.TIMEOUT, "no answer in time")
        case ConnectionRefusedError():
            return NotObservedError(Reason.REFUSED, "the connection was refused")
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return NotObservedError(Reason.RESET, "the connection was reset", reached=True)
        case asyncio.IncompleteReadError():
            return NotObservedError(Reason.RESET, "the connection was closed early", reached=True)
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.EADDRNOTAVAIL):
            return NotObservedError(Reason.UNREACHABLE, text)
        case OSError():
            return NotObservedError(Reason.UNREACHABLE, text)
        case _:
            return NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
