"""Running the server: uvicorn over a running product, and leaving without losing a turn."""

import asyncio
import os
import signal
import sys
from types import FrameType

import structlog
import uvicorn
import uvloop

from app.asgi import create_app
from app.embedded import DataDirBusyError
from app.product import Product
from app.realtime.connection import FRAME_BYTES, HEARTBEAT_S
from app.realtime.connections import Connections
from app.settings import Settings, SettingsError
from app.telemetry.logs import configure_logs
from app.wiring import running
from sessions.errors import StoreError

__all__ = ["serve"]

DRAIN_S = 20
log = structlog.get_logger(__name__)


def serve(settings: Settings) -> int:
    """Serve until a signal; returns the exit code."""
    configure_logs(settings.log_level)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(settings))
    except (DataDirBusyError, SettingsError) as error:
        sys.stderr.write(f"ion: {error}\n")
        return 1
    except OSError as error:
        where = settings.data_dir
        sys.stderr.write(f"ion: {where} can't be used ({error.strerror}); set ION_DATA_DIR\n")
        return 1
    except StoreError as error:
        sys.stderr.write(f"ion: a store can't be reached: {error.message}\n")
        return 1


async def _serve(settings: Settings) -> int:
    async with running(settings) as product:
        connections = Connections()
        server = _Server(settings, product, connections)
        try:
            product.tasks.start(server.warn_of_stores(), name="warn of stores")
            await server.serve()
        except SystemExit:
            where = f"{settings.host}:{settings.port}"
            sys.stderr.write(f"ion: {where} can't be used; set ION_PORT or ION_HOST\n")
            return 1
    return 0


class _Server(uvicorn.Server):
    """uvicorn that drains at the first signal and goes at once at the second."""

    def __init__(self, settings: Settings, product: Product, connections: Connections) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(product, connections),
                host=settings.host,
                port=settings.port,
                loop="none",
                http="httptools",
                ws="websockets-sansio",
                ws_max_size=FRAME_BYTES,
                ws_ping_interval=HEARTBEAT_S,
                ws_ping_timeout=HEARTBEAT_S,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                timeout_graceful_shutdown=3,
            )
        )
        self._settings = settings
        self._product = product
        self._connections = connections
        self._draining = False

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, and say where."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._say_where()

    async def warn_of_stores(self) -> None:
        """Tell at once what can't be reached, rather than with the first message."""
        report = await self._product.health.report()
        if report.status != "ok":
            log.warning("store_unavailable", **report.stores)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain; a second signal ends at once."""
        if self._draining:
            super().handle_exit(signal.SIGINT, frame)
            return
        self._draining = True
        self._product.tasks.start(self._drain(), name="drain")

    async def _drain(self) -> None:
        log.info("draining", connections=len(self._connections), turns=len(self._product.owners))
        self._connections.drain()
        await self._product.owners.drain(deadline_s=DRAIN_S)
        self._connections.close()
        self.should_exit = True

    def _say_where(self) -> None:
        settings = self._settings
        stores = "embedded" if settings.embedded_log else "Redis"
        truth = "SQLite" if settings.embedded_documents else "MongoDB"
        sys.stdout.write(
            f"\n  ION Mentoring is ready:  http://{settings.host}:{settings.port}/\n"
            f"  answers: {settings.llm} · log: {stores} · documents: {truth}"
            f" · pid {os.getpid()} · stop with Ctrl-C\n\n"
        )
        sys.stdout.flush()
