"""An HTTP client that costs little: one kept connection, one request at a time."""

import asyncio
from types import TracebackType
from typing import Any, Self

import msgspec

from bench.client import address
from bench.harness import token

__all__ = ["Http"]


class Http:
    """`async with Http(url) as http`: requests of any user, one after the other."""

    def __init__(self, url: str) -> None:
        host, _, port = url.rpartition("/")[2].partition(":")
        self._where = (host, int(port))
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._heads: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._where)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    async def ask(
        self, method: str, path: str, user_id: str = "", body: Any = None
    ) -> tuple[int, bytes]:
        """Return status and body."""
        data = b"" if body is None else msgspec.json.encode(body)
        head = f"{method} {path} HTTP/1.1\r\n{self._head(user_id)}content-length: {len(data)}\r\n"
        self._writer.write(f"{head}\r\n".encode() + data)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        size = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return int(answer[9:12]), await self._reader.readexactly(int(size or 0))

    def _head(self, user_id: str) -> str:
        if user_id not in self._heads:
            head = f"host: bench\r\nx-forwarded-for: {address(user_id)}\r\n"
            head += "content-type: application/json\r\n"
            head += f"authorization: Bearer {token(user_id)}\r\n" if user_id else ""
            self._heads[user_id] = head
        return self._heads[user_id]
