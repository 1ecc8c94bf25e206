"""The TLS services of a target: its web hosts on 443, and its MX hosts after STARTTLS."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address
from typing import TypeAlias

from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.smtp.talk import starttls
from scanner.gather.tls.digest import examine_further
from scanner.gather.tls.examine import Examined, examine, see_chain
from scanner.gather.tls.flaws import probe_flaws
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Role,
    Unobserved,
)
from scanner.observation.dns import HostAddresses
from scanner.observation.mail import MailServer
from scanner.observation.tls import (
    CertificateChain,
    ServedCertificates,
    TlsFlaws,
    TlsServer,
    Verdict,
)

HTTPS = 443
# What takes an examination of everything; the chain alone takes two connections.
WHOLE = frozenset({TlsServer, ServedCertificates, TlsFlaws})
SAFE = frozenset({Verdict.NOT_VULNERABLE, Verdict.NOT_APPLICABLE})
MOST_ADDRESSES_EACH = 8  # of a family, 16 in all

Seen: TypeAlias = TlsServer | CertificateChain | ServedCertificates | TlsFlaws | NotObservedError
Part: TypeAlias = Callable[[Context, Examined], Awaitable[Seen]]


@gatherer(TlsServer)
async def web_versions(on: Context, hosts: Every[HostAddresses]) -> Places:
    """What every web endpoint accepts, and how it behaves."""
    return await _on_web(on, hosts, _server)


@gatherer(CertificateChain)
async def web_chains(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The chain a visitor of every web endpoint gets, from the same examination.

    Where nothing else of TLS is wanted, the chain alone is asked for.
    """
    if on.wanted and not on.wanted & WHOLE:
        return await _chains_alone(on, hosts)
    return await _on_web(on, hosts, _chain)


async def _chains_alone(on: Context, hosts: Every[HostAddresses]) -> Places:
    places = web_endpoints(on, hosts, HTTPS)

    async def see(place: Place) -> None:
        try:
            seen = await see_chain(on, place.subject, place.address or "")
        except (NotObservedError, OSError) as error:
            seen = unobserved(error)
        if isinstance(seen, NotObservedError):
            places[place] = Unobserved(seen.reason, seen.detail, on.clock.now(), seen.reached)
        else:
            places[place] = on.observed(seen, on.dialer.peer(place.subject, place.address or ""))

    async with asyncio.TaskGroup() as group:
        for place in [place for place in places if place.address]:
            group.create_task(see(place))
    return places


@gatherer(TlsServer)
async def mail_versions(on: Context, servers: Every[MailServer]) -> Places:
    """What every MX host that offers STARTTLS accepts, and how it behaves."""
    return await _on_mail(on, servers, _server)


@gatherer(CertificateChain)
async def mail_chains(on: Context, servers: Every[MailServer]) -> Places:
    """The chain of every MX host that offers STARTTLS."""
    return await _on_mail(on, servers, _chain)


@gatherer(ServedCertificates)
async def web_certificates(on: Context, hosts: Every[HostAddresses]) -> Places:
    """Every distinct chain of every web endpoint, from the same examination."""
    return await _on_web(on, hosts, _certificates)


@gatherer(ServedCertificates)
async def mail_certificates(on: Context, servers: Every[MailServer]) -> Places:
    """Every distinct chain of every MX host that offers STARTTLS."""
    return await _on_mail(on, servers, _certificates)


@gatherer(TlsFlaws)
async def web_flaws(on: Context, hosts: Every[HostAddresses]) -> Places:
    """What probes of known flaws hear at every web endpoint."""
    _admit_attacks(on)
    return await _on_web(on, hosts, _flaws)


@gatherer(TlsFlaws)
async def mail_flaws(on: Context, servers: Every[MailServer]) -> Places:
    """What probes of known flaws hear at every MX host that offers STARTTLS."""
    _admit_attacks(on)
    return await _on_mail(on, servers, _flaws)


def _alone(on: Context, hosts: Every[HostAddresses]) -> Every[HostAddresses]:
    """Where one server alone is examined, not its ``www`` beside it."""
    if not on.settings.get("alone"):
        return hosts
    return Every(hosts.on(on.target.host))


def _admit_attacks(on: Context) -> None:
    """An administrator could take them for an attack (ARCHITECTURE.md, Decisions 24)."""
    if not on.authorised_by:
        text = "known flaws are probed only with --authorised-by"
        raise NotObservedError(Reason.NOT_AUTHORISED, text)


