"""Deltas, coalesced."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sessions.coalesce import Coalescer, Pace, Ticks
from tests.virtual_time import in_virtual_time


async def test_the_first_piece_goes_at_once_and_later_ones_together() -> None:
    emitted: list[str] = []
    coalescer = Coalescer(emitted.append, Ticks(Pace(5)))

    for text in ("a", "b", "c"):
        coalescer.add(text)
    assert emitted == ["a"]
    await until(lambda: len(emitted) > 1)

    assert emitted == ["a", "bc"]


@in_virtual_time
async def test_two_that_stream_at_once_share_their_ticks() -> None:
    ticks = Ticks(Pace(25))
    emitted: list[str] = []
    one, other = (Coalescer(emitted.append, ticks) for _ in range(2))
    for text in ("a", "b"):
        one.add(text)
    await asyncio.sleep(0.02)
    for text in ("c", "d", "e"):
        other.add(text)
    await asyncio.sleep(0.01)

    assert emitted == ["a", "c", "b", "de"]


@in_virtual_time
async def test_pieces_leave_at_most_once_a_window() -> None:
    loop = asyncio.get_running_loop()
    at: list[float] = []
    coalescer = Coalescer(lambda _: at.append(loop.time()), Ticks(Pace(25)))
    for _ in range(100):
        coalescer.add("a")
        await asyncio.sleep(0.01)

    assert all(later - earlier >= 0.0249 for earlier, later in pairwise(at))
    assert len(at) > 30


async def test_the_rest_is_handed_on_by_a_flush_and_only_once() -> None:
    emitted: list[str] = []
    coalescer = Coalescer(emitted.append, Ticks(Pace(1)))
    coalescer.add("a")
    coalescer.add("b")

    coalescer.flush()
    coalescer.flush()
    await asyncio.sleep(0.005)

    assert emitted == ["a", "b"]


@given(st.lists(st.text(min_size=1)))
def test_no_text_is_lost_doubled_or_reordered(texts: list[str]) -> None:
    async def run() -> str:
        emitted: list[str] = []
        coalescer = Coalescer(emitted.append, Ticks(Pace(0.1)))
        for text in texts:
            coalescer.add(text)
            await asyncio.sleep(0)
        coalescer.flush()
        return "".join(emitted)

    assert asyncio.run(run()) == "".join(texts)


@given(st.lists(st.floats(0, 1)))
def test_a_window_stays_between_its_bounds_and_recovers(late_s: list[float]) -> None:
    pace = Pace(25, 75)
    for each in late_s:
        pace.note(each)
        assert 0.025 <= pace.window_s <= 0.075
    for _ in range(25):
        pace.note(0)
    assert pace.window_s == 0.025


def test_a_late_loop_makes_windows_longer_and_one_a_little_late_leaves_them() -> None:
    pace = Pace(25, 75)
    pace.note(0.004)
    assert pace.window_s == 0.025
    for _ in range(10):
        pace.note(0.006)
    assert pace.window_s == 0.075


async def until(condition: object) -> None:
    async with asyncio.timeout(20):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.001)
