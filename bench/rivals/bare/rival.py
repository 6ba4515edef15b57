"""The ceiling: what Litestar and uvicorn take to send a word, and no more."""

from collections.abc import AsyncIterator
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from bench.rivals.rival import TOKENS, Rival, Served

__all__ = ["RIVAL"]


class _Stream:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def ask(self, text: str) -> AsyncIterator[str]:
        await self._socket.send(text)
        for _ in range(TOKENS):
            yield await self._socket.recv(decode=True)

    async def close(self) -> None:
        await self._socket.close()


def _serve(port: int, _directory: Path) -> Served:
    return Served(arguments=["-m", "bench.rivals.bare.app", str(port)])


async def _open(port: int, _number: int) -> _Stream:
    return _Stream(await connect(f"ws://127.0.0.1:{port}/", compression=None))


RIVAL = Rival(
    name="bare Litestar socket", package="litestar", folder=None, serve=_serve, open=_open
)
