"""Each kind is gathered once, after its needs; what goes wrong becomes a word of the report."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from msgspec import Struct

from scanner.clock import SystemClock
from scanner.gather.collector import Collector, SharedResults
from scanner.gather.gatherer import Context, Gatherer, Places, gatherer
from scanner.observation import (
    Every,
    Level,
    NotObservedError,
    Observed,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
    kind,
)
from scanner.targets import target

NOTHING = cast("Any", None)
HOST = Place(Subject(Role.HOST, "agency.example"))
WWW = Place(Subject(Role.HOST, "www.agency.example"))
CONTEXT = Context(
    target=target("agency.example", "agency"),
    dialer=NOTHING,
    resolver=NOTHING,
    clock=SystemClock(),
    shared=SharedResults(),
    own=SharedResults(),
    user_agent="govscan/test",
    helo_name="scanner.example",
    authorised_by="",
    lists={},
    settings={},
)


@kind(Level.HOST)
class SownSoil(Struct, frozen=True):
    """Needed by the seeds."""

    depth: int


@kind(Level.HOST)
class SownSeed(Struct, frozen=True):
    """Needs soil."""

    depth: int


@kind(Level.TARGET)
class SownHarvest(Struct, frozen=True):
    """Needs both."""

    count: int


def collect(
    *gatherers: Gatherer, kinds: tuple[type, ...], seconds: float = 5.0
) -> tuple[dict[type, Places], bool]:
    """What is found, and whether it was late."""
    by_kind: dict[type, tuple[Gatherer, ...]] = {}
    for one in gatherers:
        by_kind[one.kind] = (*by_kind.get(one.kind, ()), one)

    async def run() -> tuple[dict[type, Places], bool]:
        collector = Collector(CONTEXT, by_kind)
        found = await collector.collect(kinds, seconds)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, "the collector leaves nothing running behind"
        return found, collector.is_late

    return asyncio.run(run())


def only(places: Places) -> Unobserved:
    """The one missing observation, at the place of the target."""
    assert list(places) == [CONTEXT.domain]
    missing = places[CONTEXT.domain]
    assert isinstance(missing, Unobserved)
    return missing


def raising(error: Exception) -> Gatherer:
    @gatherer(SownSoil)
    async def soil(on: Context) -> Places:
        raise error

    return soil


@gatherer(SownSeed)
async def seed(on: Context, soils: Every[SownSoil]) -> Places:
    return {
        place: seen if isinstance(seen, Unobserved) else on.observed(SownSeed(7))
        for place, seen in soils.seen
    }


@gatherer(SownHarvest)
async def harvest(on: Context, soils: Every[SownSoil], seeds: Every[SownSeed]) -> Places:
    count = len(soils.values) + len(seeds.values)
    return {on.domain: on.observed(SownHarvest(count))}


def test_what_two_kinds_need_is_gathered_once_and_first() -> None:
    times: list[str] = []

    @gatherer(SownSoil)
    async def soil(on: Context) -> Places:
        times.append("soil")
        await asyncio.sleep(0.01)
        return {HOST: on.observed(SownSoil(1)), WWW: Unobserved(Reason.TIMEOUT)}

    found, is_late = collect(soil, seed, harvest, kinds=(SownHarvest, SownSeed, SownHarvest))
    assert times == ["soil"]
    assert not is_late
    assert set(found) == {SownHarvest, SownSeed, SownSoil}
    assert found[SownSeed][WWW] == Unobserved(Reason.TIMEOUT)
    whole = found[SownHarvest][CONTEXT.domain]
    assert isinstance(whole, Observed)
    assert whole.value == SownHarvest(2)


def test_several_gatherers_fill_one_kind_and_one_that_fails_costs_only_its_own() -> None:
    @gatherer(SownSoil)
    async def soil(on: Context) -> Places:
        return {HOST: on.observed(SownSoil(1))}

    found, _ = collect(soil, raising(ValueError("no")), kinds=(SownSoil,))
    assert isinstance(found[SownSoil][HOST], Observed)
    assert isinstance(found[SownSoil][CONTEXT.domain], Unobserved)


@pytest.mark.parametrize(
    ("error", "reason", "reached"),
    [
        (NotObservedError(Reason.BLOCKED, "said no", reached=True), Reason.BLOCKED, True),
        (TimeoutError(), Reason.TIMEOUT, False),
        (ConnectionRefusedError(), Reason.REFUSED, False),
        (ConnectionResetError(), Reason.RESET, True),
        (OSError("no route"), Reason.UNREACHABLE, False),
    ],
)
def test_what_the_world_does_is_a_reason(error: Exception, reason: Reason, reached: bool) -> None:
    found, _ = collect(raising(error), kinds=(SownSoil,))
    missing = only(found[SownSoil])
    assert (missing.reason, missing.reached, missing.defect) == (reason, reached, "")
    assert missing.at is not None


@pytest.mark.parametrize("error", [ValueError("x" * 900), KeyError("a"), RecursionError()])
def test_what_we_do_wrong_is_a_defect_and_never_stops_the_others(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    found, is_late = collect(raising(error), harvest, seed, kinds=(SownHarvest,))
    missing = only(found[SownSoil])
    assert missing.reason is Reason.NOT_SUPPORTED_BY_US
    assert missing.defect.startswith(f"{__name__}.raising.<locals>.soil: {type(error).__name__}")
    assert len(missing.defect) <= 300
    assert "soil raised" in caplog.text
    assert not is_late
    assert isinstance(found[SownHarvest][CONTEXT.domain], Observed)


def test_what_nobody_gathers_is_missing() -> None:
    found, _ = collect(kinds=(SownSoil,))
    assert only(found[SownSoil]).reason is Reason.DEPENDENCY_MISSING
    assert collect(kinds=())[0] == {}


def test_when_time_is_up_what_was_had_is_kept_and_the_rest_is_unobserved() -> None:
    @gatherer(SownSoil)
    async def soil(on: Context) -> Places:
        return {HOST: on.observed(SownSoil(1))}

    @gatherer(SownSoil)
    async def slow_soil(on: Context) -> Places:
        await asyncio.sleep(30)
        return {WWW: on.observed(SownSoil(1))}

    found, is_late = collect(
        soil, slow_soil, seed, harvest, kinds=(SownHarvest, SownSeed), seconds=0.05
    )
    assert is_late
    assert isinstance(found[SownSoil][HOST], Observed)
    late = found[SownSoil][CONTEXT.domain]
    assert isinstance(late, Unobserved)
    assert late.reason is Reason.BUDGET_EXHAUSTED
    for dependent in (SownSeed, SownHarvest):
        assert only(found[dependent]).reason is Reason.BUDGET_EXHAUSTED


def counting(times: list[int], *, seconds: float = 0.0) -> Callable[[], Awaitable[int]]:
    async def see() -> int:
        times.append(1)
        await asyncio.sleep(seconds)
        return len(times)

    return see


def test_what_is_shared_is_seen_once() -> None:
    async def run() -> None:
        shared, times = SharedResults(), []
        see = counting(times, seconds=0.01)
        assert await asyncio.gather(*(shared.once(("mx",), see) for _ in range(5))) == [1] * 5
        assert await shared.once(("mx",), see) == 1
        assert await shared.once(("ns",), see) == 2

    asyncio.run(run())


def test_an_asker_that_gives_up_does_not_take_it_from_the_others() -> None:
    async def run() -> None:
        shared, times = SharedResults(), []
        see = counting(times, seconds=0.05)
        first = asyncio.create_task(shared.once(("mx",), see))
        second = asyncio.create_task(shared.once(("mx",), see))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second == 1
        assert first.cancelled()

    asyncio.run(run())


def test_the_oldest_is_forgotten_and_what_was_just_asked_for_is_kept() -> None:
    async def run() -> None:
        shared, times = SharedResults(most=2), []
        see = counting(times)
        assert [await shared.once((key,), see) for key in "ab"] == [1, 2]
        assert await shared.once(("a",), see) == 1
        assert await shared.once(("c",), see) == 3
        assert await shared.once(("a",), see) == 1
        assert await shared.once(("b",), see) == 4

    asyncio.run(run())


def test_at_the_end_nothing_is_left_under_way() -> None:
    async def run() -> None:
        shared = SharedResults()
        asker = asyncio.create_task(shared.once(("mx",), counting([], seconds=30)))
        await asyncio.sleep(0.01)
        await shared.close()
        with pytest.raises(asyncio.CancelledError):
            await asker
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
