"""Work that several ask for is done once, and tells all of them how it ended."""

import asyncio

import pytest

from sessions.errors import StoreUnavailable
from sessions.memory.recall.once import Once
from sessions.tasks import Tasks


@pytest.mark.parametrize(
    ("error", "told"), [(None, False), (StoreUnavailable("away"), False), (ValueError(), True)]
)
async def test_all_who_ask_hear_how_it_ended(error: Exception | None, told: bool) -> None:
    faults: list[BaseException] = []
    tasks = Tasks(lambda _, fault: faults.append(fault))
    once, go, runs = Once(tasks, name="work"), asyncio.Event(), 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await go.wait()
        if error is not None:
            raise error

    asked = [asyncio.create_task(once.run("u1", work)) for _ in range(3)]
    await asyncio.sleep(0)
    asked[0].cancel()  # who asked first does not wait for it any longer
    go.set()
    ended = await asyncio.gather(*asked, return_exceptions=True)

    assert isinstance(ended[0], asyncio.CancelledError)
    assert ended[1:] == [error, error]
    assert runs == 1
    assert faults == ([error] if told else [])
    assert len(tasks) == 0
    if error is None:
        await once.run("u1", work)
        assert runs == 2
