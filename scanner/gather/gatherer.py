"""A gatherer: fills one kind of observation for a target, dials and judges nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, Protocol, TypeAlias, TypeVar

from scanner.beside import Earlier
from scanner.check import DefinitionError, Form, Need, needs_of
from scanner.clock import Clock
from scanner.gather.dialer import Dialer
from scanner.observation import (
    KINDS,
    Observation,
    Observed,
    Place,
    Role,
    Subject,
    Unobserved,
)
from scanner.targets import Target

if TYPE_CHECKING:
    from scanner.gather.dns.resolver import Resolver

T = TypeVar("T")
Places: TypeAlias = Mapping[Place, Observation]


class Shared(Protocol):
    """What several targets have in common is seen once per run (an MX host, a name server)."""

    async def once(self, key: tuple[object, ...], see: Callable[[], Awaitable[T]]) -> T:
        """The result of ``see``, which runs for the first asker of ``key`` only."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a gatherer may use: ``shared`` of the run, ``own`` of this target alone.

    ``wanted`` are the kinds that the run's checks need, for a gatherer that can see less for less;
    empty where that is not known.
    """

    target: Target
    dialer: Dialer
    resolver: Resolver
    clock: Clock
    shared: Shared
    own: Shared
    user_agent: str
    helo_name: str
    authorised_by: str
    lists: Mapping[type, Any]
    settings: Mapping[str, Any]
    wanted: frozenset[type] = frozenset()
    earlier: Earlier = field(default_factory=Earlier)

    @property
    def domain(self) -> Place:
        """The place of the target itself."""
        return Place(Subject(Role.DOMAIN, self.target.host))

    def observed(self, value: T, peer: str = "") -> Observed[T]:
        """What was just seen."""
        return Observed(value, self.clock.now(), peer)


Gather: TypeAlias = Callable[Concatenate[Context, ...], Awaitable[Places]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """One way to fill a kind. Several may fill the same kind, for other subjects."""

    name: str
    kind: type
    needs: tuple[Need, ...]
    gather: Gather
    module: str


def gatherer(kind: type) -> Callable[[Gather], Gatherer]:
    """Make a gatherer of an async function ``(context, *needs) -> {place: observation}``.

    Each parameter after the context is a need, annotated ``Every[Kind]``: all its places in the
    target, missing ones included. The function returns an observation for every place it knows
    of, ``Unobserved`` ones too; where there is nothing to look at, an ``Inapplicable`` at the
    coarser place says what proves it. It may raise ``NotObservedError`` or ``OSError``: then the
    kind is unobserved for the whole target.
    """

    def make(gather: Gather) -> Gatherer:
        if kind.__name__ not in KINDS:
            message = f"{gather.__qualname__}: {kind.__name__} is not a kind of observation"
            raise DefinitionError(message)
        needs = needs_of(gather, skip=1)
        if any(need.form is not Form.EVERY for need in needs):
            message = f"{gather.__qualname__}: a gatherer's needs are annotated Every[Kind]"
            raise DefinitionError(message)
        name = f"{gather.__module__}.{gather.__qualname__}"
        return Gatherer(name=name, kind=kind, needs=needs, gather=gather, module=gather.__module__)

    return make


__all__ = ["Context", "Gatherer", "Places", "Shared", "Unobserved", "gatherer"]
