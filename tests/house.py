"""The whole product in the test's own process, on a real port, so that tests can reach inside."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from msgspec import structs

from app.api.requests import RequestContext
from app.asgi import Application
from app.product import Product
from app.realtime.connection import FRAME_BYTES
from app.realtime.connections import Connections
from app.realtime.wire import WireProtocol
from app.serve import KEEP_ALIVE_S
from app.settings import Settings
from app.wiring import running
from tests.device import Device
from tests.personas import packaged
from tests.uvicorn_server import PromptServer

__all__ = ["House", "running_house"]

# routes are made once for as many houses as stand at a time
_APPLICATIONS: dict[tuple[str, ...], list[Application]] = {}


class House:
    """A running product with its port, and shortcuts for what most tests do."""

    def __init__(self, product: Product, connections: Connections, port: int) -> None:
        self.product = product
        self.connections = connections
        self.url = f"http://127.0.0.1:{port}"
        self.api = f"{self.url}/api/v2.1"
        self.ws_url = f"ws://127.0.0.1:{port}/api/v2.1/ws"
        self.port = port

    async def token(self) -> str:
        """Return the access token of a new user."""
        return (await self.product.accounts.anonymous()).access_token

    async def device(self, token: str | None = None, **options: Any) -> Device:
        """Return a device that is not connected yet."""
        return Device(self.ws_url, token or await self.token(), **options)

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """Return an HTTP client of the API, with a token when one is given."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.api, headers=headers, timeout=30)


@asynccontextmanager
async def running_house(directory: Path, redis_url: str, **settings: Any) -> AsyncIterator[House]:
    """Run the product on SQLite in `directory` and the Redis at `redis_url`, with a cold cache."""
    chosen = Settings(
        encoder="off",
        data_dir=directory,
        redis_url=redis_url,
        llm="scripted",
        scripted_tokens=12,
        scripted_interval_ms=2,
    )
    chosen = structs.replace(chosen, **settings)
    async with running(chosen, catalogue=packaged(), starters=()) as product:
        connections = Connections()
        with socket.socket() as listener, _application(chosen.allowed_origins) as application:
            listener.bind(("127.0.0.1", 0))
            server = PromptServer(_config(application.serving(product, connections)))
            serving = asyncio.get_running_loop().create_task(server.serve([listener]))
            while not server.started:
                await asyncio.sleep(0.001)
            try:
                yield House(product, connections, listener.getsockname()[1])
            finally:
                connections.close()
                server.leave()
                await serving


@contextmanager
def _application(origins: tuple[str, ...]) -> Iterator[Application]:
    free = _APPLICATIONS.setdefault(origins, [])
    application = free.pop() if free else Application(origins)
    yield application
    free.append(application)


def _config(app: RequestContext) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=WireProtocol,
        ws_max_size=FRAME_BYTES,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )
