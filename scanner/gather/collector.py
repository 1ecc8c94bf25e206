"""The collector: each kind of observation is gathered at most once per target, whoever asks."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context, Gatherer, Places
from scanner.observation import (
    Every,
    NotObservedError,
    Observation,
    Place,
    Reason,
    Seen,
    Unobserved,
)

LOG = logging.getLogger(__name__)
T = TypeVar("T")
MOST_SHARED = 2_000


class SharedResults:
    """What several targets share, seen once per run; the oldest are forgotten, never the new."""

    def __init__(self, most: int = MOST_SHARED) -> None:
        self._most = most
        self._tasks: OrderedDict[tuple[object, ...], asyncio.Future[Any]] = OrderedDict()

    async def once(self, key: tuple[object, ...], see: Callable[[], Awaitable[T]]) -> T:
        """The result of ``see``; an asker that is cancelled does not take it from the others."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(see())
            self._forget()
        self._tasks.move_to_end(key)
        result: T = await asyncio.shield(task)
        return result

    def _forget(self) -> None:
        done = (key for key, task in list(self._tasks.items()) if task.done())
        while len(self._tasks) > self._most and (key := next(done, None)):
            del self._tasks[key]

    async def close(self) -> None:
        """Stop what is still under way."""
        tasks = [task for task in self._tasks.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in self._tasks.values():
            if task.done() and not task.cancelled():
                task.exception()


class Collector:
    """Gathers the wanted kinds of one target, each after its needs."""

    def __init__(self, context: Context, gatherers: Mapping[type, tuple[Gatherer, ...]]) -> None:
        self._context = context
        self._gatherers = gatherers
        self._tasks: dict[type, asyncio.Task[Places]] = {}
        self._found: dict[type, dict[Place, Observation]] = {}
        self.is_late = False

    async def collect(self, kinds: Iterable[type], seconds: float) -> dict[type, Places]:
        """Every wanted kind and what it needs, in at most ``seconds``.

        What was not had by then is unobserved (``budget-exhausted``); what was had is kept.
        """
        tasks = [self._task(kind) for kind in kinds]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        late = [task for task in self._tasks.values() if not task.done()]
        self.is_late = bool(late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return {kind: self._result(kind, task) for kind, task in self._tasks.items()}

    def _task(self, kind: type) -> asyncio.Task[Places]:
        if kind not in self._tasks:
            self._tasks[kind] = asyncio.create_task(self._fill(kind))
        return self._tasks[kind]

    def _result(self, kind: type, task: asyncio.Task[Places]) -> Places:
        if not task.cancelled():
            return task.result()
        partial = self._found.get(kind, {})
        late = self._unobserved(NotObservedError(Reason.BUDGET_EXHAUSTED, "its time was used up"))
        return {**late, **partial}

    async def _fill(self, kind: type) -> Places:
        found = self._found.setdefault(kind, {})

        async def fill(gatherer: Gatherer) -> None:
            found.update(await self._gather(gatherer))

        async with asyncio.TaskGroup() as group:
            for one in self._gatherers.get(kind, ()):
                group.create_task(fill(one))
        return found or self._unobserved(
            NotObservedError(Reason.DEPENDENCY_MISSING, "nothing was gathered")
        )

    async def _gather(self, gatherer: Gatherer) -> Places:
        """Fill one kind; one of the two places where any exception is caught."""
        for need in gatherer.needs:  # all at once: one that is late does not keep the others
            self._task(need.kind)
        given = [await self._every(need.kind) for need in gatherer.needs]
        try:
            return await gatherer.gather(self._context, *given)
        except (NotObservedError, OSError) as error:
            return self._unobserved(unobserved(error))
        except Exception as error:
            LOG.exception("gatherer %s raised", gatherer.name)
            return {self._context.domain: self._broken(gatherer, error)}

    async def _every(self, kind: type) -> Every[Any]:
        places = await self._task(kind)
        return Every(tuple(Seen(place, seen) for place, seen in places.items()))

    def _broken(self, gatherer: Gatherer, error: Exception) -> Unobserved:
        defect = f"{gatherer.name}: {error!r}"[:300]
        return Unobserved(
            Reason.NOT_SUPPORTED_BY_US,
            at=self._context.clock.now(),
            reached=True,
            defect=defect,
        )

    def _unobserved(self, error: NotObservedError) -> Places:
        missing = Unobserved(error.reason, error.detail, self._context.clock.now(), error.reached)
        return {self._context.domain: missing}
