"""The sending end of a stream of server-sent events, over ASGI."""

import asyncio
from collections.abc import Mapping

from litestar.types import Send

from app.realtime.sse import COMMENT, retry

__all__ = ["EventWriter", "Stuck"]

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Stuck(Exception):
    """The client does not read, nor does its connection end."""


class EventWriter:
    """Sends one chunk after the other; each waits for the client to have read enough.

    After `comment_s` of silence `keep_alive` is due: proxies end what says nothing. A chunk that
    is not taken within `deadline_s` raises Stuck; the client resumes when it is back. Other
    people's readers may not know `retry`: None leaves it out.
    """

    def __init__(
        self,
        send: Send,
        *,
        retry_ms: int | None = 2_000,
        comment_s: float = 15,
        deadline_s: float = 40,
    ) -> None:
        self._send = send
        self._retry_ms = retry_ms
        self._comment_s = comment_s
        self._deadline_s = deadline_s
        self._clock = asyncio.get_running_loop().time
        self.silent_until = 0.0

    async def open(self, headers: Mapping[str, str] | None = None) -> None:
        """Send the headers, and when to come back after a broken connection."""
        more = ((name.encode(), value.encode()) for name, value in (headers or {}).items())
        sent = [*_HEADERS, *more]
        await self._send({"type": "http.response.start", "status": 200, "headers": sent})
        if self._retry_ms is not None:
            await self.write(retry(self._retry_ms) + b"\n")

    async def write(self, chunk: bytes, *, more: bool = True) -> None:
        """Send a chunk; raises Stuck."""
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._send({"type": "http.response.body", "body": chunk, "more_body": more})
        except TimeoutError:
            raise Stuck from None
        self.silent_until = self._clock() + self._comment_s

    async def keep_alive(self) -> None:
        """Send a comment; raises Stuck."""
        await self.write(COMMENT)

    async def close(self, chunk: bytes) -> None:
        """Send the last chunk; raises Stuck."""
        await self.write(chunk, more=False)
