"""uvicorn in the test's own process, which ends when it is told."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

__all__ = ["PromptServer"]


class PromptServer(uvicorn.Server):
    """uvicorn looks ten times a second whether it is to end, and waits as often for connections.

    That is a quarter of a second at the end of each test; this one does the same without it.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def leave(self) -> None:
        """Tell it to end."""
        self._told.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the test run."""
        yield

    async def main_loop(self) -> None:
        """Wait until it is told to end."""
        await self.on_tick(0)
        await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the port, give what runs `timeout_graceful_shutdown` seconds, and cancel it."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:
                    await asyncio.sleep(0.001)
        for task in self.server_state.tasks:
            task.cancel()
