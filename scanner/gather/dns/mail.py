"""What DNS says of a domain's mail hosts, and of the reports and images around them."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

from scanner.formats.dmarc import discover
from scanner.gather.dns.names import asked
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observed,
    Reason,
)
from scanner.observation.dns import DnsAnswer, Presence
from scanner.observation.mail import (
    BimiRecords,
    DkimRecords,
    DmarcRecords,
    MailDeclared,
    MailHost,
    MailHosts,
    MailName,
    MailNames,
    TlsReporting,
)

MOST_MX = 50
MOST_NAMED = 10
MOST_PTR = 10
LONGEST_NAME = 253


@gatherer(MailDeclared)
async def mail_declared(on: Context) -> Places:
    """The inventory's own words."""
    said = on.target.attributes.get("mail.sends", "")
    return {on.domain: on.observed(MailDeclared(said, on.target.tags))}


@gatherer(MailHosts)
async def mail_hosts(on: Context) -> Places:
    """The MX records and the addresses of each; without one, the address of the name itself."""
    name = on.target.host
    answer = _existing(await on.resolver.ask(name, "MX"))
    if not answer.records:
        itself = await on.resolver.addresses(name)
        found = MailHosts(name, answer.presence, (), bool(itself.addresses))
        return {on.domain: on.observed(found)}
    records = sorted(
        (int(preference), host)
        for preference, _, host in (one.partition(" ") for one in answer.records[:MOST_MX])
    )
    hosts = await asyncio.gather(*(_mail_host(on, *one) for one in records))
    return {on.domain: on.observed(MailHosts(name, answer.presence, tuple(hosts)))}


NO_MAIL = Message("The domain publishes a null MX: it takes no mail (RFC 7505).")


def is_null_mx(answer: DnsAnswer) -> bool:
    """Whether the domain says that it takes no mail (RFC 7505 3)."""
    return answer.records == ("0 .",)


def _existing(answer: DnsAnswer) -> DnsAnswer:
    """An answer about a name that exists: of one that does not, nothing is judged."""
    if answer.presence is Presence.NXDOMAIN:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{answer.name} does not exist in DNS")
    return answer


async def _mail_host(on: Context, preference: int, name: str) -> MailHost:
    if name == ".":
        return MailHost(preference, name)
    try:
        found = await on.resolver.addresses(name)
    except NotObservedError as error:
        return MailHost(preference, name, reason=error.reason, detail=error.detail)
    foreign = tuple(one for one in found.addresses if not on.dialer.permits(one))
    return MailHost(
        preference,
        name,
        found.presence,
        found.addresses,
        found.aliases,
        foreign=foreign,
        unseen=found.unseen,
    )


@gatherer(TlsReporting)
async def tls_reporting(on: Context) -> Places:
    """The TXT records at ``_smtp._tls``; a domain with a null MX is not asked."""
    if is_null_mx(_existing(await on.resolver.ask(on.target.host, "MX"))):
        return {on.domain: Inapplicable(NO_MAIL)}
    answer = await on.resolver.ask(f"_smtp._tls.{on.target.host}", "TXT")
    return {on.domain: on.observed(TlsReporting(answer.texts))}


@gatherer(BimiRecords)
async def bimi_records(
    on: Context, policies: Every[DmarcRecords], keys: Every[DkimRecords]
) -> Places:
    """Asked only where DMARC has forged mail refused or set aside: else nobody shows an image."""
    if any(one.is_closed for one in keys.values):
        return {on.domain: Inapplicable(Message("The domain sends no mail."))}
    seen = policies.seen[0].observation
    if not isinstance(seen, Observed):
        return {on.domain: seen}
    found = discover(seen.value)
    if found.reason:
        raise NotObservedError(found.reason, found.unknown)
    if found.effective is None or found.effective.policy == "none":
        why = Message("Without a DMARC policy of quarantine or reject nobody shows an image.")
        return {on.domain: Inapplicable(why)}
    if is_null_mx(await on.resolver.ask(on.target.host, "MX")):
        return {on.domain: Inapplicable(NO_MAIL)}
    answer = await on.resolver.ask(f"default._bimi.{on.target.host}", "TXT")
    return {on.domain: on.observed(BimiRecords(answer.texts))}


@gatherer(MailNames)
async def mail_names(on: Context, hosts: Every[MailHosts]) -> Places:
    """The name of each mail host's first address, and whether that name leads back."""
    seen = hosts.seen[0].observation
    if not isinstance(seen, Observed):
        return {on.domain: seen}
    found: MailHosts = seen.value
    named = [one for one in found.hosts[:MOST_NAMED] if one.addresses]
    if not named:
        return {on.domain: Inapplicable(Message("No mail host has an address."))}
    names = [await _named(on, one.name, one.addresses[0]) for one in named]
    return {on.domain: on.observed(MailNames(tuple(names)))}


async def _named(on: Context, host: str, address: str) -> MailName:
    return await on.shared.once(("ptr", host, address), lambda: _name_of(on, host, address))


async def _name_of(on: Context, host: str, address: str) -> MailName:
    answer = await asked(on, ip_address(address).reverse_pointer, "PTR")
    if isinstance(answer, NotObservedError):
        return MailName(host, address, reason=answer.reason)
    names = tuple(
        one.rstrip(".").lower() for one in answer.records[:MOST_PTR] if len(one) <= LONGEST_NAME
    )
    rdtype = "AAAA" if ":" in address else "A"
    back = [await asked(on, name, rdtype) for name in names]
    confirmed = tuple(
        name
        for name, one in zip(names, back, strict=True)
        if not isinstance(one, NotObservedError) and address in one.records
    )
    return MailName(host, address, names, confirmed)
