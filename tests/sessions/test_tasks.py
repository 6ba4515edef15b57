"""Supervised tasks."""

import asyncio
from contextlib import suppress

from sessions.tasks import Tasks


async def test_a_tasks_failure_is_told_by_name() -> None:
    failures: list[tuple[str, str]] = []
    tasks = Tasks(lambda name, error: failures.append((name, type(error).__name__)))

    async def fail() -> None:
        raise KeyError

    async def succeed() -> None:
        await asyncio.sleep(0)

    await asyncio.wait({tasks.start(fail(), name="bad"), tasks.start(succeed(), name="good")})

    assert failures == [("bad", "KeyError")]
    assert len(tasks) == 0


async def test_cancelling_waits_for_the_end_and_is_no_failure() -> None:
    failures: list[str] = []
    tasks = Tasks(lambda name, _: failures.append(name))
    task = tasks.start(_for_ever(), name="for ever")

    await tasks.cancel()

    assert task.cancelled()
    assert failures == []


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_lets_a_cancellation_pass_is_cancelled_again() -> None:
    tasks = Tasks(lambda name, _: None)

    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    task = tasks.start(stubborn(), name="stubborn")
    await asyncio.sleep(0)
    await tasks.cancel(patience_s=0.01)

    assert task.cancelled()
