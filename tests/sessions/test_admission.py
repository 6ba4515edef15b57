"""Slots that are waited for, stopped, cancelled and drained, in time that passes at once."""

import asyncio
import random
from collections import Counter

import pytest

from sessions.admission import Admission
from sessions.errors import Overloaded
from sessions.stop import Stop
from tests.virtual_time import LoopClock, in_virtual_time


def admission(max_turns: int = 1) -> Admission:
    return Admission(clock=LoopClock(), max_turns=max_turns)


async def turn(
    shares: Admission, user_id: str, seconds: float = 1.0, stop: Stop | None = None
) -> bool:
    """Run a turn in a slot; tell whether it was to begin."""
    async with shares.slot(user_id, stop or Stop()) as admitted:
        if admitted:
            await asyncio.sleep(seconds)
        return admitted


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@in_virtual_time
async def test_no_more_run_than_there_are_slots() -> None:
    shares, most = admission(4), 0

    async def watched(user_id: str) -> None:
        nonlocal most
        async with shares.slot(user_id, Stop()):
            most = max(most, shares.running)
            await asyncio.sleep(1)

    await asyncio.gather(*(watched(f"u{number}") for number in range(40)))

    assert most == 4
    assert (shares.running, shares.waiting) == (0, 0)
    assert asyncio.get_running_loop().time() == pytest.approx(10)


@in_virtual_time
async def test_without_a_limit_all_run_at_once() -> None:
    shares = admission(0)
    await asyncio.gather(*(turn(shares, "u1") for _ in range(1000)))
    shares.check("u1")

    assert asyncio.get_running_loop().time() == pytest.approx(1)


@in_virtual_time
async def test_under_overload_two_users_get_equal_shares() -> None:
    shares, ended = admission(4), Counter[str]()

    async def talk(user_id: str, sessions: int) -> None:
        async def session() -> None:
            while True:
                await turn(shares, user_id)
                ended[user_id] += 1

        await asyncio.gather(*(session() for _ in range(sessions)))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(100.5):
            await asyncio.gather(talk("greedy", 50), talk("modest", 2), talk("third", 5))

    assert ended["modest"] >= 95
    assert max(ended.values()) <= 1.1 * min(ended.values())


@in_virtual_time
async def test_one_user_can_not_take_all_slots() -> None:
    shares = admission(8)
    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(turn(shares, "u1"))
        await settle()
        assert (shares.running, shares.waiting) == (2, 18)
        await turn(shares, "u2")
        assert asyncio.get_running_loop().time() == pytest.approx(1)


@in_virtual_time
async def test_a_stop_ends_the_waiting_and_frees_the_place() -> None:
    shares, stop = admission(), Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(turn(shares, "u1", 60))
        waiting = group.create_task(turn(shares, "u2", 0, stop))
        await settle()
        assert shares.waiting == 1
        stop.request()
        await settle()
        assert waiting.done()
        assert shares.waiting == 0

    assert waiting.result()
    assert shares.running == 0


@in_virtual_time
async def test_a_stop_before_the_slot_does_not_wait() -> None:
    shares, stop = admission(), Stop()
    stop.request()
    async with asyncio.TaskGroup() as group:
        group.create_task(turn(shares, "u1", 60))
        await settle()
        await turn(shares, "u1", 0, stop)
        assert asyncio.get_running_loop().time() == 0


@in_virtual_time
async def test_a_cancelled_wait_leaves_no_trace() -> None:
    shares = admission()
    async with asyncio.TaskGroup() as group:
        group.create_task(turn(shares, "u1", 1))
        cancelled = group.create_task(turn(shares, "u2"))
        last = group.create_task(turn(shares, "u3"))
        await settle()
        cancelled.cancel()

    assert cancelled.cancelled()
    assert last.result()
    assert (shares.running, shares.waiting) == (0, 0)


@in_virtual_time
async def test_draining_gives_no_more_slots_and_lets_the_running_ones_end() -> None:
    shares = admission()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(turn(shares, "u1", 5))
        waiting = [group.create_task(turn(shares, f"u{number}")) for number in range(3)]
        await settle()
        shares.drain()
        late = group.create_task(turn(shares, "u9"))

    assert running.result()
    assert [each.result() for each in (*waiting, late)] == [False] * 4
    assert (shares.running, shares.waiting) == (0, 0)


@pytest.mark.parametrize("seed", range(30))
def test_no_slot_is_lost_whatever_ends_a_wait(seed: int) -> None:
    @in_virtual_time
    async def storm() -> None:
        draw, shares = random.Random(seed), admission(3)
        stops = [Stop() for _ in range(60)]
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(turn(shares, draw.choice("abcd"), draw.choice([0, 1, 2]), stop))
                for stop in stops
            ]
            for _ in range(200):
                match draw.randrange(3):
                    case 0:
                        draw.choice(tasks).cancel()
                    case 1:
                        draw.choice(stops).request()
                if draw.random() < 0.4:
                    await asyncio.sleep(draw.choice([0, 0, 0.5, 1]))
        assert (shares.running, shares.waiting) == (0, 0)
        assert await turn(shares, "after")

    storm()


@in_virtual_time
async def test_beyond_the_places_messages_are_refused_with_a_time_to_wait() -> None:
    shares = admission(2)
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(turn(shares, f"u{number}", 10))
        await settle()
        with pytest.raises(Overloaded) as refused:
            shares.check("another")

    assert refused.value.retryable
    assert refused.value.retry_after_ms == 45_000
    shares.check("another")


@in_virtual_time
async def test_who_waits_most_is_refused_first() -> None:
    shares = admission(2)
    async with asyncio.TaskGroup() as group:
        for _ in range(7):
            group.create_task(turn(shares, "greedy"))
        await settle()
        with pytest.raises(Overloaded):
            shares.check("greedy")
        shares.check("modest")
