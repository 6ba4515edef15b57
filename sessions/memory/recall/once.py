"""Work that several ask for at the same time, done once for all of them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sessions.errors import StoreUnavailable
from sessions.tasks import Tasks

__all__ = ["Once"]


class Once:
    """Background work by key; it goes on when who asked for it no longer waits.

    That stores are away is told to those who wait; anything else is an error of the task as well.
    """

    def __init__(self, tasks: Tasks, *, name: str) -> None:
        self._tasks = tasks
        self._name = name
        self._running: dict[str, asyncio.Future[None]] = {}

    async def run(self, key: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work, or wait for what runs of this key; raises what the work raises."""
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = asyncio.get_running_loop().create_future()
            self._tasks.start(self._done(key, work, running), name=self._name)
        await asyncio.shield(running)

    async def _done(
        self,
        key: str,
        work: Callable[[], Coroutine[Any, Any, None]],
        running: asyncio.Future[None],
    ) -> None:
        try:
            await work()
        except Exception as error:
            running.set_exception(error)
            running.exception()  # nobody may wait any more
            if not isinstance(error, StoreUnavailable):
                raise
        else:
            running.set_result(None)
        finally:
            running.cancel()
            del self._running[key]
