"""Can a stranger send as a domain today: the rows of the specification, in their order (12).

Judged for receivers that enforce DMARC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct, structs

from scanner.formats import dkim, spf_static
from scanner.formats.dmarc import POLICIES, Discovery, Record, discover, step_down
from scanner.formats.spoofing_ways import (
    key_way,
    own_way,
    policy_way,
    taken_alias,
    zone_ways,
    zones_above,
)
from scanner.message import Message
from scanner.observation import Reason, Unobserved
from scanner.observation.mail import (
    DkimRecords,
    DmarcRecords,
    Relative,
    Relatives,
    SpfRecords,
)


class Can(StrEnum):
    """Whether a stranger can send; ``unknown`` where that was not to be seen."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


class Answer(Struct, frozen=True):
    """The answer for one name: ``why`` in plain words, without a full stop."""

    can: Can
    why: Message
    reason: Reason | None = None


class Answers(Struct, frozen=True):
    """The answers for the domain itself and for what lies below it, and the one for all."""

    overall: Answer
    domain: Answer
    subdomain: Answer
    nonexistent: Answer
    others: tuple[tuple[str, Answer], ...] = ()


class _Case(Struct, frozen=True):
    """What one name rests on: ``policy`` is empty where no record applies."""

    policy: str
    owner: str = ""
    ways: tuple[Message, ...] = ()
    unknown: Reason | None = None
    where: str = ""
    spf_unknown: Reason | None = None
    weak: str = ""


def _weak(keys: DkimRecords | None) -> str:
    """The selector of a key so small that it can be computed (W)."""
    found = dkim.keys(keys) if keys else ()
    return next(
        (
            selector
            for selector, key in found
            if key.type == "rsa" and key.bits < dkim.MUST_NOT_VERIFY
        ),
        "",
    )


def _answer(case: _Case) -> Answer:  # noqa: PLR0911 - a table of rows, in its order
    if case.ways:
        return Answer(Can.YES, case.ways[0])
    if case.unknown:
        return Answer(
            Can.UNKNOWN,
            Message("the DMARC policy was not answered ({where})", {"where": case.where}),
            case.unknown,
        )
    if not case.policy:
        return Answer(
            Can.YES,
            Message("no DMARC policy applies, and SPF guards only the envelope, which nobody sees"),
        )
    if case.policy == "none":
        return Answer(
            Can.YES, Message("the DMARC policy of {owner} only watches", {"owner": case.owner})
        )
    if case.spf_unknown:
        best = "partly" if case.policy == "quarantine" else "no"
        return Answer(
            Can.UNKNOWN,
            Message("SPF was not seen; at best {best}", {"best": best}),
            case.spf_unknown,
        )
    if case.policy == "quarantine":
        return Answer(
            Can.PARTLY,
            Message(
                "the DMARC policy of {owner} sends forged mail to the junk folder, and no further",
                {"owner": case.owner},
            ),
        )
    if case.weak:
        return Answer(
            Can.PARTLY,
            Message(
                "the DKIM key {selector} is so small that it can be computed, and some receivers "
                "accept its signatures",
                {"selector": case.weak},
            ),
        )
    return Answer(
        Can.NO,
        Message("the DMARC policy of {owner} has forged mail refused", {"owner": case.owner}),
    )


def judge(
    name: str,
    spf: SpfRecords | Unobserved,
    policies: DmarcRecords | Unobserved,
    keys: DkimRecords | None,
    relatives: Relatives,
) -> Answers:
    """The answer for @name, for names below it, for names that do not exist."""
    seen = _discovered(policies)
    known = spf if isinstance(spf, SpfRecords) else None
    by_names = tuple(_through(name, _record(seen), seen, relatives.names))
    found = (
        *zones_above(name, relatives.names),
        policy_way(policies),
        own_way(known),
        key_way(keys),
    )
    ways = (*filter(None, found), *by_names)
    domain = _answer(
        _Case(
            _applied(seen, seen.effective.policy if seen.effective else ""),
            seen.owner,
            ways,
            seen.reason,
            seen.unknown,
            _missing(spf),
            _weak(keys),
        )
    )
    has_wildcard = policies.has_wildcard if isinstance(policies, DmarcRecords) else None
    counted = _counted(seen, has_wildcard)
    taken = tuple(filter(None, (*zones_above(name, relatives.names), policy_way(policies))))
    below = tuple(_below(name, counted, spf, keys, relatives.names, taken))
    others = tuple(_others(name, seen, known, relatives.names))
    overall = _overall(name, domain, (*below, *others), _unseen(name, relatives.names))
    made = dict(below)
    return Answers(overall, domain, made[f"sub.{name}"], made[f"nonexistent.{name}"], others)


def _discovered(policies: DmarcRecords | Unobserved) -> Discovery:
    if isinstance(policies, Unobserved):
        return Discovery(unknown=str(policies.reason), reason=policies.reason)
    return discover(policies)


def _missing(spf: SpfRecords | Unobserved) -> Reason | None:
    """Why SPF was not seen, or not all of it that could let a stranger in."""
    if isinstance(spf, Unobserved):  # a name that does not exist has no SPF record
        return None if spf.reason is Reason.NO_SUCH_NAME else spf.reason
    return spf.lookups[0].reason or spf_static.read(spf).unknown


def _applied(seen: Discovery, policy: str) -> str:
    """A policy as the strictest reader of ``pct`` has it: one level down below 100."""
    return _counted_down(_record(seen), policy)


def _counted_down(record: Record | None, policy: str) -> str:
    if record is None or not policy or record.percent >= 100:  # noqa: PLR2004 - a percentage
        return policy
    return step_down(policy)


