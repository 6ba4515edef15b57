"""Supervised tasks."""

import asyncio

from sessions.tasks import Tasks


async def test_a_tasks_failure_is_told_by_name() -> None:
    failures: list[tuple[str, str]] = []
    tasks = Tasks(lambda name, error: failures.append((name, type(error).__name__)))

    async def fail() -> None:
        raise KeyError

    async def succeed() -> None:
        await asyncio.sleep(0)

    tasks.start(fail(), name="bad")
    tasks.start(succeed(), name="good")
    await tasks.drain(deadline_s=5)

    assert failures == [("bad", "KeyError")]
    assert len(tasks) == 0


async def test_draining_ends_what_does_not_end_by_itself() -> None:
    failures: list[str] = []
    tasks = Tasks(lambda name, _: failures.append(name))
    task = tasks.start(_for_ever(), name="for ever")

    await tasks.drain(deadline_s=0.001)

    assert task.cancelled()
    assert failures == []


async def _for_ever() -> None:
    await asyncio.Event().wait()
