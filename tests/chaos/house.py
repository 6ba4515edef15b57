"""What chaos is made in: servers of the product, the stores they stand on, the lines to them."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.chaos.outbox import Door
from tests.product import ProductServer
from tests.proxy import FaultProxy
from tests.servers import RedisServer, SecantusServer, Server, valkey_binary

__all__ = ["House", "cluster", "embedded"]

SETTINGS = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": "60",
    "ION_SCRIPTED_INTERVAL_MS": "20",
    "ION_SECRET_KEY": "the-same-for-all-processes-of-a-house",
    "ION_LOG_LEVEL": "info",
}
_START_TRIES = 20
_DRAIN_S = 30.0


class House:
    """Servers behind lines that break; `log` and `documents` are None where they are embedded."""

    def __init__(
        self,
        servers: list[ProductServer],
        lines: list[FaultProxy],
        *,
        log: RedisServer | None = None,
        documents: SecantusServer | None = None,
    ) -> None:
        self.servers = servers
        self.lines = lines
        self.log = log
        self.documents = documents

    @property
    def doors(self) -> list[Door]:
        """Return how clients reach the servers."""
        return [
            Door(api=f"{line.url}/api/v2.1", ws=f"ws://127.0.0.1:{line.port}/api/v2.1/ws")
            for line in self.lines
        ]

    def kill_embedded_log(self) -> None:
        """Kill the log store that a server runs as its child, and starts again by itself."""
        for pid in _children(self.servers[0]):
            os.kill(pid, signal.SIGKILL)


async def start(server: Server) -> None:
    """Start a server as a supervisor would: again while what it stands on is away."""
    for left in reversed(range(_START_TRIES)):
        try:
            return await asyncio.to_thread(server.start)
        except RuntimeError:
            if not left:
                raise
            await asyncio.sleep(0.3)
    return None


async def drain(server: Server) -> None:
    """End a server with SIGTERM, and wait until it has left."""
    await asyncio.to_thread(lambda: server.stop(within_s=_DRAIN_S))


def _children(server: Server) -> list[int]:
    try:
        found = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    except (OSError, RuntimeError):
        return []
    return [int(pid) for pid in found.split()]


@asynccontextmanager
async def cluster(directory: Path, n_servers: int) -> AsyncIterator[House]:
    """Run servers on one Redis (Valkey where there is none) and one MongoDB wire server."""
    async with AsyncExitStack() as stack:
        log = RedisServer(directory / "log", shutil.which("redis-server") or valkey_binary())
        documents = SecantusServer(directory / "documents")
        settings = SETTINGS | {"ION_REDIS_URL": log.url, "ION_MONGODB_URI": documents.uri}
        for store in (log, documents):
            stack.push_async_callback(asyncio.to_thread, store.stop)
            await start(store)
        yield await _house(
            stack,
            directory,
            n_servers,
            settings,
            lambda servers, lines: House(servers, lines, log=log, documents=documents),
        )


@asynccontextmanager
async def embedded(directory: Path, n_servers: int = 1) -> AsyncIterator[House]:
    """Run one server on its embedded stores."""
    async with AsyncExitStack() as stack:
        yield await _house(stack, directory, n_servers, SETTINGS, House)


async def _house(
    stack: AsyncExitStack,
    directory: Path,
    n_servers: int,
    settings: dict[str, str],
    build: Callable[[list[ProductServer], list[FaultProxy]], House],
) -> House:
    servers = [ProductServer(directory / f"server-{i}", settings) for i in range(n_servers)]
    for server in servers:
        stack.push_async_callback(drain, server)
    await asyncio.gather(*map(start, servers))
    lines = [
        await stack.enter_async_context(FaultProxy("127.0.0.1", each.port)) for each in servers
    ]
    return build(servers, lines)
