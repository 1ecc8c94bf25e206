"""TLSA records of mail and web services: asked only where the host's addresses are secure."""

from __future__ import annotations

import asyncio

from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.dane import TlsaRecords
from scanner.observation.dns import DnsAnswer, HostAddresses, Presence
from scanner.observation.dnssec import Security
from scanner.observation.mail import MailHosts

SMTP, HTTPS = 25, 443
MOST_HOSTS = 10


@gatherer(TlsaRecords)
async def mail_tlsa(on: Context, mail: Every[MailHosts]) -> Places:
    """Those of every MX host, below its expanded name first (RFC 7672 2.2)."""
    seen = mail.seen[0].observation
    own = Place(Subject(Role.MAIL, on.target.host, SMTP))
    if not isinstance(seen, Observed):
        return {own: seen}
    found: MailHosts = seen.value
    hosts = [one.name for one in found.hosts[:MOST_HOSTS] if one.name != "."]
    if found.is_null or not hosts:
        why = Message("The domain names no mail server.")
        return {own: Inapplicable(why)}
    mx = (await on.resolver.ask(on.target.host, "MX")).security
    made = await asyncio.gather(*(_of_mail(on, host, mx) for host in hosts))
    return dict(zip((Place(Subject(Role.MAIL, host, SMTP)) for host in hosts), made, strict=True))


async def _of_mail(on: Context, host: str, mx: Security) -> Observation:
    try:
        known = await on.resolver.addresses(host)
    except NotObservedError as error:
        return Unobserved(error.reason, error.detail, on.clock.now(), error.reached)
    expanded = known.aliases[-1:] if known.security is Security.SECURE else ()
    bases = (*expanded, host)
    names = tuple(dict.fromkeys((*bases, on.target.host)))
    if known.security is not Security.SECURE:
        made = TlsaRecords(host, host, names, known.security, mx, is_asked=False)
        return on.observed(made)
    found = TlsaRecords(host, host, names, known.security, mx)
    for base in bases:
        found = await _tlsa(on, host, base, SMTP, names, known.security, mx)
        if found.records or found.reason:
            break
    return on.observed(found)


async def _tlsa(  # noqa: PLR0913, PLR0917 - the fields of what is made
    on: Context,
    host: str,
    base: str,
    port: int,
    names: tuple[str, ...],
    address: Security,
    mx: Security | None,
) -> TlsaRecords:
    try:
        answer: DnsAnswer = await on.resolver.ask(f"_{port}._tcp.{base}", "TLSA")
    except NotObservedError as error:
        state = Security.BOGUS if error.reason == "bogus" else Security.INDETERMINATE
        return TlsaRecords(
            host, base, names, address, mx, security=state, reason=error.reason, detail=error.detail
        )
    return TlsaRecords(
        host, base, names, address, mx, records=answer.records, security=answer.security
    )


@gatherer(TlsaRecords)
async def web_tlsa(on: Context, hosts: Every[HostAddresses]) -> Places:
    """Those of every web host whose addresses are secure."""
    places: dict[Place, Observation] = {}
    for one in hosts.seen:
        host = one.place.subject.host
        place = Place(Subject(Role.WEB, host, HTTPS))
        seen = one.observation
        if not isinstance(seen, Observed):
            places[place] = seen
            continue
        found: HostAddresses = seen.value
        if found.presence is not Presence.PRESENT:
            why = Message("The name {host} has no address.", {"host": host})
            places[place] = Inapplicable(why)
        elif found.security is not Security.SECURE:
            made = TlsaRecords(host, host, (host,), found.security, is_asked=False)
            places[place] = on.observed(made)
        else:
            made = await _tlsa(on, host, host, HTTPS, (host,), found.security, None)
            places[place] = on.observed(made)
    return places
