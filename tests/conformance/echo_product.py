"""An echo route on the server stack of the product: Litestar, uvicorn and its very settings."""

import asyncio
import sys
import time
from typing import Any

import uvicorn
import uvloop
from litestar import Litestar, WebSocket, websocket

from app.api.requests import RequestContext
from app.api.tally import Tally
from app.serve import WEBSOCKETS

__all__ = ["main"]


@websocket("/")
async def echo(socket: WebSocket[Any, Any, Any]) -> None:
    """Send back what comes, by the two ASGI calls that the product's connections use."""
    await socket.accept()
    while (event := await socket.receive())["type"] == "websocket.receive":
        answer: Any = {**event, "type": "websocket.send"}
        await socket.send(answer)


def main() -> None:
    """Serve on the port given."""
    bare = Litestar([echo], openapi_config=None, logging_config=None)
    app = RequestContext(bare, Tally(time.monotonic), leaving=lambda: False)
    config = uvicorn.Config(
        app,
        port=int(sys.argv[1]),
        loop="none",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        **WEBSOCKETS,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
