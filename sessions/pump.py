"""From a provider to the log: one answer's text, and the moment after which nothing joins it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from sessions.coalesce import Coalescer
from sessions.control import Control
from sessions.llm.provider import Chunk
from sessions.turn_store import TurnStore

__all__ = ["Pump", "Recalled"]


class Recalled(Exception):
    """A message joined before the first delta: the turn begins anew."""


class Pump:
    """Passes an answer on until it ends or is stopped.

    Its first text waits while the user is still writing. Then it leaves at once, and meanwhile the
    turn's document is sealed against further messages.
    """

    def __init__(
        self,
        chunks: AsyncGenerator[Chunk, None],
        coalescer: Coalescer,
        control: Control,
        turns: TurnStore,
    ) -> None:
        self._chunks = chunks
        self._coalescer = coalescer
        self._control = control
        self._turns = turns
        self._sealing: asyncio.Task[None] | None = None

    async def run(self, note: Callable[[Chunk], None]) -> None:
        """Pump to the end; `note` gets every chunk.

        Raises Recalled, Conflict when a message joined while the first text left, and what the
        provider raises, then with the document's newest version in the control.
        """
        failure: Exception | None = None
        try:
            async with asyncio.TaskGroup() as group:
                try:
                    await self._control.stop.cut_short(self._pump(note, group))
                except Exception as error:  # noqa: BLE001 - it is raised when the seal is known
                    failure = error
                finally:
                    self._coalescer.flush()
                if self._sealing is not None:
                    # a task that fails in the group's own end leaves its parent half cancelled
                    await asyncio.wait([self._sealing])
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        if failure is not None:
            raise failure
        if self._control.stop.recalled and self._sealing is None:
            raise Recalled

    async def _pump(self, note: Callable[[Chunk], None], group: asyncio.TaskGroup) -> None:
        sealed = not self._control.turn.joinable
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                if chunk.text and not sealed:
                    await self._control.released()
                    self._sealing = group.create_task(self._seal())
                    sealed = True
                if chunk.text:
                    self._coalescer.add(chunk.text)
                note(chunk)

    async def _seal(self) -> None:
        self._control.turn = await self._turns.replace(self._control.turn, state="streaming")
