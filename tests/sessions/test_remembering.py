"""What a drain waits for of memory: as long as it has, and no longer."""

import asyncio
from typing import Any

from sessions.archive import TurnDocument
from sessions.memory.backlog import Backlog
from sessions.remembering import Remembering
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.sessions.turns import turn
from tests.virtual_time import in_virtual_time


class Stuck:
    """An index and a memory over it that never end what they begin."""

    def __init__(self) -> None:
        self.backlog = Backlog(self, FakeClock())
        self.began: list[str] = []

    async def note_turns(self, turns: list[TurnDocument], *, meant: bool = True) -> bool:
        """Index turns, for ever."""
        self.began += [each.id for each in turns]
        return await asyncio.Event().wait()

    async def ended(self, turn: TurnDocument, session: object) -> tuple[()]:
        """Read a turn for facts, for ever."""
        self.backlog.add(turn)
        await asyncio.Event().wait()
        return ()


@in_virtual_time
async def test_a_drain_does_not_wait_for_memory_beyond_its_deadline() -> None:
    failed: list[BaseException] = []
    tasks = Tasks(lambda _name, error: failed.append(error))
    memory: Any = Stuck()
    nothing: Any = None
    remembering = Remembering(memory, tasks, nothing)
    remembering.ended(turn(1), nothing)
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(60):
        await remembering.settled(deadline_s=2.0)
    assert asyncio.get_running_loop().time() - began == 2.0
    assert memory.began == ["t_1"], "the index is written beside a slow reading"
    await tasks.cancel()
    assert failed == []
