"""Stopping a running answer from outside."""

import asyncio
from collections.abc import Coroutine
from typing import Any

__all__ = ["Stop"]


class Stop:
    """A request to end an answer; what was written stays."""

    def __init__(self) -> None:
        self.requested = False
        self._task: asyncio.Task[Any] | None = None

    def request(self) -> None:
        """End what `cut_short` runs, now or as soon as it begins; again changes nothing."""
        if self.requested:
            return
        self.requested = True
        if self._task is not None:
            self._task.cancel()

    async def cut_short(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end or to the request; other cancellations go through."""
        task = asyncio.current_task()
        if self.requested or task is None:
            work.close()
            return
        self._task = task
        try:
            await work
        except asyncio.CancelledError:
            if not self.requested or task.uncancel() > 0:
                raise
        finally:
            self._task = None
