"""The one thing a sender waits for, at the price of one future a wait."""

import asyncio

__all__ = ["Wakeup"]


class Wakeup:
    """A flag that one task waits for; setting it twice is setting it once."""

    __slots__ = ("_set", "_waiter")

    def __init__(self) -> None:
        self._set = False
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Wake the waiting task, or the next one that waits."""
        self._set = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def clear(self) -> None:
        """Unset it."""
        self._set = False

    async def wait(self) -> None:
        """Wait until it is set, and unset it."""
        if not self._set:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._set = False
