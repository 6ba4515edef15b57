"""The ceiling: a bare Litestar WebSocket under the product's uvicorn settings, nothing behind it.

It answers every message, which says how many frames at what pace, with frames of a delta's size.
"""

import asyncio
import sys
from typing import Any

import msgspec
import uvicorn
import uvloop
from litestar import Litestar, WebSocket, websocket

from app.serve import WEBSOCKETS

__all__ = ["Order", "frame"]


class Order(msgspec.Struct, frozen=True):
    """How many frames, how far apart, and of how many bytes."""

    frames: int
    interval_s: float
    frame_bytes: int


def frame(size: int) -> str:
    """Return a delta of `size` bytes."""
    start = '{"type":"delta","text":"'
    return start + "w" * (size - len(start) - 2) + '"}'


@websocket("/")
async def stream(socket: WebSocket[Any, Any, Any]) -> None:
    """Send frames at fixed times for every order, until the client goes."""
    await socket.accept()
    loop = asyncio.get_running_loop()
    async for raw in socket.iter_data("text"):
        order = msgspec.json.decode(raw, type=Order)
        text, began = frame(order.frame_bytes), loop.time()
        for index in range(order.frames):
            await asyncio.sleep(began + index * order.interval_s - loop.time())
            await socket.send({"type": "websocket.send", "text": text})  # type: ignore[arg-type]
        await socket.send({"type": "websocket.send", "text": '{"type":"turn_done"}'})  # type: ignore[arg-type]


def main() -> None:
    """Serve on the port given."""
    app = Litestar([stream], openapi_config=None, logging_config=None)
    config = uvicorn.Config(
        app,
        port=int(sys.argv[1]),
        loop="none",
        lifespan="off",
        log_level="error",
        **WEBSOCKETS | {"ws": "websockets-sansio"},
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
