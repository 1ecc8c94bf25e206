"""What each MX host says: once per address and run, however many domains share it."""

from __future__ import annotations

import asyncio
import socket

from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.smtp.talk import READY, command, farewell, hello
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
    Subject,
    Unobserved,
)
from scanner.observation.mail import MailHost, MailHosts, MailServer

SMTP = 25
MOST_HOSTS = 10
ADDRESSES_EACH = 8  # of a family, 16 in all
SECONDS = 90.0
SYNTAX_ERRORS = range(500, 505)  # an old server that knows no EHLO (RFC 5321 3.2)


@gatherer(MailServer)
async def mail_servers(on: Context, hosts: Every[MailHosts]) -> Places:
    """Every MX host of the target, at every address."""
    if on.settings.get("alone"):
        return await _alone(on)
    seen = hosts.seen[0].observation
    if not isinstance(seen, Observed):
        return {_own(on): seen}
    places = await _places(on, seen.value)

    async def look(place: Place) -> None:
        places[place] = await _see(on, place, is_implicit=not seen.value.hosts)

    async with asyncio.TaskGroup() as group:
        for place in [place for place in places if place.address]:
            group.create_task(look(place))
    return places


async def _alone(on: Context) -> Places:
    """The host itself, where one server alone is examined (``govscan tls --starttls smtp``)."""
    if on.settings.get("starttls") != "smtp":
        why = Message("A mail server is examined where --starttls smtp is given.")
        return {on.domain: Inapplicable(why)}
    known = await on.resolver.addresses(on.target.host)
    host = MailHost(0, on.target.host, known.presence, known.addresses)
    places = _of_host(on, host, on.settings.get("port") or SMTP)
    for place in [place for place in places if place.address]:
        places[place] = await _see(on, place, is_implicit=False)
    return places


def _own(on: Context) -> Place:
    """Where it is said that there is no mail server to look at: the domain's own mail service."""
    return Place(Subject(Role.MAIL, on.target.host, SMTP))


async def _places(on: Context, found: MailHosts) -> dict[Place, Observation]:
    if found.is_null:
        why = Message("The domain publishes a null MX: it takes no mail (RFC 7505).")
        return {_own(on): Inapplicable(why)}
    if not found.receives:
        why = Message("The name has neither an MX record nor an address: it takes no mail.")
        return {_own(on): Inapplicable(why)}
    places: dict[Place, Observation] = {}
    for host in found.hosts[:MOST_HOSTS] or (await _implicit(on),):
        places |= _of_host(on, host)
    return places


async def _implicit(on: Context) -> MailHost:
    """Without an MX record the name itself is its mail host (RFC 5321 5.1)."""
    known = await on.resolver.addresses(on.target.host)
    return MailHost(0, on.target.host, known.presence, known.addresses)


def _of_host(on: Context, host: MailHost, port: int = SMTP) -> dict[Place, Observation]:
    subject = Subject(Role.MAIL, host.name, port)
    addresses = on.dialer.endpoints(host.name, port, host.addresses)
    if not addresses:
        reason = host.reason or Reason.NO_SUCH_NAME
        detail = host.detail or f"{host.name} has no address"
        return {Place(subject): Unobserved(reason, detail, on.clock.now())}
    ours = [one for one in addresses if on.dialer.has_family(one)]
    if not ours:
        detail = "this machine has no route for the address family of its addresses"
        return {Place(subject): Unobserved(Reason.UNREACHABLE, detail, on.clock.now())}
    four = [one for one in ours if ":" not in one][:ADDRESSES_EACH]
    six = [one for one in ours if ":" in one][:ADDRESSES_EACH]
    waiting = Unobserved(Reason.BUDGET_EXHAUSTED, "not yet asked", on.clock.now())
    return {Place(subject, one): waiting for one in (*four, *six)}


async def _see(on: Context, place: Place, *, is_implicit: bool) -> Observation:
    subject, address = place.subject, place.address or ""

    async def see() -> MailServer | NotObservedError:
        try:
            return await _talk(on, subject, address)
        except (NotObservedError, OSError) as error:
            return unobserved(error)

    seen = await on.shared.once(("smtp", subject, address), see)
    if isinstance(seen, MailServer):
        return on.observed(seen, on.dialer.peer(subject, address))
    if is_implicit and not seen.reached:
        why = Message(
            "There is no MX record, and the name's own address takes no mail ({why}).",
            {"why": seen.reason},
        )
        return Inapplicable(why, on.clock.now())
    return Unobserved(seen.reason, seen.detail, on.clock.now(), seen.reached)


async def _talk(on: Context, subject: Subject, address: str) -> MailServer:
    """Once; and again where STARTTLS was not to be had, so that nobody is accused by a hiccup."""
    first = await _converse(on, subject, address)
    if first.starttls.startswith(str(READY)):
        return first
    second = await _converse(on, subject, address)
    return (
        second
        if second.offers_starttls
        else MailServer(second.greeting, second.extensions, confirmed=True)
    )


async def _converse(on: Context, subject: Subject, address: str) -> MailServer:
    async with on.dialer.connect(subject, address, seconds=SECONDS) as sock:
        first, said = await hello(sock, on.helo_name)
        if said.code in SYNTAX_ERRORS:
            said = said._replace(lines=())
        elif said.code != 250:  # noqa: PLR2004 - RFC 5321 4.2.3
            reason = Reason.RATE_LIMITED if said.code in range(400, 500) else Reason.BLOCKED
            await farewell(sock)
            text = f"the reply to EHLO was {said.text!r}"
            raise NotObservedError(reason, text, reached=True)
        server = MailServer(first.text, said.lines[1:])
        last = "STARTTLS" if server.offers_starttls else "QUIT"
        reply = await _last(sock, last)
        return MailServer(first.text, said.lines[1:], reply if server.offers_starttls else "")


async def _last(sock: socket.socket, text: str) -> str:
    """The reply to the last command; a server that hangs up or babbles then has answered so."""
    try:
        return (await command(sock, text)).text
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        if known.reason is Reason.TIMEOUT:
            raise
        return f"nothing of SMTP ({known.detail})"
