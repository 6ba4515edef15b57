"""Stretches of computing take turns, and leave room for the rest in every round of the loop."""

import asyncio
import threading

import pytest

from sessions.lane import Lane


async def test_the_loop_gets_a_round_in_between() -> None:
    rounds, seen = 0, list[int]()

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    def work() -> None:
        seen.append(rounds)

    counting = asyncio.create_task(count())
    lane = Lane(round_s=1e-9)
    await asyncio.gather(*(lane.run(work) for _ in range(5)))
    counting.cancel()
    assert len(set(seen)) == 5


async def test_short_stretches_share_a_round() -> None:
    lane, order = Lane(round_s=60), list[int]()
    await asyncio.gather(*(lane.run(lambda n=n: order.append(n)) for n in range(50)))  # type: ignore[misc]
    assert order == list(range(50))


@pytest.mark.parametrize("error", [ValueError("no"), StopIteration("no")])
async def test_what_fails_is_told_to_who_asked_and_to_nobody_else(error: Exception) -> None:
    lane = Lane()

    def fail() -> None:
        raise error

    failed, fine = await asyncio.gather(lane.run(fail), lane.run(lambda: 1), return_exceptions=True)
    assert isinstance(failed, ValueError | RuntimeError)
    assert fine == 1


async def test_who_no_longer_waits_is_left_out() -> None:
    lane, done = Lane(), list[str]()
    gone = asyncio.create_task(lane.run(lambda: done.append("gone")))
    stays = asyncio.create_task(lane.run(lambda: done.append("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert done[-1] == "stays"


async def test_long_work_goes_into_a_thread() -> None:
    assert await Lane().run(threading.get_ident, apart=True) != threading.get_ident()
