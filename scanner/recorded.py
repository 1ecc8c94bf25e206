"""Facts of a whole run, as run checks read them: examples, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scanner.fact import Fact, RecordedFact, RunFact, State, Stored
from scanner.observation import Role, Subject


class Holder(NamedTuple):
    """Who has a value: a service of a target of an agency, or one leaf of it (``item``)."""

    target: str
    agency: str
    subject: Subject
    item: str


def known(facts: Iterable[RunFact], wanted: Fact) -> Iterator[tuple[Holder, RecordedFact]]:
    """The facts of one name that have a value, with who has it; one service is one holder."""
    seen: set[tuple[Holder, Stored]] = set()
    for one in facts:
        fact = one.fact
        if fact.name != wanted.name or fact.state is not State.KNOWN:
            continue
        holder = Holder(one.target, one.agency, Subject.from_text(fact.subject), fact.item)
        if (holder, fact.value) not in seen:
            seen.add((holder, fact.value))
            yield holder, fact


def recorded(
    fact: Fact, value: Stored, *, host: str, agency: str, role: Role = Role.WEB
) -> RunFact:
    """For examples: what a check recorded of one host of one agency; ``None`` is absent."""
    subject = Subject(role, host, 25 if role is Role.MAIL else 443)
    state = State.ABSENT if value is None else State.KNOWN
    made = RecordedFact(fact.name, "example", subject.text, state=state, value=value)
    return RunFact(host, agency, made)
