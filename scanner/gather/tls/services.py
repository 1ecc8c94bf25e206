"""The TLS services of a target: its web hosts on 443, and its MX hosts after STARTTLS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.smtp.talk import starttls
from scanner.gather.tls.examine import Examined, examine
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Role,
    Unobserved,
)
from scanner.observation.dns import HostAddresses
from scanner.observation.mail import MailServer
from scanner.observation.tls import CertificateChain, ServedCertificates, TlsServer

HTTPS = 443

Seen: TypeAlias = TlsServer | CertificateChain | ServedCertificates | NotObservedError
Part: TypeAlias = Callable[[Examined], Seen]


@gatherer(TlsServer)
async def web_versions(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The versions of every web endpoint."""
    return await _on_web(on, hosts, _server)


@gatherer(CertificateChain)
async def web_chains(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The certificates of every web endpoint, from the same hellos."""
    return await _on_web(on, hosts, _chain)


@gatherer(TlsServer)
async def mail_versions(on: Context, servers: Every[MailServer]) -> Places:
    """The versions of every MX host that offers STARTTLS."""
    return await _on_mail(on, servers, _server)


@gatherer(CertificateChain)
async def mail_chains(on: Context, servers: Every[MailServer]) -> Places:
    """The certificates of every MX host that offers STARTTLS."""
    return await _on_mail(on, servers, _chain)


@gatherer(ServedCertificates)
async def web_certificates(on: Context, hosts: Every[HostAddresses]) -> Places:
    """Every distinct chain of every web endpoint, from the same examination."""
    return await _on_web(on, hosts, _certificates)


@gatherer(ServedCertificates)
async def mail_certificates(on: Context, servers: Every[MailServer]) -> Places:
    """Every distinct chain of every MX host that offers STARTTLS."""
    return await _on_mail(on, servers, _certificates)


async def _on_web(on: Context, hosts: Every[HostAddresses], part: Part) -> Places:
    places = web_endpoints(on, hosts, HTTPS)

    async def see(place: Place) -> None:
        if place.address:
            places[place] = await _look(on, place, part)

    async with asyncio.TaskGroup() as group:
        for place in list(places):
            group.create_task(see(place))
    return places


async def _on_mail(on: Context, servers: Every[MailServer], part: Part) -> Places:
    places: dict[Place, Observation] = {}
    for place, seen in servers.seen:
        match seen:
            case Observed(value=server) if not server.offers_starttls:
                places[place] = Inapplicable(
                    Message("The server does not offer STARTTLS."), seen.at
                )
            case Observed():
                places[place] = await _look(on, place, part)
            case _:
                places[place] = seen
    return places


async def _look(on: Context, place: Place, part: Part) -> Observation:
    """Both kinds come from one examination; an MX host's is shared by many targets."""
    subject, address = place.subject, place.address or ""
    preamble = starttls(on.helo_name) if subject.role is Role.MAIL else None

    async def see() -> Examined | NotObservedError:
        try:
            return await examine(on, subject, address, preamble)
        except (NotObservedError, OSError) as error:
            return unobserved(error)

    keeper = on.shared if subject.role is Role.MAIL else on.own
    seen = await keeper.once(("tls", subject, address), see)
    value = seen if isinstance(seen, NotObservedError) else part(seen)
    if isinstance(value, NotObservedError):
        return Unobserved(value.reason, value.detail, on.clock.now(), value.reached)
    return on.observed(value, on.dialer.peer(subject, address))


def _server(seen: Examined) -> TlsServer:
    return seen.server


def _chain(seen: Examined) -> CertificateChain | NotObservedError:
    return seen.chain


def _certificates(seen: Examined) -> ServedCertificates | NotObservedError:
    return seen.served
