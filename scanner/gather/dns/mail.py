"""What DNS says of a domain's mail: MX, SPF, DMARC, TLS reporting."""

from __future__ import annotations

import asyncio

from scanner.formats import spf
from scanner.formats.dmarc import has_suffix_tag, is_candidate, walk
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, Presence
from scanner.observation.mail import (
    DmarcRecords,
    MailHost,
    MailHosts,
    PolicyRecord,
    SpfLookup,
    SpfRecords,
    TlsReporting,
)

MOST_SPF_NAMES = 30
MOST_MX = 50


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
    return MailHost(preference, name, found.presence, found.addresses, found.aliases)


@gatherer(SpfRecords)
async def spf_records(on: Context) -> Places:
    """The record of the name, and of every name that it includes or redirects to."""
    _existing(await on.resolver.ask(on.target.host, "TXT"))
    seen: dict[str, SpfLookup] = {}
    waiting = [on.target.host]
    while waiting and len(seen) < MOST_SPF_NAMES:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen[name] = await _spf(on, name)
        waiting = [*spf.followed(seen[name].texts), *waiting]
    records = SpfRecords(tuple(seen.values()), cut=bool(set(waiting) - set(seen)))
    return {on.domain: on.observed(records)}


async def _spf(on: Context, name: str) -> SpfLookup:
    try:
        answer = await on.resolver.ask(name, "TXT")
    except NotObservedError as error:
        return SpfLookup(name, reason=error.reason, detail=error.detail)
    return SpfLookup(name, tuple(filter(spf.is_record, answer.texts)), answer.presence)


@gatherer(DmarcRecords)
async def dmarc_records(on: Context) -> Places:
    """The tree walk from the name up (RFC 9989 4.10): at most eight questions, parents shared."""
    steps: list[PolicyRecord] = []
    for name in walk(on.target.host):
        step = await _policy(on, name)
        steps.append(step)
        if has_suffix_tag(step.texts):
            break
    exists = await _exists(on)
    if not exists and not any(step.texts or step.reason for step in steps):
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{on.target.host} does not exist in DNS")
    return {on.domain: on.observed(DmarcRecords(tuple(steps), exists))}


async def _policy(on: Context, name: str) -> PolicyRecord:
    try:
        answer = await on.resolver.ask(f"_dmarc.{name}", "TXT")
    except NotObservedError as error:
        return PolicyRecord(name, reason=error.reason, detail=error.detail)
    return PolicyRecord(name, tuple(filter(is_candidate, answer.texts)))


async def _exists(on: Context) -> bool:
    """Whether the author domain exists; unknown counts as existing, which excuses nothing."""
    try:
        answer = await on.resolver.ask(on.target.host, "A")
    except NotObservedError as error:
        return error.reason is not Reason.NO_SUCH_NAME
    return answer.presence is not Presence.NXDOMAIN


@gatherer(TlsReporting)
async def tls_reporting(on: Context) -> Places:
    """The TXT records at ``_smtp._tls``."""
    _existing(await on.resolver.ask(on.target.host, "MX"))
    answer = await on.resolver.ask(f"_smtp._tls.{on.target.host}", "TXT")
    return {on.domain: on.observed(TlsReporting(answer.texts))}
