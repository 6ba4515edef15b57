"""Loops of the process: what was not done is done at the next time."""

import asyncio
from typing import Any

from app.background import finish_deletions
from sessions.errors import LogUnavailable
from tests.virtual_time import in_virtual_time


class Deletions:
    """Deletions that are found until they are finished, and files that are not always written."""

    def __init__(self, *outcomes: Any) -> None:
        self.left = ["s_1"]
        self.outcomes = list(outcomes)

    async def finish(self) -> list[str]:
        return list(self.left)

    async def finished(self, cleared: list[str]) -> None:
        self.left = [each for each in self.left if each not in cleared]

    async def scrub(self) -> Any:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@in_virtual_time
async def test_a_deletion_is_finished_when_the_files_are_written_anew() -> None:
    house: Any = Deletions(None, LogUnavailable("away"), {"log": "left"})
    loop = asyncio.create_task(finish_deletions(house, house))
    await asyncio.sleep(61)
    waiting = list(house.left)
    await asyncio.sleep(600)
    loop.cancel()

    assert (waiting, house.left, house.outcomes) == (["s_1"], [], [])
