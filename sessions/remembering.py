"""What memory takes in of turns that end in this process, and of branches that are shown."""

import asyncio
from collections.abc import Awaitable, Callable

from sessions.archive import SessionDocument, TurnDocument
from sessions.memory.documents import FactDocument
from sessions.memory.memory import Memory
from sessions.tasks import Tasks

__all__ = ["Remembering"]

# of many turns that end at once memory takes in a few: those that begin come first
_TAKEN_IN = 4


class Remembering:
    """Has memory take in what ends, beside the session's next turn; `told` hears of each fact."""

    def __init__(
        self,
        memory: Memory,
        tasks: Tasks,
        told: Callable[[TurnDocument, FactDocument], Awaitable[None]],
    ) -> None:
        self._memory = memory
        self._tasks = tasks
        self._told = told
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_TAKEN_IN)

    def ended(self, turn: TurnDocument, session: SessionDocument) -> None:
        """Have memory take in a turn."""
        task = self._tasks.start(self._take_in(turn, session), name="remember turn")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def rebranched(self, session: SessionDocument) -> None:
        """Have memory hold what the branch tells that a session shows now."""
        self._tasks.start(self._memory.branched(session), name="remember branch")

    async def settled(self, *, deadline_s: float | None = None) -> None:
        """Wait until memory has taken in and indexed what has ended here."""
        # beside each other, so that a slow model does not take the time of the index
        index = self._tasks.start(self._memory.backlog.write_all(), name="index what waits")
        await asyncio.wait({*self._running, index}, timeout=deadline_s)
        index.cancel()

    async def _take_in(self, turn: TurnDocument, session: SessionDocument) -> None:
        async with self._room:
            facts = await self._memory.ended(turn, session)
        for fact in facts:
            await self._told(turn, fact)
