"""A worker: the product in a process of its own, on connections that the supervisor accepted.

Its argument is its number, which stands in every line that it logs.
"""

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress

import structlog

from app.embedded import die_with_parent
from app.process import run
from app.product import Product
from app.realtime.connections import Connections
from app.serve import Server
from app.settings import Settings
from app.wiring import assembled
from app.workers.channel import Channel, Report

__all__ = ["main"]

# connections handed over just before the end have time to say what they want
_GRACE_S = 0.5
_TICKS_A_SECOND = 10


def main() -> int:
    """Work until the supervisor says otherwise; returns the exit code."""
    die_with_parent(signal.SIGKILL)
    structlog.contextvars.bind_contextvars(worker=int(sys.argv[1]))
    channel = Channel(sys.stdin.fileno())
    try:
        settings = channel.settings()
    except EOFError:
        return 1
    return run(_work(settings, channel), settings)


async def _work(settings: Settings, channel: Channel) -> int:
    async with assembled(settings) as product:
        server = _WorkerServer(settings, product, Connections(), channel)
        product.tasks.start(server.warn_of_stores(), name="warn of stores")
        await server.serve(sockets=[])
        channel.close()
    return 0


class _WorkerServer(Server):
    """A server that listens to its supervisor instead of a port."""

    def __init__(
        self, settings: Settings, product: Product, connections: Connections, channel: Channel
    ) -> None:
        super().__init__(settings, product, connections, ready=self._open, grace_s=_GRACE_S)
        self._channel = channel

    def drain(self) -> None:
        """Take no more connections, and leave."""
        super().drain()
        self._report(repeat=True)

    async def on_tick(self, counter: int) -> bool:
        """Tell the supervisor what is new, and every second that all is well."""
        self._report(repeat=counter % _TICKS_A_SECOND == 0)
        return await super().on_tick(counter)

    def _open(self) -> None:
        self._channel.listen(take=self._take, drain=self.drain, leave=self._leave, gone=_end)

    def _leave(self) -> None:
        self.should_exit = self.force_exit = True

    def _report(self, *, repeat: bool) -> None:
        report = Report(
            connections=len(self.server_state.connections),
            received=self._channel.received,
            accepting=not self.draining,
        )
        self._channel.report(report, repeat=repeat)

    def _take(self, connection: socket.socket) -> None:
        self._product.tasks.start(self._adopt(connection), name="adopt connection")
        self._report(repeat=False)

    async def _adopt(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # it has ended already
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        """Return what uvicorn gives every connection that it accepts itself."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _end() -> None:
    """End as the supervisor did: at once, so that its next life finds nobody."""
    os._exit(1)


if __name__ == "__main__":
    raise SystemExit(main())
