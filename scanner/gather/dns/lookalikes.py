"""Look-alike names that are registered: DNS questions only, slowly, and only when asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from scanner.formats.lookalike import Candidate, LookalikeTable, candidates
from scanner.gather.dns.names import any_name, asked
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import Inapplicable, NotObservedError
from scanner.observation.dns import Presence
from scanner.observation.mail import LookalikeName, Lookalikes

AT_ONCE = 4
MOST_TEXTS = 10
LONGEST_TEXT = 500


@gatherer(Lookalikes)
async def lookalikes(on: Context) -> Places:
    """One NS question for each candidate; MX, A and TXT of those that exist."""
    table: LookalikeTable | None = on.lists.get(LookalikeTable)
    if not on.settings.get("lookalikes") or table is None:
        why = Message("Look-alike names were not asked for (--lookalikes).")
        return {on.domain: Inapplicable(why)}
    ours = on.dialer.names_below(on.target.registrable)
    made = [one for one in candidates(on.target.registrable, table) if one.name not in ours]
    suffixes = sorted({_suffix(one.name) for one in made})
    unclear = {one for one in suffixes if (await any_name(on, one)).exists is not False}
    found = await _all(on, [one for one in made if _suffix(one.name) not in unclear])
    names = tuple(one for one in found if isinstance(one, LookalikeName))
    asked_of = sum(one is not None for one in found)
    return {on.domain: on.observed(Lookalikes(len(made), asked_of, names, tuple(sorted(unclear))))}


def _suffix(name: str) -> str:
    return name.partition(".")[2]


async def _all(on: Context, made: Sequence[Candidate]) -> list[LookalikeName | bool | None]:
    places = asyncio.Semaphore(AT_ONCE)

    async def see(one: Candidate) -> LookalikeName | bool | None:
        async with places:
            return await _see(on, one)

    return list(await asyncio.gather(*map(see, made)))


async def _see(on: Context, one: Candidate) -> LookalikeName | bool | None:
    """What exists; ``False`` for a free name, ``None`` where nobody answered."""
    first = await asked(on, one.name, "NS")
    if isinstance(first, NotObservedError):
        return None
    if first.presence is Presence.NXDOMAIN:
        return False
    mail, four, six, texts = [
        await asked(on, one.name, rdtype) for rdtype in ("MX", "A", "AAAA", "TXT")
    ]
    return LookalikeName(
        one.name,
        one.how,
        () if isinstance(mail, NotObservedError) else mail.records,
        tuple(
            address
            for answer in (four, six)
            if not isinstance(answer, NotObservedError)
            for address in answer.records
        ),
        ()
        if isinstance(texts, NotObservedError)
        else tuple(text[:LONGEST_TEXT] for text in texts.texts[:MOST_TEXTS]),
    )
