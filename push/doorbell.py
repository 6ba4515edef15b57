"""What wakes a worker, so that a notification need not wait for its next look."""

import asyncio
from contextlib import suppress
from typing import Protocol

__all__ = ["Doorbell", "LocalDoorbell"]


class Doorbell(Protocol):
    """Rung when there is something in the outbox; whoever misses a ring looks later."""

    def ring(self) -> None:
        """Wake the workers; never waits, never raises."""
        ...

    async def heard(self, timeout_s: float) -> None:
        """Return when it was rung since the last call, at the latest after `timeout_s`."""
        ...


class LocalDoorbell:
    """Wakes the worker of the same process."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the worker."""
        self._rung.set()

    async def heard(self, timeout_s: float) -> None:
        """Return when it was rung since the last call, at the latest after `timeout_s`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        self._rung.clear()
