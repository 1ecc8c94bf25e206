"""DKIM keys: selectors that are configured, learnt, implied by a provider, or common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from scanner.formats import dkim, spf_static
from scanner.formats.mail_providers import MailProviders, bundled
from scanner.formats.mail_role import sends
from scanner.gather.dns.names import LABEL, any_name, asked, dead_name
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import Every, NotObservedError, Observed
from scanner.observation.dns import Presence
from scanner.observation.mail import (
    DkimRecords,
    DkimSelector,
    MailHosts,
    SpfRecords,
)

MOST_QUESTIONS = 12
ENOUGH_KEYS = 2
IMPLIED_AGAINST_NXDOMAIN = 2
MOST_TEXTS = 4
LONGEST_TEXT = 64 << 10
SELECTOR = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", re.ASCII)


@gatherer(DkimRecords)
async def dkim_records(on: Context, mail: Every[MailHosts], found: Every[SpfRecords]) -> Places:
    """Ask ``_domainkey`` first: where it does not exist, no key can (RFC 8020)."""
    hosts = next(iter(mail.values), None)
    records = next(iter(found.values), None)
    said = on.target.attributes.get("mail.sends", "")
    if sends(hosts, records, None, inventory=said) is False and (said or _is_closed(records)):
        return {on.domain: on.observed(DkimRecords(None, is_closed=True))}
    return {on.domain: on.observed(await _probe(on, hosts, records))}


def _is_closed(records: SpfRecords | None) -> bool:
    return records is not None and spf_static.read(records).is_null


async def _probe(on: Context, hosts: MailHosts | None, records: SpfRecords | None) -> DkimRecords:
    root = f"_domainkey.{on.target.host}"
    first = await asked(on, root, "TXT")
    if isinstance(first, NotObservedError):
        return DkimRecords(None, reason=first.reason)
    absent = first.presence is Presence.NXDOMAIN
    wanted = tuple(_wanted(on, hosts, records, absent=absent))
    selectors = await _selectors(on, root, wanted)
    wildcard = await _wildcard(on, root, selectors)
    organisation, parents = await _parents(on) if absent else ("", None)
    return DkimRecords(
        first.presence,
        selectors,
        wildcard,
        organisation,
        parents,
        dead=tuple(
            [
                await dead_name(on, one.aliases[-1])
                for one in selectors
                if one.aliases and one.presence is Presence.NXDOMAIN
            ]
        ),
    )


def _wanted(
    on: Context, hosts: MailHosts | None, records: SpfRecords | None, *, absent: bool
) -> Iterator[tuple[str, str]]:
    """Selector and origin, the likeliest first; few where ``_domainkey`` does not exist."""
    providers: MailProviders = on.lists.get(MailProviders) or bundled()
    named = tuple(one.name for one in hosts.hosts) if hosts else ()
    includes = spf_static.read(records).includes if records else ()
    implied = providers.implied(named, includes)
    yield from ((one, "configured") for one in _configured(on))
    yield from ((one, "learnt") for one in _learnt(on))
    if absent:
        yield from ((one, "provider") for one in implied[:IMPLIED_AGAINST_NXDOMAIN])
        return
    yield from ((one, "provider") for one in implied)
    yield from ((one, "common") for one in providers.always)


def _configured(on: Context) -> Iterable[str]:
    given: Iterable[str] = on.settings.get("dkim_selector") or ()
    own = re.split(r"[ ,;]+", on.target.attributes.get("dkim.selectors", ""))
    return [one.lower() for one in (*own, *given) if SELECTOR.fullmatch(one)]


def _earlier(on: Context) -> Iterator[DkimSelector]:
    for seen in on.earlier.found.get(DkimRecords, {}).values():
        if isinstance(seen, Observed):
            found: DkimRecords = seen.value
            yield from found.selectors


def _learnt(on: Context) -> Iterable[str]:
    return [one.selector for one in _earlier(on) if any(map(dkim.is_candidate, one.texts))]


async def _selectors(
    on: Context, root: str, wanted: Iterable[tuple[str, str]]
) -> tuple[DkimSelector, ...]:
    found: dict[str, DkimSelector] = {}
    for selector, origin in wanted:
        enough = _sound(found.values()) >= ENOUGH_KEYS and origin in {"provider", "common"}
        if selector in found or enough or len(found) >= MOST_QUESTIONS:
            continue
        found[selector] = await _selector(on, root, selector, origin)
    return tuple(found.values())


def _sound(seen: Iterable[DkimSelector]) -> int:
    records = DkimRecords(Presence.NODATA, tuple(seen))
    return len(dkim.keys(records))


async def _selector(on: Context, root: str, selector: str, origin: str) -> DkimSelector:
    answer = await asked(on, f"{selector}.{root}", "TXT")
    if isinstance(answer, NotObservedError):
        return DkimSelector(selector, origin, reason=answer.reason, detail=answer.detail)
    texts = tuple(text[:LONGEST_TEXT] for text in answer.texts[:MOST_TEXTS])
    since, born = _since(on, selector, texts)
    return DkimSelector(
        selector,
        origin,
        texts,
        answer.presence,
        answer.aliases,
        since=since if texts else None,
        is_born=born and bool(texts),
    )


def _since(on: Context, selector: str, texts: tuple[str, ...]) -> tuple[datetime, bool]:
    """When the runs of this audit first saw these records: now, where no earlier one did.

    And whether one looked before: with their first sight alone nobody knows how old they are.
    """
    looked = [one for one in _earlier(on) if one.selector == selector and not one.reason]
    same = next((one for one in looked if one.texts == texts and one.since), None)
    if same and same.since:
        return same.since, same.is_born
    return on.clock.now(), bool(looked)


async def _wildcard(on: Context, root: str, selectors: Iterable[DkimSelector]) -> tuple[str, ...]:
    """What a selector that nobody made answers, asked only where one answered with a key."""
    if not any(dkim.is_candidate(text) for one in selectors for text in one.texts):
        return ()
    label = (await any_name(on, on.target.host)).label[:LABEL]
    answer = await asked(on, f"{label}.{root}", "TXT")
    return () if isinstance(answer, NotObservedError) else answer.texts[:MOST_TEXTS]


async def _parents(on: Context) -> tuple[str, Presence | None]:
    """Whether the organisational domain, which may sign for it, has any key."""
    organisation = on.target.registrable
    if organisation == on.target.host:
        return "", None
    answer = await asked(on, f"_domainkey.{organisation}", "TXT")
    return organisation, None if isinstance(answer, NotObservedError) else answer.presence
