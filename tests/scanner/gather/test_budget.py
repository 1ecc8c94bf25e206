"""What a run spends: places by address, places in all, pace, and a clock for each connection."""

import asyncio
import gc
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.clock import SystemClock
from scanner.gather.budget import MOST_REMEMBERED, Budget, Limits

ONE, OTHER = "192.0.2.1", "2001:db8::1"


def made(**limits: float) -> Budget:
    return Budget(Limits(**limits), SystemClock())  # type: ignore[arg-type]


async def most_at_once(budget: Budget, addresses: Iterable[str]) -> dict[str, int]:
    """How many connections each address, and all together (``""``), had open at once."""
    now: dict[str, int] = {"": 0}
    most: dict[str, int] = {"": 0}

    async def connect(address: str) -> None:
        async with budget.connection(address):
            for key in (address, ""):
                now[key] = now.get(key, 0) + 1
                most[key] = max(most.get(key, 0), now[key])
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            for key in (address, ""):
                now[key] -= 1

    await asyncio.gather(*(connect(address) for address in addresses))
    return most


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from([ONE, OTHER, "192.0.2.2"]), max_size=30),
    st.integers(min_value=1, max_value=4),
    st.integers(min_value=1, max_value=6),
)
def test_neither_an_address_nor_the_run_has_more_than_its_places(
    addresses: list[str], each: int, total: int
) -> None:
    budget = made(per_address=each, connections=total)
    most = asyncio.run(most_at_once(budget, addresses))
    assert most.pop("") <= total
    assert all(count <= each for count in most.values())


def test_a_busy_address_that_queues_takes_no_place_from_the_others() -> None:
    async def run() -> None:
        budget = made(per_address=1, connections=2)
        done = asyncio.Event()

        async def hold() -> None:
            async with budget.connection(ONE):
                await done.wait()

        busy = [asyncio.create_task(hold()) for _ in range(5)]
        await asyncio.sleep(0.01)
        async with asyncio.timeout(1), budget.connection(OTHER):
            done.set()
        await asyncio.gather(*busy)

    asyncio.run(run())


def test_mail_and_web_of_one_address_have_places_of_their_own() -> None:
    async def run() -> None:
        budget = made(per_address=4, per_mail_address=1)
        async with (
            asyncio.timeout(1),
            budget.connection(ONE, places=1),
            budget.connection(ONE),
        ):
            waiting = asyncio.create_task(budget.connection(ONE, places=1).__aenter__())
            await asyncio.sleep(0.01)
            assert not waiting.done()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(run())


@pytest.mark.parametrize(("default", "own"), [(0.02, 0.0), (60.0, 0.02)])
def test_a_connection_has_its_seconds_and_then_gives_its_place_back(
    default: float, own: float
) -> None:
    async def run() -> None:
        budget = made(per_address=1, seconds=default)
        with pytest.raises(TimeoutError):
            async with budget.connection(ONE, seconds=own):
                await asyncio.sleep(30)
        async with asyncio.timeout(1), budget.connection(ONE):
            pass

    asyncio.run(run())


def test_a_connection_that_fails_gives_its_place_back() -> None:
    async def run() -> None:
        budget = made(per_address=1, connections=1)
        with pytest.raises(ConnectionResetError):
            async with budget.connection(ONE):
                raise ConnectionResetError
        async with asyncio.timeout(1), budget.connection(ONE):
            pass

    asyncio.run(run())


def test_a_pause_between_connections_outlives_them() -> None:
    async def run() -> tuple[float, float]:
        budget = made(pause=0.2)
        clock = asyncio.get_running_loop().time
        began = clock()
        async with budget.connection(ONE):
            pass
        gc.collect()  # nobody holds the gate: its pace must be remembered all the same
        before = clock()
        async with budget.connection(OTHER):
            other = clock() - before
        async with budget.connection(ONE):
            return clock() - began, other

    waited, other = asyncio.run(run())
    assert other < 0.1
    assert waited >= 0.19


def test_without_a_rate_requests_do_not_wait() -> None:
    async def run() -> float:
        budget = made(requests_per_second=0.0)
        began = asyncio.get_running_loop().time()
        for _ in range(100):
            await budget.request(ONE)
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) < 0.5


def test_a_million_addresses_are_not_all_remembered() -> None:
    async def run() -> int:
        budget = made(requests_per_second=0.0)
        for number in range(MOST_REMEMBERED + 50):
            await budget.request(f"address-{number}")
        gc.collect()
        return len(budget._gates)

    assert asyncio.run(run()) <= MOST_REMEMBERED + 1
