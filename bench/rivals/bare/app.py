"""The ceiling: a bare Litestar socket under the product's uvicorn settings, nothing behind it."""

import asyncio
import sys
from typing import Any

import uvicorn
import uvloop
from litestar import Litestar, WebSocket, websocket

from app.serve import WEBSOCKETS
from bench.rivals.rival import INTERVAL_MS, TOKENS

__all__ = ["main"]


@websocket("/")
async def stream(socket: WebSocket[Any, Any, Any]) -> None:
    """Answer every message with `w0 w1 …`, a frame a word, each at a fixed time."""
    await socket.accept()
    loop = asyncio.get_running_loop()
    async for _ in socket.iter_data("text"):
        began = loop.time()
        for index in range(TOKENS):
            await asyncio.sleep(began + index * INTERVAL_MS / 1000 - loop.time())
            frame: Any = {"type": "websocket.send", "text": f"w{index} "}
            await socket.send(frame)


def main() -> None:
    """Serve on the port given."""
    config = uvicorn.Config(
        Litestar([stream], openapi_config=None, logging_config=None),
        port=int(sys.argv[1]),
        loop="none",
        lifespan="off",
        log_level="error",
        **WEBSOCKETS,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
