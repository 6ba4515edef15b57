"""Writing files anew, for all who deleted something meanwhile at once."""

import asyncio
from collections.abc import Mapping

from sessions.clock import Clock

from .ports import FileScrub, Scrubbed

__all__ = ["Scrubber"]


class Scrubber:
    """Scrubs all stores' files, one time after the other.

    Between two times is `pause_s`, and `rests` times as long as the last one took: files that are
    large are not written anew all the time.
    """

    def __init__(
        self,
        files: Mapping[str, FileScrub],
        *,
        clock: Clock,
        pause_s: float = 1.0,
        rests: float = 20.0,
    ) -> None:
        self._files = files
        self._clock = clock
        self._pause_s = pause_s
        self._rests = rests
        self._lock = asyncio.Lock()
        self._begun = 0
        self._rest_until = 0.0
        self._last: dict[str, Scrubbed] | None = None

    async def scrub(self) -> dict[str, Scrubbed] | None:
        """Leave no byte of what was deleted before this call; None: not all of it worked yet.

        Returns by store what became of its files. Raises StoreError.
        """
        wanted = self._begun + 1
        async with self._lock:
            if self._begun < wanted:
                await asyncio.sleep(self._rest_until - self._clock.monotonic())
                self._begun += 1
                # whoever shares a run that fails must not be told of the one before
                self._last = None
                self._last = await self._all()
            return self._last

    async def _all(self) -> dict[str, Scrubbed] | None:
        began = self._clock.monotonic()
        try:
            found = {name: await files.scrub() for name, files in self._files.items()}
        finally:
            ended = self._clock.monotonic()
            self._rest_until = ended + max(self._pause_s, self._rests * (ended - began))
        told = {name: result for name, result in found.items() if result is not None}
        return told if len(told) == len(found) else None
