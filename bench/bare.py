"""The ceiling: a bare ASGI WebSocket under the same uvicorn that sends frames as it is asked."""

import asyncio
import sys
from typing import Any

import uvicorn
import uvloop

__all__ = ["app"]

FRAME = (
    '{"type":"delta","session_id":"s_0000000000000000000","seq":123,'
    '"at":"2026-11-23T09:00:00.000000Z","turn_id":"t_0000000000000000000",'
    '"message_id":"a_0000000000000000000","text":"w10 "}'
)
PAUSE_S = 0.001


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send as many frames as the first message says, a millisecond apart."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    count = int((await receive())["text"])
    for _ in range(count):
        await send({"type": "websocket.send", "text": FRAME})
        await asyncio.sleep(PAUSE_S)
    await receive()


if __name__ == "__main__":
    config = uvicorn.Config(
        app,
        port=int(sys.argv[1]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="error",
        loop="none",
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())
