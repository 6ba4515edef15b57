"""Stopping from outside."""

import asyncio
from contextlib import suppress

import pytest

from sessions.stop import Stop


async def test_work_runs_to_its_end_when_nobody_stops_it() -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(1)

    await Stop().cut_short(work())

    assert done == [1]


async def test_a_request_ends_the_work_and_not_its_task() -> None:
    stop, began = Stop(), asyncio.Event()

    async def work() -> None:
        began.set()
        await asyncio.Event().wait()

    async def turn() -> str:
        await stop.cut_short(work())
        await asyncio.sleep(0)
        return "saved"

    async with asyncio.TaskGroup() as group:
        task = group.create_task(turn())
        await began.wait()
        stop.request()

    assert task.result() == "saved"


async def test_a_request_before_the_work_means_that_it_never_begins() -> None:
    stop, began = Stop(), []

    async def work() -> None:
        began.append(1)

    stop.request()
    await stop.cut_short(work())

    assert began == []


async def test_another_cancellation_goes_through() -> None:
    stop, began = Stop(), asyncio.Event()

    async def work() -> None:
        began.set()
        await asyncio.Event().wait()

    task = asyncio.get_running_loop().create_task(stop.cut_short(work()))
    await began.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_together_with_a_request_goes_through() -> None:
    stop, began = Stop(), asyncio.Event()

    async def work() -> None:
        began.set()
        await asyncio.Event().wait()

    task = asyncio.get_running_loop().create_task(stop.cut_short(work()))
    await began.wait()
    task.cancel()
    stop.request()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_second_request_while_the_first_is_obeyed_changes_nothing() -> None:
    stop, began, closing = Stop(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            closing.set()
            await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        group.create_task(stop.cut_short(work()))
        await began.wait()
        stop.request()
        await closing.wait()
        stop.request()


async def test_a_recall_ends_the_work_so_that_it_can_begin_anew() -> None:
    stop = Stop()
    rounds: list[int] = []

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            stop.recall()
            stop.recall()
            await asyncio.Event().wait()

    async def turn() -> None:
        await stop.cut_short(work())
        assert stop.recalled
        await stop.cut_short(work())
        stop.recalled = False
        await stop.cut_short(work())

    async with asyncio.TaskGroup() as group:
        group.create_task(turn())

    assert rounds == [0, 1]


async def test_a_task_that_was_cancelled_before_in_vain_is_stopped_like_others() -> None:
    stop, began = Stop(), asyncio.Event()

    async def work() -> None:
        began.set()
        await asyncio.Event().wait()

    async def turn() -> str:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await stop.cut_short(work())
        return "saved"

    task = asyncio.get_running_loop().create_task(turn())
    await asyncio.sleep(0)
    task.cancel()
    await began.wait()
    stop.recall()

    assert await task == "saved"


async def test_a_request_right_after_a_recall_cancels_once() -> None:
    stop, began = Stop(), asyncio.Event()

    async def work() -> None:
        began.set()
        await asyncio.Event().wait()

    async def turn() -> str:
        await stop.cut_short(work())
        await asyncio.sleep(0)
        return "saved"

    async with asyncio.TaskGroup() as group:
        task = group.create_task(turn())
        await began.wait()
        stop.recall()
        stop.request()

    assert task.result() == "saved"
    assert stop.requested
