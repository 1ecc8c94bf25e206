"""The DNSSEC chain of a target, the state of its RRsets, and what the resolver makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import dns.rdatatype
from msgspec.structs import replace

from scanner.gather.dns.delegation import apex
from scanner.gather.dns.message import plain
from scanner.gather.dns.names import random_label
from scanner.gather.dns.validator import delegation_signers, zone_keys
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import Every, NotObservedError, Observed, Reason, Unobserved
from scanner.observation.dns import DnsAnswer, HostAddresses, Presence, WildcardProbe
from scanner.observation.dnssec import (
    DnssecChain,
    DnssecRecords,
    ResolverVerdict,
    RRsetSecurity,
    Security,
)
from scanner.targets import is_public_suffix

MOST_HOSTS = 10
APEX_TYPES = ("NS", "A", "AAAA", "MX", "TXT", "CAA", "DNSKEY", "DS")
HOST_TYPES = ("A", "AAAA", "CAA")


@gatherer(DnssecChain)
async def dnssec_chain(on: Context) -> Places:
    """Walk from the anchor to the zone of the name; its keys whether or not a chain leads there."""
    zone = await existing(on)
    found = await on.resolver.validator.zone(zone)
    keys = await on.resolver.fetch(zone, "DNSKEY")
    links = found.links
    cds: list[Any] = []
    cdnskey: list[Any] = []
    if every := records(keys, zone, "DNSKEY"):
        cds, cdnskey = await asyncio.gather(
            _published(on, zone, "CDS"), _published(on, zone, "CDNSKEY")
        )
    return {
        on.domain: on.observed(
            DnssecChain(
                name=on.target.host,
                apex=zone,
                links=links,
                keys=zone_keys(every),
                suffixes=tuple(one.zone for one in links if is_suffix(on, one.zone)),
                inventory=tuple(
                    one.zone
                    for one in links
                    if one.zone != on.target.host and on.dialer.is_target(one.zone)
                ),
                cds=delegation_signers(cds),
                cdnskey=zone_keys(cdnskey),
            )
        )
    }


async def existing(on: Context) -> str:
    """The zone of the name; of a name that does not exist nothing is judged."""
    found = await apex(on)
    itself = await on.resolver.look(on.target.host, "NS")
    if itself.presence is Presence.NXDOMAIN and not itself.aliases:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{on.target.host} does not exist in DNS")
    return found.zone


def is_suffix(on: Context, zone: str) -> bool:
    """Whether a zone is a registry's: the root, or a public suffix, the operator's included."""
    extra = on.settings.get("extra_public_suffix") or ()
    return not zone or zone in extra or is_public_suffix(zone)


def records(reply: Any, name: str, rdtype: str) -> list[Any]:  # noqa: ANN401 - dnspython's
    """The records of a name and type in a reply's answer."""
    kind = dns.rdatatype.from_text(rdtype)
    return [
        each
        for one in reply.answer
        if one.rdtype == kind and plain(one.name) == name
        for each in one
    ]


async def _published(on: Context, zone: str, rdtype: str) -> list[Any]:
    try:
        return records(await on.resolver.fetch(zone, rdtype), zone, rdtype)
    except NotObservedError:
        return []


@gatherer(WildcardProbe)
async def wildcard_probe(on: Context) -> Places:
    """Ask for a name that nobody made; NXDOMAIN settles it (dns-and-mail 1.2)."""
    await existing(on)
    name = f"{await random_label(on, on.target.host)}.{on.target.host}"
    first = await on.resolver.look(name, "A")
    found = {"A": first.records} if first.records else {}
    answers = [first]
    if first.presence is not Presence.NXDOMAIN or first.aliases:
        answers += await asyncio.gather(
            *(on.resolver.look(name, one) for one in ("AAAA", "TXT", "MX"))
        )
        found = {one.rdtype: one.records for one in answers if one.records}
    if first.aliases:
        found["CNAME"] = first.aliases[:1]
    states = {(one.name, one.rdtype): one for answer in answers for one in answer.rrsets}
    return {
        on.domain: on.observed(
            WildcardProbe(
                exists=bool(found),
                records=found,
                soa=next((one.soa for one in answers if one.soa), ""),
                nsec3=next((one.nsec3 for one in answers if one.nsec3), ()),
                rrsets=tuple(_anonymous(one, name, on.target.host) for one in states.values()),
            )
        )
    }


def _anonymous(one: RRsetSecurity, name: str, host: str) -> RRsetSecurity:
    """The random label does not enter what is kept: it would differ in every run."""
    return replace(one, name=f"no-such-name.{host}") if one.name == name else one


