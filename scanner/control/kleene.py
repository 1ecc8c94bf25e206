"""Three-valued tests of facts: true, false, or ``None`` where it cannot be known (compliance.md 3).

Absent is known; an incomplete set proves what was seen in it, and never what was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from scanner.control.evidence import ROOT, Evidence, Known, Path
from scanner.control.profile import (
    All,
    Any_,
    Not,
    Op,
    Predicate,
    Profile,
    Test,
    Value,
    compare,
)
from scanner.fact import State

PARAMETER = "param."


class Said(NamedTuple):
    """What a test says: ``holds`` is true, false, or ``None``; ``facts`` are what it read."""

    holds: bool | None
    facts: tuple[Known, ...] = ()
    has_no_step: bool = False


def both(said: Iterable[Said]) -> Said:
    """True when all are true, false when one is false, else unknown; with the facts that decide."""
    return _fold(said, decisive=False)


def either(said: Iterable[Said]) -> Said:
    """True when one is true, false when all are false, else unknown."""
    return _fold(said, decisive=True)


def _fold(said: Iterable[Said], *, decisive: bool) -> Said:
    every = tuple(said)
    for holds in (decisive, None, not decisive):
        deciding = [one for one in every if one.holds is holds]
        if deciding:
            facts = dict.fromkeys(fact for one in deciding for fact in one.facts)
            return Said(holds, tuple(facts))
    return Said(not decisive)


def names_in(predicate: Predicate) -> Iterator[str]:
    """The facts that a predicate reads."""
    for one in tests_in(predicate):
        yield one.fact
        if one.key:
            yield one.key


def tests_in(predicate: Predicate) -> Iterator[Test]:
    """The tests of a predicate."""
    match predicate:
        case Test():
            yield predicate
        case All(every) | Any_(every):
            for one in every:
                yield from tests_in(one)
        case Not(inner):
            yield from tests_in(inner)


def holds(predicate: Predicate, path: Path, evidence: Evidence, profile: Profile) -> Said:
    """Whether a predicate holds at a place.

    Where a fact is not recorded at the place or around it, it is asked where it is recorded, below
    the place or else anywhere, and holding for one is enough (ARCHITECTURE.md, Decisions 13).
    """
    apart = [
        name
        for name in dict.fromkeys(names_in(predicate))
        if not name.startswith(PARAMETER) and evidence.known(name, path) is None
    ]
    places = [place for name in apart for place in evidence.places(name, path)]
    if not places:
        return _at(predicate, path, evidence, profile)
    return either(_at(predicate, place, evidence, profile) for place in dict.fromkeys(places))


def _at(predicate: Predicate, path: Path, evidence: Evidence, profile: Profile) -> Said:
    match predicate:
        case All(every):
            return both(_at(one, path, evidence, profile) for one in every)
        case Any_(every):
            return either(_at(one, path, evidence, profile) for one in every)
        case Not(inner):
            said = _at(inner, path, evidence, profile)
            return said._replace(holds=None if said.holds is None else not said.holds)
        case _:
            return test(predicate, path, evidence, profile, "")


def test(one: Test, path: Path, evidence: Evidence, profile: Profile, check: str) -> Said:
    """One test at a place; ``check`` is the check whose word counts first."""
    if one.fact.startswith(PARAMETER):
        given = profile.value_of(one.fact.removeprefix(PARAMETER))
        state = State.UNKNOWN if given is None else State.KNOWN
        known = Known(one.fact, state, given, source="parameter")
        return _compared(one, known, path, evidence, profile, check)
    here = evidence.known(one.fact, path, check)
    if here is not None:
        return _compared(one, here, path, evidence, profile, check)
    where = evidence.below if check else evidence.places
    found = [evidence.known(one.fact, place, check) for place in where(one.fact, path)]
    if not found:
        return Said(None, (Known(one.fact, State.UNKNOWN),))
    combine = both if check else either
    return combine(
        _compared(one, known, path, evidence, profile, check) for known in found if known
    )


def _compared(
    one: Test, known: Known, path: Path, evidence: Evidence, profile: Profile, check: str
) -> Said:
    if one.op is Op.EXISTS or one.op is Op.ABSENT:
        return _presence(one.op, known)
    right, read = _right_side(one, path, evidence, profile, check)
    facts = (known, *read)
    if right is None:
        is_dated = bool(read) and read[0].state is State.KNOWN
        return Said(None, facts, has_no_step=is_dated)
    if known.state is State.UNKNOWN:
        return Said(None, facts)
    if known.state is State.ABSENT:
        absent_holds = {Op.NE, Op.NOT_IN, Op.HAS_NOT, Op.SUBSET_OF, Op.DISJOINT_FROM}
        return Said(one.op in absent_holds, facts)
    if isinstance(known.value, tuple):
        return Said(_of_set(one.op, known, right), facts)
    return Said(_of_scalar(one.op, known.value, right), facts)


def _presence(op: Op, known: Known) -> Said:
    if known.state is State.UNKNOWN:
        return Said(None, (known,))
    return Said((known.state is State.KNOWN) is (op is Op.EXISTS), (known,))


def _right_side(
    one: Test, path: Path, evidence: Evidence, profile: Profile, check: str
) -> tuple[tuple[Value, ...] | None, tuple[Known, ...]]:
    """What the fact is compared with; ``None`` where a dated table says nothing."""
    if one.parameter:
        given = profile.value_of(one.parameter)
        return (None if given is None else (given,)), ()
    if not one.table:
        return one.value if isinstance(one.value, tuple) else (_scalar(one.value),), ()
    table = profile.tables[one.table]
    if not table.by_date:
        return table.names, ()
    key = evidence.known(one.key, path, check) or Known(one.key, State.UNKNOWN)
    if key.state is not State.KNOWN:
        return None, (key._replace(state=State.UNKNOWN),)
    steps = [step.value for step in table.by_date if step.begin <= str(key.value)]
    return ((steps[-1],) if steps else None), (key,)


def _scalar(value: object) -> Value:
    return value if isinstance(value, bool | int | str) else ""


_SCALAR: dict[Op, Callable[[Value, tuple[Value, ...]], bool]] = {
    Op.IN: lambda left, right: any(compare(Op.EQ, left, one) for one in right),
    Op.NOT_IN: lambda left, right: not any(compare(Op.EQ, left, one) for one in right),
}


def _of_scalar(op: Op, left: object, right: tuple[Value, ...]) -> bool | None:
    if not isinstance(left, bool | int | str):
        return None
    if op in _SCALAR:
        return _SCALAR[op](left, right)
    return compare(op, left, right[0])


def _of_set(op: Op, known: Known, right: tuple[Value, ...]) -> bool | None:
    """What was seen decides; what was not seen decides only in a complete set."""
    members = set(known.value) if isinstance(known.value, tuple) else set()
    named = set(map(str, right))
    if op is Op.HAS:
        return True if named & members else _if_whole(known, holds=False)
    broken = members - named if op is Op.SUBSET_OF else members & named
    if op in {Op.SUBSET_OF, Op.DISJOINT_FROM, Op.HAS_NOT}:
        return False if broken else _if_whole(known, holds=True)
    return None


def _if_whole(known: Known, *, holds: bool) -> bool | None:
    return holds if known.complete else None


__all__ = ["ROOT", "Said", "both", "either", "holds", "names_in", "test", "tests_in"]
