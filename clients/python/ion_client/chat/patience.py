"""How long a pipe waits for a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ion_client.connection import State

__all__ = ["Patience"]


class Patience:
    """Ends what runs within it after `wait_s` seconds in a row without a server, None: never."""

    def __init__(self, wait_s: float | None) -> None:
        self._wait_s = wait_s
        self._timeout: asyncio.Timeout | None = None

    @asynccontextmanager
    async def within(self, state: State) -> AsyncIterator[None]:
        """Run something; raises TimeoutError when patience ends."""
        try:
            async with asyncio.timeout(None) as self._timeout:
                self.changed(state)
                yield
        finally:
            self._timeout = None

    def changed(self, state: State) -> None:
        """Take in how the connection is now."""
        timeout = self._timeout
        if timeout is None or self._wait_s is None or timeout.expired():
            return
        if state == "open":
            timeout.reschedule(None)
        elif timeout.when() is None:
            timeout.reschedule(asyncio.get_running_loop().time() + self._wait_s)
