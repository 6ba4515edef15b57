"""Serving from one process: uvicorn over a running product, and leaving without losing a turn."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import FrameType
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.asgi import create_app
from app.open_files import most_connections
from app.process import run, say_taken, say_where
from app.product import Product
from app.realtime.connection import FRAME_BYTES, HEARTBEAT_S
from app.realtime.connections import Connections
from app.realtime.wire import WireProtocol
from app.settings import Settings
from app.wiring import running
from app.workers.listeners import listening

__all__ = ["KEEP_ALIVE_S", "WEBSOCKETS", "HttpProtocol", "Server", "serve"]

DRAIN_S, _LEAVE_S = 20, 3
# longer than proxies keep an idle line (nginx and ALB 60 s, Heroku and Traefik 90, Caddy 120): who
# closes first loses no request
KEEP_ALIVE_S = 130
_NEW_OBJECTS = 50_000
# of uvicorn, ten seconds
_TICKS = 100
_SWITCH_S = 0.0001
WEBSOCKETS: dict[str, Any] = {
    "ws": WireProtocol,
    "ws_max_size": FRAME_BYTES,
    "ws_ping_interval": HEARTBEAT_S,
    "ws_ping_timeout": HEARTBEAT_S,
    "ws_per_message_deflate": False,
}
log = structlog.get_logger(__name__)


def serve(settings: Settings) -> int:
    """Serve until a signal; returns the exit code."""
    return run(_serve(settings), settings)


async def _serve(settings: Settings) -> int:
    async with running(settings) as product, AsyncExitStack() as stack:
        server = Server(settings, product, Connections(), ready=lambda: say_where(settings))
        try:
            listeners = stack.enter_context(listening(settings.host, settings.port))
        except OSError as error:
            say_taken(settings, error)
            return 1
        product.tasks.start(server.warn_of_stores(), name="warn of stores")
        await server.serve(sockets=listeners)
    return 0


def _tune_interpreter() -> None:
    """Have few garbage collections, and let the store's thread have its turn soon.

    Nearly all objects here die by their count; those of the start are not looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    sys.setswitchinterval(_SWITCH_S)


class HttpProtocol(HttpToolsProtocol):
    """Ends a connection at once that is one too many: who comes back finds another process."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or end it."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.abort()


class Server(uvicorn.Server):
    """uvicorn that drains at the first signal and goes at once at the second.

    `ready` is called when it listens; `grace_s` is how long it stays though nothing runs.
    """

    def __init__(
        self,
        settings: Settings,
        product: Product,
        connections: Connections,
        *,
        ready: Callable[[], None],
        grace_s: float = 0.0,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(product, connections),
                host=settings.host,
                port=settings.port,
                loop="none",
                http=HttpProtocol,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=_LEAVE_S,
                **WEBSOCKETS,
            )
        )
        self._product = product
        self._connections = connections
        self._ready = ready
        self._grace_s = grace_s
        self._signalled = False
        self.draining = False

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, and tell so."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            _tune_interpreter()
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Tell every ten seconds when there are as many connections as may be."""
        connections = len(self.server_state.connections)
        if counter % _TICKS == 0 and connections >= (most := most_connections()):
            log.warning("too_many_connections", connections=connections, most=most)
        return await super().on_tick(counter)

    async def warn_of_stores(self) -> None:
        """Tell at once what can't be reached, rather than with the first message."""
        report = await self._product.health.report()
        if report.status != "ok":
            log.warning("store_unavailable", **report.stores)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain; a second signal ends at once."""
        if self._signalled:
            super().handle_exit(signal.SIGINT, frame)
        self._signalled = True
        self.drain()

    def drain(self) -> None:
        """Begin to leave; nothing happens when it has begun."""
        if not self.draining:
            self.draining = True
            self._product.tasks.start(self._drain(), name="drain")

    async def _drain(self) -> None:
        log.info("draining", connections=len(self._connections), turns=len(self._product.owners))
        loop = asyncio.get_running_loop()
        until = loop.time() + DRAIN_S
        self._connections.drain()
        await asyncio.gather(
            self._product.owners.drain(deadline_s=DRAIN_S),
            # also answers that other processes write
            self._connections.told(deadline_s=DRAIN_S),
            asyncio.sleep(self._grace_s),
        )
        self._connections.close()
        # a request that waits for a whole answer has what is left
        self.config.timeout_graceful_shutdown = max(_LEAVE_S, round(until - loop.time()))
        self.should_exit = True
