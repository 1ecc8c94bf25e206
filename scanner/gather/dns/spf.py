"""The whole SPF evaluation of a name: its record, what it includes, what its terms lead to."""

from __future__ import annotations

import asyncio

from scanner.formats import spf
from scanner.formats.error import FormatError
from scanner.gather.dns.names import asked, gone
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import Presence
from scanner.observation.mail import SpfHost, SpfLookup, SpfRecords

MOST_NAMES = 30
MOST_HOSTS = 30
MOST_MAIL_HOSTS = 10
MOST_DEAD = 10
LONGEST_RECORD = 64 << 10
LONGEST_SHOWN = 500
MOST_OTHERS = 4


@gatherer(SpfRecords)
async def spf_records(on: Context) -> Places:
    """The record of the name, and of every name that it includes or redirects to."""
    answer = await on.resolver.ask(on.target.host, "TXT")
    if answer.presence is Presence.NXDOMAIN and not answer.aliases:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{answer.name} does not exist in DNS")
    return {on.domain: on.observed(await spf_tree(on, on.target.host))}


async def spf_tree(on: Context, name: str) -> SpfRecords:
    """The tree of records below a name, seen once per run."""
    return await on.shared.once(("spf", name), lambda: _tree(on, name))


async def _tree(on: Context, start: str) -> SpfRecords:
    seen: dict[str, SpfLookup] = {}
    waiting = [start]
    while waiting and len(seen) < MOST_NAMES:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen[name] = await _record(on, name)
        waiting = [*spf.followed(seen[name].texts), *waiting]
    wanted = _terms(seen)
    hosts = await asyncio.gather(*(_host(on, *one) for one in wanted[:MOST_HOSTS]))
    cut = bool(set(waiting) - set(seen)) or len(wanted) > MOST_HOSTS
    absent = [(one.name, "TXT") for one in seen.values() if one.presence is Presence.NXDOMAIN]
    absent += [(one.name, one.rdtype) for one in hosts if one.presence is Presence.NXDOMAIN]
    absent += [(name, "A") for one in hosts for name in one.hosts[:MOST_MAIL_HOSTS]]
    looked = [await gone(on, *one) for one in dict.fromkeys(absent)]
    dead = {one.via or one.name: one for one in looked if one and one.name != start}
    return SpfRecords(tuple(seen.values()), cut, tuple(hosts), tuple(dead.values())[:MOST_DEAD])


async def _record(on: Context, name: str) -> SpfLookup:
    answer = await asked(on, name, "TXT")
    if isinstance(answer, NotObservedError):
        return SpfLookup(name, reason=answer.reason, detail=answer.detail)
    texts = tuple(text[:LONGEST_RECORD] for text in answer.texts if spf.is_record(text))
    others = tuple(text[:LONGEST_SHOWN] for text in answer.texts if spf.is_near_miss(text))
    return SpfLookup(
        name,
        texts,
        answer.presence,
        length=sum(map(len, answer.texts)),
        others=others[:MOST_OTHERS],
    )


def _terms(seen: dict[str, SpfLookup]) -> list[tuple[str, str]]:
    """Every name and type that ``a``, ``mx`` and ``exists`` without macro lead to."""
    found: dict[tuple[str, str], None] = {}
    for one in seen.values():
        for term in _record_of(one):
            if term.name in {"a", "mx", "exists"} and not spf.has_macro(term.value):
                name = (term.value or one.name).lower().rstrip(".")
                found[name, "MX" if term.name == "mx" else "A"] = None
    return list(found)


def _record_of(seen: SpfLookup) -> tuple[spf.Term, ...]:
    if len(seen.texts) != 1:
        return ()
    try:
        return spf.parse(seen.texts[0]).evaluated
    except FormatError:
        return ()


async def _host(on: Context, name: str, rdtype: str) -> SpfHost:
    if rdtype == "A":
        return await _addresses(on, name)
    answer = await asked(on, name, "MX")
    if isinstance(answer, NotObservedError):
        return SpfHost(name, rdtype, reason=answer.reason)
    hosts = tuple(one.partition(" ")[2] for one in answer.records[: MOST_MAIL_HOSTS + 1])
    hosts = tuple(one for one in hosts if one != ".")
    seen = await asyncio.gather(*(_addresses(on, one) for one in hosts[:MOST_MAIL_HOSTS]))
    return SpfHost(
        name,
        rdtype,
        hosts,
        tuple(dict.fromkeys(address for one in seen for address in one.ipv4)),
        tuple(dict.fromkeys(address for one in seen for address in one.ipv6)),
        answer.presence,
        is_void4=not answer.records or any(one.is_void4 for one in seen),
        is_void6=not answer.records or any(one.is_void6 for one in seen),
        reason=next((one.reason for one in seen if one.reason), None),
    )


async def _addresses(on: Context, name: str) -> SpfHost:
    four, six = await asyncio.gather(asked(on, name, "A"), asked(on, name, "AAAA"))
    if isinstance(four, NotObservedError):
        return SpfHost(name, "A", reason=four.reason)
    if isinstance(six, NotObservedError):
        return SpfHost(name, "A", ipv4=four.records, presence=four.presence, reason=six.reason)
    presence = Presence.PRESENT if six.records else four.presence
    return SpfHost(
        name,
        "A",
        (),
        four.records,
        six.records,
        presence,
        is_void4=not four.records,
        is_void6=not six.records,
    )