def _record(seen: Discovery) -> Record | None:
    return seen.effective.record if seen.effective else None


def _through(
    name: str, record: Record | None, seen: Discovery, relatives: Iterable[Relative]
) -> Iterator[Message]:
    """Other names of the organisation that pass for this one in relaxed mode (A)."""
    if record is None or (record.is_spf_strict and record.is_dkim_strict):
        return
    for one in relatives:
        if one.name == name or not _is_of(one, seen.organisation):
            continue
        ways = list(zone_ways(one))
        if not record.is_spf_strict:
            ways += filter(None, (own_way(one.spf), taken_alias(one)))
        for way in ways:
            yield Message(
                "{way}, and in relaxed mode that passes for {name} too", {"way": way, "name": name}
            )


def _is_of(one: Relative, organisation: str) -> bool:
    """Whether it is aligned: its own walk leads to the same organisational domain."""
    return one.dmarc is None or discover(one.dmarc).organisation == organisation


def _counted(seen: Discovery, has_wildcard: bool | None) -> Discovery:  # noqa: FBT001 - three-valued
    """With a wildcard no name is non-existent; where that is open, only what both readings say."""
    effective = seen.effective
    if effective is None or has_wildcard is False or effective.sub == effective.nonexistent:
        return seen
    if has_wildcard:
        same = structs.replace(effective, nonexistent=effective.sub)
        return structs.replace(seen, effective=same)
    weaker = min(effective.sub, effective.nonexistent, key=POLICIES.index)
    return structs.replace(seen, effective=structs.replace(effective, nonexistent=weaker))


def _below(
    name: str,
    seen: Discovery,
    spf: SpfRecords | Unobserved,
    keys: DkimRecords | None,
    relatives: tuple[Relative, ...],
    taken: tuple[Message, ...],
) -> Iterator[tuple[str, Answer]]:
    """Names without a record of their own: existing ones (a) and others (b)."""
    effective = seen.effective
    record = effective.record_below if effective else None
    relaxed_spf = record is not None and not record.is_spf_strict
    relaxed_dkim = record is not None and not record.is_dkim_strict
    known = spf if isinstance(spf, SpfRecords) else None
    unknown = seen.reason or seen.below_unknown
    ways = [*taken, *_through(name, record, seen, relatives)]
    if relaxed_spf and (way := own_way(known)):
        ways.append(way)
    if relaxed_dkim and (way := key_way(keys)):
        ways.append(way)
    for label, policy in (
        ("sub", effective.sub if effective else ""),
        ("nonexistent", effective.nonexistent if effective else ""),
    ):
        case = _Case(
            _counted_down(record, policy),
            effective.below if effective else "",
            tuple(ways),
            unknown,
            seen.unknown or str(unknown or ""),
            _missing(spf) if relaxed_spf else None,
            _weak(keys) if relaxed_dkim else "",
        )
        yield f"{label}.{name}", _answer(case)


def _others(
    name: str, seen: Discovery, spf: SpfRecords | None, relatives: Iterable[Relative]
) -> Iterator[tuple[str, Answer]]:
    """Each known name below, with its own records (c)."""
    for one in relatives:
        if not one.name.endswith(f".{name}"):
            continue
        own = discover(one.dmarc) if one.dmarc else _of_any_name(seen)
        ways = [*zone_ways(one), own_way(one.spf), taken_alias(one)]
        if one.spf is None and not any(ways):
            continue
        relaxed = own.effective is not None and not own.effective.record.is_spf_strict
        if relaxed and own.organisation == seen.organisation:
            ways.append(own_way(spf))
        case = _Case(
            _applied(own, own.effective.policy if own.effective else ""),
            own.owner,
            tuple(filter(None, ways)),
            own.reason,
            own.unknown,
            _missing(one.spf) if one.spf else None,
        )
        yield one.name, _answer(case)


def _of_any_name(seen: Discovery) -> Discovery:
    """What applies to a name that a wildcard answers: the policy for names below."""
    if seen.effective is None:
        return seen
    effective = seen.effective
    of_sub = structs.replace(effective, policy=effective.sub, owner=effective.below)
    return structs.replace(seen, effective=of_sub, owner=effective.below)


def _unseen(name: str, relatives: Iterable[Relative]) -> tuple[str, ...]:
    return tuple(one.name for one in relatives if one.reason and one.name != name)


def _overall(
    name: str,
    domain: Answer,
    below: tuple[tuple[str, Answer], ...],
    unseen: tuple[str, ...],
) -> Answer:
    if domain.can in {Can.YES, Can.UNKNOWN}:
        return domain
    open_below = [(at, one) for at, one in below if one.can in {Can.YES, Can.PARTLY}]
    if domain.can is Can.PARTLY and not any(one.can is Can.YES for _, one in open_below):
        return domain
    if open_below:
        at, worst = min(open_below, key=lambda one: list(Can).index(one[1].can))
        template = "not as @{name} itself, but as @{at}: {why}"
        if domain.can is Can.PARTLY:
            template = "as @{name} into the junk folder, and freely as @{at}: {why}"
        return Answer(Can.PARTLY, Message(template, {"name": name, "at": at, "why": worst.why}))
    missing = next((one for _, one in below if one.can is Can.UNKNOWN), None)
    if missing or unseen:
        where = ", ".join(unseen) or ", ".join(at for at, one in below if one is missing)
        return Answer(
            Can.UNKNOWN,
            Message("not as @{name} itself; not seen: {where}", {"name": name, "where": where}),
            missing.reason if missing else Reason.SERVFAIL,
        )
    return domain
