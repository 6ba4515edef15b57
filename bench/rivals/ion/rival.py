"""The product, embedded: protocol 2.1 over one WebSocket."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex

from websockets.asyncio.client import ClientConnection, connect

from app.security.tokens import Tokens
from bench.rivals.rival import INTERVAL_MS, TOKENS, Rival, Served
from sessions.clock import SystemClock

__all__ = ["RIVAL"]

_SECRET = "a secret that only benchmarks share, on loopback"  # noqa: S105 - of no worth


class _Session:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._session: dict[str, str] = {}

    async def ask(self, text: str) -> AsyncIterator[str]:
        frame = {"type": "send", "client_msg_id": token_hex(8), "text": text}
        await self._socket.send(json.dumps(frame | self._session))
        async for raw in self._socket:
            frame = json.loads(raw)
            if frame["type"] == "delta":
                yield frame["text"]
            elif frame["type"] == "ack":
                self._session = {"session_id": frame["session_id"]}
            elif frame["type"] == "turn_done":
                return
            elif frame["type"] in ("error", "turn_failed"):
                raise ConnectionError(frame["message"])

    async def close(self) -> None:
        await self._socket.close()


def _serve(port: int, directory: Path) -> Served:
    return Served(
        arguments=["-m", "app.cli", "serve"],
        environment={
            "ION_PORT": str(port),
            "ION_DATA_DIR": str(directory / "data"),
            "ION_LOG_LEVEL": "warning",
            "ION_SECRET_KEY": _SECRET,
            "ION_LLM": "scripted",
            "ION_SCRIPTED_TOKENS": str(TOKENS),
            "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS),
        },
    )


async def _open(port: int, number: int) -> _Session:
    socket = await connect(f"ws://127.0.0.1:{port}/api/v2.1/ws", compression=None)
    token = Tokens(_SECRET, clock=SystemClock()).issue(f"u_{number}")
    await socket.send(json.dumps({"type": "hello", "token": token}))
    await socket.recv()
    return _Session(socket)


RIVAL = Rival(
    name="ION Mentoring",
    package="ion-mentoring",
    folder=None,
    serve=_serve,
    open=_open,
    ready="/api/v2.1/health/ready",
)
