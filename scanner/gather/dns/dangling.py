"""Where the records of a target point to, and whether those names are still there."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from scanner.formats import takeover
from scanner.gather.gatherer import Context, Places, gatherer
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
from scanner.observation.dns import (
    DnsAnswer,
    HostAlias,
    NameServers,
    Presence,
)
from scanner.observation.mail import MailHosts, SpfRecords
from scanner.observation.name_server import AuthoritativeServer, Delegation
from scanner.observation.takeover import (
    Pointer,
    RecordTarget,
    RecordTargets,
    TakeoverServices,
    TargetState,
)
from scanner.targets import icann_registrable

MOST_TARGETS = 60
LARGEST_PAGE = 256 << 10
PAGE_SECONDS = 15.0
STATES = {
    Presence.PRESENT: TargetState.EXISTS,
    Presence.NODATA: TargetState.NODATA,
    Presence.NXDOMAIN: TargetState.NXDOMAIN,
}


class _Candidate(NamedTuple):
    pointer: Pointer
    owner: str
    term: str
    target: str
    rdtype: str


@gatherer(RecordTargets)
async def record_targets(
    on: Context,
    zones: Every[NameServers],
    parents: Every[Delegation],
    servers: Every[AuthoritativeServer],
    mail: Every[MailHosts],
    senders: Every[SpfRecords],
) -> Places:
    """What NS, MX, SPF and policy records point to: questions that are asked anyway."""
    delegated = [(zone.zone, one.name) for zone in zones.values for one in zone.servers]
    delegated += [(parent.zone, one) for parent in parents.values for one in parent.ns]
    candidates = [
        _Candidate(Pointer.NS, zone, f"NS {one}", one, "A")
        for zone, one in dict.fromkeys(delegated)
    ]
    candidates += [
        _Candidate(Pointer.MX, found.name, f"MX {one.name}", one.name, "A")
        for found in mail.values
        for one in found.hosts
        if one.name != "."
    ]
    candidates += [
        _Candidate(Pointer.SPF, lookup.name, each.term, each.target, each.rdtype)
        for found in senders.values
        for lookup in found.lookups
        for text in lookup.texts
        for each in takeover.spf_targets(text)
    ]
    refused = _refused(servers)
    chosen = tuple(dict.fromkeys(candidates))[:MOST_TARGETS]
    made = await asyncio.gather(*(_look(on, one, refused) for one in chosen))
    policies = await _policies(on, mail)
    unseen = _unseen(zones if not delegated else (), mail, senders)
    return {on.domain: on.observed(RecordTargets((*made, *policies, *unseen)))}


def _unseen(
    zones: Every[NameServers] | tuple[()], mail: Every[MailHosts], senders: Every[SpfRecords]
) -> Iterator[RecordTarget]:
    """Records that were not answered: what they point to is unknown, not nothing."""
    sources = ((Pointer.NS, zones), (Pointer.MX, mail), (Pointer.SPF, senders))
    for pointer, every in sources:
        for seen in every.seen if every else ():
            why = _why_unseen(seen.observation)
            if why is not None and why is not Reason.NO_SUCH_NAME:
                name = seen.place.subject.host
                yield RecordTarget(
                    pointer, name, str(pointer), name, TargetState.UNKNOWN, reason=why
                )


def _why_unseen(seen: Observation) -> Reason | None:
    if isinstance(seen, Observed):
        value = seen.value
        return value.lookups[0].reason if isinstance(value, SpfRecords) else None
    return seen.reason if isinstance(seen, Unobserved) else None


def _refused(servers: Every[AuthoritativeServer]) -> dict[str, str]:
    """Servers of open providers that do not have the zone: whoever creates it there has it."""
    return {
        one.place.subject.host: takeover.provider_of(one.place.subject.host)
        for one in servers.seen
        if isinstance(one.observation, Observed)
        and one.observation.value.by_udp.rcode == "REFUSED"
        and takeover.provider_of(one.place.subject.host)
    }


async def _look(on: Context, one: _Candidate, refused: dict[str, str]) -> RecordTarget:
    try:
        answer = await on.resolver.ask(one.target, one.rdtype)
        if answer.presence is Presence.NODATA and one.rdtype == "A":
            answer = await on.resolver.ask(one.target, "AAAA")
    except NotObservedError as error:
        return RecordTarget(
            one.pointer,
            one.owner,
            one.term,
            one.target,
            TargetState.UNKNOWN,
            reason=error.reason,
            detail=error.detail,
        )
    given = (refused[one.target],) if one.pointer is Pointer.NS and one.target in refused else ()
    return await _judged(on, one, answer, given)


async def _judged(
    on: Context, one: _Candidate, answer: DnsAnswer, refused: tuple[str, ...] = ()
) -> RecordTarget:
    """What became of a name; of one that is gone, whose it is and whether its domain is free."""
    last = answer.aliases[-1] if answer.aliases else one.target
    state = STATES[answer.presence]
    if state is not TargetState.NXDOMAIN:
        return RecordTarget(one.pointer, one.owner, one.term, last, state, refused=refused)
    domain = icann_registrable(last) or ""
    return RecordTarget(
        one.pointer,
        one.owner,
        one.term,
        last,
        state,
        domain,
        await is_registered(on, domain),
        is_ours(on, last),
    )


def is_ours(on: Context, name: str) -> bool:
    """Whether a name lies in the target's own domain, or in one of the inventory."""
    labels = name.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return on.target.registrable in parents or any(on.dialer.is_target(one) for one in parents)


