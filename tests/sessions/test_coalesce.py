"""Deltas, coalesced."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from sessions.coalesce import Coalescer


async def test_the_first_piece_goes_at_once_and_later_ones_together() -> None:
    emitted: list[str] = []
    coalescer = Coalescer(emitted.append, window_ms=5)

    for text in ("a", "b", "c"):
        coalescer.add(text)
    assert emitted == ["a"]
    await until(lambda: len(emitted) > 1)

    assert emitted == ["a", "bc"]


async def test_after_a_quiet_while_a_piece_goes_at_once_again() -> None:
    emitted: list[str] = []
    coalescer = Coalescer(emitted.append, window_ms=0)

    coalescer.add("a")
    coalescer.add("b")

    assert emitted == ["a", "b"]


async def test_the_rest_is_handed_on_by_a_flush_and_only_once() -> None:
    emitted: list[str] = []
    coalescer = Coalescer(emitted.append, window_ms=1)
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
        coalescer = Coalescer(emitted.append, window_ms=0.1)
        for text in texts:
            coalescer.add(text)
            await asyncio.sleep(0)
        coalescer.flush()
        return "".join(emitted)

    assert asyncio.run(run()) == "".join(texts)


async def until(condition: object) -> None:
    async with asyncio.timeout(5):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.001)
