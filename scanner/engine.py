"""The engine: workers share one iterator of targets and hand each assessment to ``keep``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from scanner.assessment import Assessment, Status, freeze
from scanner.beside import NOTHING, Beside, Earlier
from scanner.check import Check
from scanner.clock import Clock
from scanner.fact import RecordedFact
from scanner.finding import Finding
from scanner.formats.dnssec.anchors import Anchors, read
from scanner.gather.budget import Budget, Limits
from scanner.gather.collector import Collector, SharedResults
from scanner.gather.dialer import Dialer, Network, Scope
from scanner.gather.dns.resolver import Resolver
from scanner.gather.gatherer import Context, Gatherer
from scanner.judge import disagreements, judge_in
from scanner.observation import Found, Level
from scanner.observation.dnssec import TrustAnchors
from scanner.scene import Scene
from scanner.targets import Target

GRACE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does, and as whom; nothing of it changes while it runs."""

    checks: Mapping[str, Check]
    gatherers: Mapping[type, tuple[Gatherer, ...]]
    lists: Mapping[type, object]
    limits: Limits
    network: Network
    scope: Scope
    resolvers: tuple[tuple[str, int], ...]
    user_agent: str
    helo_name: str = "govscan.invalid"
    authorised_by: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    earlier: Callable[[str], Earlier] = lambda _: Earlier()
    at_once: int = 100

    @property
    def wanted(self) -> tuple[type, ...]:
        """The kinds of observation that the selected checks need."""
        needs = {
            need.kind
            for check in self.checks.values()
            for need in check.needs
            if need.level is not Level.RUN
        }
        return tuple(sorted(needs, key=lambda kind: kind.__name__))


class Stop:
    """Asked to stop once: no new target, and a little time for those in flight; twice: at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()

    def ask(self) -> None:
        """Ask once more."""
        (self.at_once if self.asked.is_set() else self.asked).set()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all targets of a run share."""

    plan: Plan
    clock: Clock
    dialer: Dialer
    resolver: Resolver
    shared: SharedResults

    def context(self, target: Target, earlier: Earlier = Earlier()) -> Context:  # noqa: B008 - frozen
        """What the gatherers of one target may use; ``earlier`` is what the run before saw."""
        plan = self.plan
        return Context(
            target=target,
            dialer=self.dialer,
            resolver=self.resolver,
            clock=self.clock,
            shared=self.shared,
            own=SharedResults(),
            user_agent=plan.user_agent,
            helo_name=plan.helo_name,
            authorised_by=target.authorised_by or plan.authorised_by,
            lists=plan.lists,
            settings=plan.settings,
            wanted=frozenset(plan.wanted),
            earlier=earlier,
        )


@asynccontextmanager
async def surroundings(plan: Plan, clock: Clock) -> AsyncIterator[Surroundings]:
    """Open what a run needs, and close it."""
    budget = Budget(plan.limits, clock)
    dialer = Dialer(plan.network, plan.scope, budget)
    resolver = Resolver(
        servers=plan.resolvers,
        limits=plan.limits,
        clock=clock,
        hosts=plan.network.hosts,
        source=plan.network.source_address,
        anchors=_anchors(plan.lists),
    )
    shared = SharedResults()
    try:
        yield Surroundings(plan, clock, dialer, resolver, shared)
    finally:
        await shared.close()
        await resolver.close()


def _anchors(lists: Mapping[type, object]) -> Anchors:
    given = lists.get(TrustAnchors)
    return read(given.text) if isinstance(given, TrustAnchors) else {}


async def scan(
    targets: Iterable[Target],
    around: Surroundings,
    keep: Callable[[Assessment], None],
    stop: Stop,
) -> None:
    """Assess every target, handing each assessment to ``keep`` as soon as it is done."""
    waiting = iter(targets)
    workers = asyncio.gather(
        *(_work(waiting, around, keep, stop) for _ in range(around.plan.at_once))
    )
    halt = asyncio.create_task(_halt(stop))
    both: set[asyncio.Future[Any]] = {workers, halt}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    halt.cancel()
    if not workers.done():
        workers.cancel()
    try:
        await workers
    except asyncio.CancelledError:
        if not stop.asked.is_set():
            raise


async def _halt(stop: Stop) -> None:
    """Return when those in flight have had their grace."""
    await stop.asked.wait()
    try:
        await asyncio.wait_for(stop.at_once.wait(), GRACE)
    except TimeoutError:
        return


async def _work(
    waiting: Iterator[Target],
    around: Surroundings,
    keep: Callable[[Assessment], None],
    stop: Stop,
) -> None:
    for target in waiting:  # shared by the workers: each takes the next one
        if stop.asked.is_set():
            return
        keep(await assess(target, around))


async def assess(target: Target, around: Surroundings) -> Assessment:
    """Gather and judge one target."""
    began = around.clock.now()
    earlier = around.plan.earlier(target.host)
    collector = Collector(around.context(target, earlier), around.plan.gatherers)
    found = await collector.collect(around.plan.wanted, around.plan.limits.seconds_per_target)
    plan = around.plan
    beside = Beside(plan.lists, earlier)
    findings, facts = judge_all(plan.checks.values(), target.host, found, beside)
    return Assessment(
        host=target.host,
        agency=target.agency,
        began=began,
        ended=around.clock.now(),
        status=Status.PARTIAL if collector.is_late else Status.ASSESSED,
        observations=freeze(found),
        findings=findings,
        facts=facts,
    )


def judge_all(
    checks: Iterable[Check], host: str, found: Found, beside: Beside = NOTHING
) -> tuple[tuple[Finding, ...], tuple[RecordedFact, ...]]:
    """Every check's findings and facts, in an order that does not depend on the gathering.

    Checks that compare targets have their turn after the last one (``scanner.judge_run``).
    """
    scene = Scene(host, found)
    verdicts = [judge_in(scene, one, beside) for one in checks if not one.compares_targets]
    verdicts.append(disagreements(host, [fact for one in verdicts for fact in one.facts]))
    findings = sorted(
        (finding for one in verdicts for finding in one.findings),
        key=lambda one: (one.check, one.subject, one.item),
    )
    facts = sorted(
        (fact for one in verdicts for fact in one.facts),
        key=lambda one: (one.name, one.subject, one.address or "", one.item, one.check),
    )
    return tuple(findings), tuple(facts)
