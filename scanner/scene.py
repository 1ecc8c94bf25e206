"""One target's observations, each question about them answered once: a hundred checks ask."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from scanner.check import Check, Form, Need
from scanner.finding import Source
from scanner.observation import (
    Every,
    Found,
    Inapplicable,
    Level,
    Observation,
    Place,
    Role,
    Seen,
    Subject,
)

T = TypeVar("T")


class Whole(NamedTuple):
    """All places of a kind: what a check is given, and where and when it was seen."""

    every: Every[Any]
    sources: tuple[Source, ...]
    at: datetime | None


class Scene:
    """What was found of one target, and where each check is to be applied to it."""

    def __init__(self, target: str, found: Found) -> None:
        self.domain = Place(Subject(Role.DOMAIN, target))
        self._found = found
        self._known: dict[Hashable, Any] = {}

    def near(self, kind: type, place: Place) -> tuple[Place, Observation] | None:
        """What is known of a kind at a place, or at the nearest place that contains it."""
        return self._once((kind, place), lambda: lookup(self._found, kind, place))

    def every(self, kind: type) -> Whole:
        """All places of a kind, in the order of their names."""
        return self._once((kind,), lambda: _whole(kind, self._found))

    def places(self, check: Check) -> list[Place]:
        """Where a check is applied: at every place of the finest kind it needs."""
        finest = _finest(check.needs, check.level)
        if not finest:
            return [self.domain]
        key = (finest, check.roles)
        return self._once(key, lambda: _places(finest, check.roles, self._found)) or [self.domain]

    def _once(self, key: Hashable, ask: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = ask()
        answer: T = self._known[key]
        return answer


def lookup(found: Found, kind: type, place: Place) -> tuple[Place, Observation] | None:
    """What is known of a kind at a place, or at the nearest place that contains it."""
    places = found.get(kind, {})
    subject, address = place
    around = [place] if address is None else [place, Place(subject)]
    if subject.role not in {Role.HOST, Role.DOMAIN}:
        around.append(Place(Subject(Role.HOST, subject.host)))
    for one in around:
        if one in places:
            return one, places[one]
    return next(
        ((at, seen) for at, seen in places.items() if at.subject.role is Role.DOMAIN),
        None,
    )


def order(place: Place) -> tuple[str, str]:
    """How places are sorted: by subject and address."""
    return place.subject.text, place.address or ""


@lru_cache(maxsize=1 << 12)
def _finest(needs: tuple[Need, ...], level: Level) -> tuple[type, ...]:
    """The kinds that say where a check is applied; none where it is applied to the target."""
    if level is Level.TARGET:
        return ()
    return tuple(need.kind for need in needs if need.form is not Form.EVERY and need.level is level)


def _places(finest: tuple[type, ...], roles: tuple[Role, ...], found: Found) -> list[Place]:
    every = {
        place: seen
        for kind in finest
        for place, seen in found.get(kind, {}).items()
        if not roles or place.subject.role in {*roles, Role.DOMAIN, Role.HOST}
    }
    whole = [place for place in every if all(lookup(found, kind, place) for kind in finest)]
    places = sorted(whole or every, key=order)
    fine = [place for place in places if not _is_placeholder(place, every[place])]
    return fine or places


def _is_placeholder(place: Place, seen: Observation) -> bool:
    """There is no mail server here: no row of its own beside the web servers that there are."""
    return isinstance(seen, Inapplicable) and place.subject.role in {Role.DOMAIN, Role.HOST}


def _whole(kind: type, found: Found) -> Whole:
    at = found.get(kind, {})
    seen = tuple(Seen(place, at[place]) for place in sorted(at, key=order))
    sources = tuple(source(kind, one.place) for one in seen)
    times = (one.observation.at for one in seen)
    return Whole(Every(seen), sources, max(filter(None, times), default=None))


def source(kind: type, place: Place) -> Source:
    """An observation, as a finding names it."""
    return Source(kind.__name__, place.subject.text, place.address)
