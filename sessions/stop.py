"""Stopping a running answer from outside."""

import asyncio
from collections.abc import Coroutine
from typing import Any

__all__ = ["Stop"]


class Stop:
    """A request to end an answer, with what was written kept, or to begin it anew.

    `requested` stays for good, `recalled` until whoever begins anew clears it.
    """

    def __init__(self) -> None:
        self.requested = False
        self.recalled = False
        self._task: asyncio.Task[Any] | None = None

    @property
    def _asked(self) -> bool:
        return self.requested or self.recalled

    def request(self) -> None:
        """End what `cut_short` runs, now or as soon as it begins; again changes nothing."""
        if self.requested:
            return
        self.requested = True
        if self._task is not None and not self.recalled:
            self._task.cancel()

    def recall(self) -> None:
        """End what `cut_short` runs, so that it can begin anew."""
        if self._asked:
            return
        self.recalled = True
        if self._task is not None:
            self._task.cancel()

    async def cut_short(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end or to the request; other cancellations go through."""
        task = asyncio.current_task()
        if self._asked or task is None:
            work.close()
            return
        self._task, before = task, task.cancelling()
        try:
            await work
        except asyncio.CancelledError:
            if not self._asked or task.uncancel() > before:
                raise
        finally:
            self._task = None