@gatherer(DnssecRecords)
async def dnssec_records(
    on: Context, hosts: Every[HostAddresses], probes: Every[WildcardProbe]
) -> Places:
    """The state of everything that a verdict about this target rests on.

    The same questions as the other gatherers ask, so that they cost nothing.
    """
    zone = await existing(on)
    questions = [(zone, one) for one in APEX_TYPES]
    names = {seen.place.subject.host for seen in hosts.seen if _is_there(seen.observation)}
    questions += [(name, one) for name in sorted({on.target.host, *names}) for one in HOST_TYPES]
    questions += [(on.target.host, one) for one in ("MX", "TXT")]
    questions.append((f"_dmarc.{on.target.host}", "TXT"))
    questions += await _mail(on)
    asked = await asyncio.gather(*(_states(on, *one) for one in dict.fromkeys(questions)))
    found = [one for states in asked for one in states]
    found += [one for value in probes.values for one in value.rrsets]
    unique = {(one.name, one.rdtype, one.denies): one for one in found}
    ordered = tuple(unique[key] for key in sorted(unique))
    return {on.domain: on.observed(DnssecRecords(ordered))}


def _is_there(seen: object) -> bool:
    if isinstance(seen, Unobserved):
        return seen.reason is Reason.BOGUS
    return isinstance(seen, Observed) and seen.value.presence is not Presence.NXDOMAIN


async def _mail(on: Context) -> list[tuple[str, str]]:
    """What is asked of a domain that takes mail."""
    try:
        answer = await on.resolver.look(on.target.host, "MX")
    except NotObservedError:
        return []
    hosts = [one.partition(" ")[2] for one in answer.records[:MOST_HOSTS]]
    hosts = [one for one in hosts if one != "."]
    found = [(name, one) for name in hosts for one in ("A", "AAAA")]
    if answer.security is Security.SECURE:
        found += [(f"_25._tcp.{one}", "TLSA") for one in await _secure(on, hosts)]
    if hosts:
        found += [(f"{one}.{on.target.host}", "TXT") for one in ("_mta-sts", "_smtp._tls")]
    return found


async def _secure(on: Context, hosts: Iterable[str]) -> list[str]:
    """The mail hosts whose addresses are secure: of the others no TLSA is asked (RFC 7672 2.1)."""
    found = []
    for host in hosts:
        try:
            known = await on.resolver.addresses(host)
        except NotObservedError:
            continue
        if known.security is Security.SECURE and known.addresses:
            found.append(host)
    return found


async def _states(on: Context, name: str, rdtype: str) -> tuple[RRsetSecurity, ...]:
    try:
        answer: DnsAnswer = await on.resolver.look(name, rdtype)
    except NotObservedError as error:
        return (
            RRsetSecurity(
                name, rdtype, Security.INDETERMINATE, detail=error.detail, reason=error.reason
            ),
        )
    return answer.rrsets


@gatherer(ResolverVerdict)
async def resolver_verdict(on: Context, states: Every[DnssecRecords]) -> Places:
    """One question with CD=0: about what is bogus by us, else about the name's own addresses."""
    seen = states.seen[0].observation
    if not isinstance(seen, Observed):
        return {on.domain: seen}
    rrsets: tuple[RRsetSecurity, ...] = seen.value.rrsets
    ours = _interesting(on.target.host, rrsets)
    if ours is None:
        raise NotObservedError(Reason.DEPENDENCY_MISSING, "nothing of the name was validated")
    name = ours.name
    said = await on.resolver.checked(name, ours.rdtype)
    root = await on.shared.once(("resolver validates",), lambda: _validates(on))
    return {
        on.domain: on.observed(
            ResolverVerdict(
                name, ours.rdtype, ours.security, said.rcode, said.authenticated, root, said.errors
            )
        )
    }


def _interesting(host: str, rrsets: tuple[RRsetSecurity, ...]) -> RRsetSecurity | None:
    real = [one for one in rrsets if not one.name.startswith("no-such-name.")]
    bogus = [one for one in real if one.security is Security.BOGUS]
    own = [one for one in real if one.name == host and one.rdtype == "A"]
    return next(iter((*bogus, *own, *real)), None)


async def _validates(on: Context) -> bool | None:
    """Whether the resolver sets AD for the root; unknown where it does not say."""
    try:
        return (await on.resolver.checked(".", "SOA")).authenticated
    except NotObservedError:
        return None
