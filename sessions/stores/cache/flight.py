"""A value that is being made, and those who wait for it."""

import asyncio

from .shelf import Entry

__all__ = ["Flight"]


class Flight:
    """One fetch leads, others wait; `era` counts the invalidations before it."""

    def __init__(self, era: int) -> None:
        self.era = era
        self._entry: Entry | None = None
        self._error: Exception | None = None
        self._over = asyncio.Event()

    def land(self, entry: Entry | None) -> None:
        """Hand the entry to those who wait; None: the leader has none, one of them is to lead."""
        self._entry = entry
        self._over.set()

    def crash(self, error: Exception) -> None:
        """Tell those who wait what went wrong."""
        self._error = error
        self._over.set()

    async def landed(self) -> Entry | None:
        """Wait for the end; raises what the leader's `make` raised."""
        await self._over.wait()
        if self._error is not None:
            raise self._error
        return self._entry
