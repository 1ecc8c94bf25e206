"""The tree walk of DMARC, and where its reports are to go (RFC 9989 4.10, RFC 9990 4)."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.formats import dmarc
from scanner.gather.dns.names import any_name, asked, dead_name, gone
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observed,
    Reason,
)
from scanner.observation.dns import Presence
from scanner.observation.mail import DmarcRecords, DmarcReports, PolicyRecord, ReportHost
from scanner.targets import is_public_suffix, registrable

MOST_TEXTS = 20
LONGEST_TEXT = 64 << 10
LONGEST_NAME = 253
MOST_DESTINATIONS = 10


@gatherer(DmarcRecords)
async def dmarc_records(on: Context) -> Places:
    """The tree walk from the name up: at most eight questions, parents shared."""
    exists = await _exists(on)
    found = await walked(on, on.target.host, exists=exists)
    is_known = exists or await _is_alias(on)
    if not is_known and not any(step.texts or step.reason for step in found.steps):
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{on.target.host} does not exist in DNS")
    return {on.domain: on.observed(found)}


async def walked(on: Context, host: str, *, exists: bool = True) -> DmarcRecords:
    """The walk for any name."""
    steps: list[PolicyRecord] = []
    for name in dmarc.walk(host):
        step = await _policy(on, name)
        steps.append(step)
        if dmarc.has_suffix_tag(step.texts):
            break
    wildcard = (await any_name(on, host)).exists if exists else None
    suffixes = _suffixes(on)
    return DmarcRecords(
        tuple(steps),
        exists,
        _organisation(host, suffixes),
        tuple(step.name for step in steps if step.name in suffixes or is_public_suffix(step.name)),
        wildcard,
    )


def _suffixes(on: Context) -> frozenset[str]:
    """Public suffixes that the list does not know, as the operator says."""
    given: Iterable[str] = on.settings.get("extra_public_suffix") or ()
    return frozenset(one.lower().strip(".") for one in given)


def _organisation(host: str, suffixes: frozenset[str]) -> str:
    labels = host.split(".")
    for start in range(1, len(labels)):
        if ".".join(labels[start:]) in suffixes:
            return ".".join(labels[start - 1 :])
    return registrable(host)


async def _policy(on: Context, name: str) -> PolicyRecord:
    answer = await asked(on, f"_dmarc.{name}", "TXT")
    if isinstance(answer, NotObservedError):
        return PolicyRecord(name, reason=answer.reason, detail=answer.detail)
    kept = tuple(text[:LONGEST_TEXT] for text in answer.texts[:MOST_TEXTS])
    is_dead = answer.presence is Presence.NXDOMAIN and answer.aliases
    return PolicyRecord(
        name,
        tuple(filter(dmarc.is_candidate, kept)),
        others=tuple(text for text in kept if not dmarc.is_candidate(text)),
        dead=await dead_name(on, answer.aliases[-1]) if is_dead else None,
    )


async def _exists(on: Context) -> bool:
    """Whether the author domain exists; unknown counts as existing, which excuses nothing."""
    answer = await asked(on, on.target.host, "MX")
    if isinstance(answer, NotObservedError):
        return answer.reason is not Reason.NO_SUCH_NAME
    return answer.presence is not Presence.NXDOMAIN


async def _is_alias(on: Context) -> bool:
    """Whether the name is there, and what it is an alias of is not."""
    answer = await asked(on, on.target.host, "MX")
    return not isinstance(answer, NotObservedError) and bool(answer.aliases)


@gatherer(DmarcReports)
async def dmarc_reports(on: Context, records: Every[DmarcRecords]) -> Places:
    """Each destination of the record that applies: does it agree, and can mail reach it."""
    seen = records.seen[0].observation
    if not isinstance(seen, Observed):
        return {on.domain: seen}
    found = dmarc.discover(seen.value)
    if found.reason:
        raise NotObservedError(found.reason, found.unknown)
    if found.effective is None:
        return {on.domain: Inapplicable(Message("No DMARC record applies."))}
    owner = found.owner
    uris = found.effective.record.reports[:MOST_DESTINATIONS]
    hosts = [await _destination(on, owner, uri) for uri in dict.fromkeys(uris)]
    return {on.domain: on.observed(DmarcReports(owner, tuple(hosts)))}


async def _destination(on: Context, owner: str, uri: str) -> ReportHost:
    host = uri.rpartition("@")[2].lower().rstrip(".")
    return await on.shared.once(("reports", owner, host), lambda: _agreement(on, owner, uri, host))


async def _agreement(on: Context, owner: str, uri: str, host: str) -> ReportHost:
    is_dead = await _takes_no_mail(on, host)
    dead = await gone(on, host, "MX") if is_dead else None
    try:
        is_foreign = host != owner and await _organisation_of(on, host) != (
            await _organisation_of(on, owner)
        )
    except NotObservedError as error:
        return ReportHost(
            uri, host, is_foreign=True, is_dead=is_dead, dead=dead, reason=error.reason
        )
    if not is_foreign:
        return ReportHost(uri, host, is_foreign=False, is_dead=is_dead, dead=dead)
    name = f"{owner}._report._dmarc.{host}"
    if len(name) > LONGEST_NAME:
        return ReportHost(uri, host, is_foreign=True, asked=name, is_dead=is_dead, dead=dead)
    answer = await asked(on, name, "TXT")
    if isinstance(answer, NotObservedError):
        return ReportHost(uri, host, True, name, is_dead=is_dead, dead=dead, reason=answer.reason)  # noqa: FBT003
    texts = tuple(text[:LONGEST_TEXT] for text in answer.texts[:MOST_TEXTS])
    return ReportHost(uri, host, True, name, texts, is_dead, dead=dead)  # noqa: FBT003 - fields of a Struct


async def _organisation_of(on: Context, host: str) -> str:
    """The organisational domain by the host's own walk; raise where a step was not answered."""
    steps: list[PolicyRecord] = []
    for name in dmarc.walk(host):
        steps.append(await _policy(on, name))
        if dmarc.has_suffix_tag(steps[-1].texts):
            break
    if missing := next((one for one in steps if one.reason), None):
        raise NotObservedError(missing.reason or Reason.SERVFAIL, missing.detail)
    return dmarc.organisational(host, dmarc.usable(DmarcRecords(tuple(steps))))


async def _takes_no_mail(on: Context, host: str) -> bool:
    """A host that does not exist, or says that it takes no mail; unknown is neither."""
    answer = await asked(on, host, "MX")
    if isinstance(answer, NotObservedError):
        return False
    return answer.presence is Presence.NXDOMAIN or answer.records == ("0 .",)
