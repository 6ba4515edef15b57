"""Which turn is answered next, and when it may begin."""

import asyncio

from msgspec import structs

from sessions.burst import BREATH_S, MOST_HELD_S, QUIET_S, TYPING_S
from sessions.waiting import Waiting
from tests.sessions.turns import turn
from tests.virtual_time import in_virtual_time

FIRST = turn(1, done=False, joinable=True)


async def held_s(waiting: Waiting, *, breath: bool = False) -> float:
    """Return how long the first turn is held."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert waiting.first is not None
    await waiting.released(waiting.first, breath=breath)
    return loop.time() - began


@in_virtual_time
async def test_turns_wait_in_their_order_and_a_newer_version_takes_its_place() -> None:
    waiting = Waiting()
    for each in (turn(3, done=False), turn(2, done=False)):
        waiting.add(each)
    newer = structs.replace(turn(3, done=False), version=2)
    waiting.add(newer)
    waiting.add(turn(3, done=False))

    assert [waiting.pop().number, waiting.pop()] == [2, newer]
    assert not waiting


@in_virtual_time
async def test_of_thousands_of_turns_only_the_last_are_known() -> None:
    waiting = Waiting()
    waiting.add(turn(1, done=False))
    for number in range(2, 3_000):
        waiting.add(turn(number, done=False))
        waiting.drop(f"t_{number}")

    assert waiting.first == turn(1, done=False)
    assert [waiting.knows(f"t_{each}") for each in (1, 2, 2_999)] == [True, False, True]


@in_virtual_time
async def test_who_joins_a_turn_that_was_stopped_while_it_waited_is_answered() -> None:
    waiting = Waiting()
    more = structs.replace(FIRST, version=2, messages=FIRST.messages * 2)
    waiting.add(FIRST)
    waiting.stop(FIRST.id, messages=1)
    before = waiting.stopped(FIRST)
    waiting.add(more)
    joined = waiting.stopped(FIRST), waiting.stopped(more)
    waiting.stop(FIRST.id, messages=2)
    again = waiting.stopped(more)
    waiting.stop(FIRST.id)
    waiting.stop(FIRST.id, messages=2)  # what an edit has ended stays so
    waiting.add(structs.replace(more, version=3, messages=FIRST.messages * 3))

    assert (before, joined, again) == (True, (False, False), True)
    assert waiting.stopped(more), "with all that comes"


@in_virtual_time
async def test_a_stop_that_is_heard_late_takes_no_newer_one_back() -> None:
    waiting = Waiting()
    more = structs.replace(FIRST, version=2, messages=FIRST.messages * 2)
    waiting.add(more)
    waiting.stop(FIRST.id, messages=2)
    waiting.stop(FIRST.id, messages=1)

    assert waiting.stopped(more)


@in_virtual_time
async def test_a_turn_that_was_answered_does_not_wait_again() -> None:
    waiting = Waiting()
    waiting.add(FIRST)
    waiting.pop()
    waiting.add(structs.replace(FIRST, version=2))

    assert waiting.first is None
    assert waiting.knows(FIRST.id)


@in_virtual_time
async def test_nobody_who_does_not_write_is_held() -> None:
    waiting = Waiting()
    waiting.add(FIRST)

    assert await held_s(waiting) == 0


@in_virtual_time
async def test_the_first_word_waits_for_a_breath_after_the_last_message() -> None:
    waiting = Waiting()
    waiting.add(FIRST)
    waiting.breathe()
    assert await held_s(waiting) == 0

    asyncio.get_running_loop().call_later(0.25, waiting.breathe)
    assert await held_s(waiting, breath=True) == 0.25 + BREATH_S


@in_virtual_time
async def test_a_turn_is_held_while_the_user_writes() -> None:
    waiting = Waiting()
    waiting.add(FIRST)
    waiting.typing(True)
    assert await held_s(waiting) == TYPING_S

    waiting.typing(True)
    waiting.typing(False)
    assert await held_s(waiting) == QUIET_S


@in_virtual_time
async def test_who_never_stops_writing_is_answered_after_fifteen_seconds() -> None:
    waiting = Waiting()
    waiting.add(FIRST)
    waiting.typing(True)

    async def keep_typing() -> None:
        while True:
            await asyncio.sleep(3)
            waiting.typing(True)

    writer = asyncio.get_running_loop().create_task(keep_typing())
    assert await held_s(waiting) == MOST_HELD_S
    writer.cancel()


@in_virtual_time
async def test_a_message_a_stop_and_a_drain_end_the_hold() -> None:
    for end in (Waiting.spoken, Waiting.hurry, lambda each: each.stop(FIRST.id), Waiting.clear):
        waiting = Waiting()
        waiting.add(FIRST)
        waiting.typing(True)
        asyncio.get_running_loop().call_later(1, end, waiting)

        assert await held_s(waiting) == 1


@in_virtual_time
async def test_a_turn_that_nothing_joins_is_not_held() -> None:
    waiting = Waiting()
    waiting.add(structs.replace(FIRST, joinable=False))
    waiting.typing(True)

    assert await held_s(waiting) == 0