async def _on_web(on: Context, hosts: Every[HostAddresses], part: Part) -> Places:
    if on.settings.get("starttls"):
        why = Message("With --starttls the mail server alone is examined.")
        return {on.domain: Inapplicable(why)}
    port = on.settings.get("port") or HTTPS
    places = web_endpoints(on, _alone(on, hosts), port, MOST_ADDRESSES_EACH)
    models = _models(places)

    async def see(place: Place) -> None:
        if place.address:
            places[place] = await _look(on, place, part, models[place])

    async with asyncio.TaskGroup() as group:
        for place in list(places):
            group.create_task(see(place))
    return places


def _models(places: Iterable[Place]) -> dict[Place, Place]:
    """Which place is examined in full for each: the first of a family, the first at an address."""
    first: dict[object, Place] = {}
    models: dict[Place, Place] = {}
    for place in places:
        if place.address:
            family = place.subject, ":" in place.address
            known = first.get(place.address) or first.get(family) or place
            first.setdefault(place.address, known)
            first.setdefault(family, known)
            models[place] = known
    return models


async def _on_mail(on: Context, servers: Every[MailServer], part: Part) -> Places:
    places: dict[Place, Observation] = {}
    models = _mail_models(place for place, seen in servers.seen if _takes_tls(seen))

    async def see(place: Place) -> None:
        places[place] = await _look(on, place, part, models[place])

    async with asyncio.TaskGroup() as group:
        for place, seen in servers.seen:
            match seen:
                case Observed(value=server) if not server.offers_starttls:
                    why = Message("The server does not offer STARTTLS.")
                    places[place] = Inapplicable(why, seen.at)
                case Observed():
                    group.create_task(see(place))
                case _:
                    places[place] = seen
    return places


def _takes_tls(seen: Observation) -> bool:
    return isinstance(seen, Observed) and seen.value.offers_starttls


def _mail_models(places: Iterable[Place]) -> dict[Place, Place]:
    """The lowest address of each host and family is examined in full.

    Hosts are shared by targets, whose resolvers may give the addresses in any order: an order of
    their own keeps two targets from waiting for each other.
    """
    first: dict[object, Place] = {}
    models: dict[Place, Place] = {}
    for place in sorted((one for one in places if one.address), key=_by_address):
        models[place] = first.setdefault((place.subject, ":" in (place.address or "")), place)
    return models


def _by_address(place: Place) -> tuple[int, int]:
    address = ip_address(place.address or "")
    return address.version, int(address)


async def _look(on: Context, place: Place, part: Part, model: Place) -> Observation:
    """Every kind comes from one examination; an MX host's is shared by many targets."""
    seen = await _examined(on, place, model)
    value = seen if isinstance(seen, NotObservedError) else await part(on, seen)
    if isinstance(value, NotObservedError):
        return Unobserved(value.reason, value.detail, on.clock.now(), value.reached)
    return on.observed(value, on.dialer.peer(place.subject, place.address or ""))


async def _examined(on: Context, place: Place, model: Place) -> Examined | NotObservedError:
    """The whole plan at the first address of a family; elsewhere as far as it differs."""
    subject, address = place.subject, place.address or ""
    preamble = starttls(on.helo_name) if subject.role is Role.MAIL else None

    async def see() -> Examined | NotObservedError:
        try:
            if model == place:
                return await examine(on, subject, address, preamble)
            known = await _examined(on, model, model)
            if isinstance(known, NotObservedError):
                return await examine(on, subject, address, preamble)
            return await examine_further(on, subject, address, known, preamble)
        except (NotObservedError, OSError) as error:
            return unobserved(error)

    keeper = on.shared if subject.role is Role.MAIL else on.own
    return await keeper.once(("tls", subject, address), see)


async def _server(on: Context, seen: Examined) -> TlsServer:
    del on
    return seen.server


async def _chain(on: Context, seen: Examined) -> CertificateChain | NotObservedError:
    del on
    return seen.chain


async def _certificates(on: Context, seen: Examined) -> ServedCertificates | NotObservedError:
    del on
    return seen.served


async def _flaws(on: Context, seen: Examined) -> TlsFlaws | NotObservedError:
    """At an address that is the same as another only where that one is not known to be safe."""
    if seen.model is not None:
        known = await _flaws(on, seen.model)
        if isinstance(known, TlsFlaws) and all(one.verdict in SAFE for one in known.probes):
            return known
    subject, address = seen.prober.subject, seen.prober.address
    if seen.server.other_protocol or not seen.listed:
        text = "no version of TLS is accepted"
        return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)
    if seen.prober.stopped:
        stopped = seen.prober.stopped
        return NotObservedError(stopped.reason, stopped.detail, reached=True)
    keeper = on.shared if subject.role is Role.MAIL else on.own
    return await keeper.once(("tls-flaws", subject, address), lambda: probe_flaws(seen))
