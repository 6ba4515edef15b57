"""Chainlit: socket.io over one WebSocket, spoken here in its few packets."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from bench.rivals.rival import Rival, Served

__all__ = ["RIVAL"]

_HERE = Path(__file__).parent
# engine.io's packet types (open, ping, pong, message) and socket.io's (connect, event) in a message
_PING, _PONG, _CONNECT, _EVENT = "2", "3", "40", "42"


class _Chat:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def ask(self, text: str) -> AsyncIterator[str]:
        step = {
            "id": str(uuid4()),
            "threadId": "",
            "name": "User",
            "type": "user_message",
            "output": text,
            "createdAt": "2026-11-25T00:00:00Z",
        }
        await self._emit("client_message", {"message": step, "fileReferences": []})
        async for name, data in self._events():
            if name == "stream_start":
                yield data["output"]
            elif name == "stream_token":
                yield data["token"]
            elif name == "task_end":
                return

    async def greet(self) -> None:
        """Connect the socket and wait until the server is done with it."""
        auth = {"sessionId": str(uuid4()), "clientType": "webapp"}
        await self._socket.send(_CONNECT + json.dumps(auth))
        await self._emit("connection_successful")
        async for name, _ in self._events():
            if name == "clear_call_fn":
                return

    async def close(self) -> None:
        await self._socket.close()

    async def _emit(self, name: str, *data: Any) -> None:
        await self._socket.send(_EVENT + json.dumps([name, *data]))

    async def _events(self) -> AsyncIterator[tuple[str, Any]]:
        while True:
            packet = await self._socket.recv(decode=True)
            if packet == _PING:
                await self._socket.send(_PONG)
            elif packet.startswith(_EVENT):
                name, *data = json.loads(packet[2:])
                yield name, data[0] if data else None


def _serve(port: int, directory: Path) -> Served:
    options = ["--headless", "--host", "127.0.0.1", "--port", str(port)]
    return Served(
        arguments=["-m", "chainlit", "run", str(_HERE / "app.py"), *options],
        environment={"CHAINLIT_APP_ROOT": str(directory)},
    )


async def _open(port: int, _number: int) -> _Chat:
    url = f"ws://127.0.0.1:{port}/ws/socket.io/?EIO=4&transport=websocket"
    chat = _Chat(await connect(url, compression=None))
    await chat.greet()
    return chat


RIVAL = Rival(
    name="Chainlit", package="chainlit", folder=_HERE, serve=_serve, open=_open, ready="/"
)