async def is_registered(on: Context, domain: str) -> bool | None:
    """Whether the domain is delegated; unknown where its parent did not say."""
    if not domain:
        return None
    try:
        answer = await on.resolver.ask(domain, "NS")
    except NotObservedError:
        return None
    return answer.presence is not Presence.NXDOMAIN


async def _policies(on: Context, mail: Every[MailHosts]) -> tuple[RecordTarget, ...]:
    """Aliases at the names of mail policies, where those are asked."""
    names = [f"_dmarc.{on.target.host}"]
    if any(found.receives for found in mail.values):
        names += [f"{one}.{on.target.host}" for one in ("_mta-sts", "_smtp._tls")]
    made = [await _policy(on, name) for name in names]
    if any(one and one.owner.startswith("_mta-sts.") for one in made):
        made.append(await _policy(on, f"mta-sts.{on.target.host}", "A"))
    return tuple(one for one in made if one is not None)


async def _policy(on: Context, name: str, rdtype: str = "TXT") -> RecordTarget | None:
    try:
        answer = await on.resolver.ask(name, rdtype)
    except NotObservedError as error:
        return RecordTarget(
            Pointer.POLICY, name, rdtype, name, TargetState.UNKNOWN, reason=error.reason
        )
    if not answer.aliases:
        return None
    term = f"CNAME {answer.aliases[0]}"
    candidate = _Candidate(Pointer.POLICY, name, term, answer.aliases[-1], rdtype)
    return await _judged(on, candidate, answer)


@gatherer(HostAlias)
async def host_aliases(on: Context) -> Places:
    """Where the CNAMEs of the name and its ``www`` lead, and whose page stands there."""
    names = (on.target.host, f"www.{on.target.host}")
    places: dict[Place, Observation] = {}
    for host in names:
        found = await _alias(on, host)
        if found is not None:
            places[Place(Subject(Role.HOST, host))] = found
    if not places:
        why = Message("No name of the site is an alias (CNAME).")
        return {on.domain: Inapplicable(why)}
    return places


async def _alias(on: Context, host: str) -> Observation | None:
    try:
        answer = await on.resolver.ask(host, "A")
        if not answer.aliases:
            return None
        if answer.presence is Presence.NODATA:
            answer = await on.resolver.ask(host, "AAAA")
    except NotObservedError as error:
        return Unobserved(error.reason, error.detail, on.clock.now(), error.reached)
    candidate = _Candidate(
        Pointer.CNAME, host, f"CNAME {answer.aliases[0]}", answer.aliases[-1], "A"
    )
    made = await _judged(on, candidate, answer)
    services = await _services(on, host, answer) if made.state is TargetState.EXISTS else ()
    return on.observed(HostAlias(answer.aliases, replace(made, services=services)))


async def _services(on: Context, host: str, answer: DnsAnswer) -> tuple[str, ...]:
    """The services whose sign of an unclaimed name stands at the host's own name.

    Only asked where the alias leads to one of them; the page is read once and not kept.
    """
    table = on.lists.get(TakeoverServices)
    if not isinstance(table, TakeoverServices):
        return ()
    known = [
        service
        for target in answer.aliases
        for service in takeover.matching(target, table)
        if service.page_markers or service.page_regex
    ]
    if not known:
        return ()
    text = await _page(on, host, answer.records)
    return tuple(one.service for one in known if takeover.is_page_of(one, text))


async def _page(on: Context, host: str, addresses: tuple[str, ...]) -> str:
    for port in (80, 443):
        subject = Subject(Role.WEB, host, port)
        for address in on.dialer.endpoints(host, port, addresses)[:1]:
            try:
                return await _fetched(on, subject, address)
            except (NotObservedError, OSError):
                continue
    return ""


async def _fetched(on: Context, subject: Subject, address: str) -> str:
    async with on.dialer.connect(subject, address, seconds=PAGE_SECONDS) as sock:
        tls = _tls() if subject.port == 443 else None  # noqa: PLR2004 - RFC 9110 4.2.2
        reader, writer = await asyncio.open_connection(
            sock=sock, ssl=tls, server_hostname=subject.host if tls else None
        )
        try:
            head = f"GET / HTTP/1.1\r\nHost: {subject.host}\r\nUser-Agent: {on.user_agent}\r\n"
            writer.write(f"{head}Accept: text/html\r\nConnection: close\r\n\r\n".encode("ascii"))
            return (await _read(reader)).decode("utf-8", "replace")
        finally:
            writer.transport.abort()


def _tls() -> ssl.SSLContext:
    """Unverified: what is looked for is a notice, whoever sends it."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


async def _read(reader: asyncio.StreamReader) -> bytes:
    parts, size = [], 0
    while size < LARGEST_PAGE and (part := await reader.read(1 << 16)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
