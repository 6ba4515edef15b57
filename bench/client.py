"""A client that costs little: a WebSocket that hands on each frame as bytes, and little more."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

__all__ = ["Client", "kind"]

_SEND = WSMsgType.TEXT


class Client(WSListener):  # type: ignore[misc]
    """One socket; `take` gets every frame, `gone` is done when the socket has ended."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._take = take
        self.transport: WSTransport | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, ws_url: str, take: Callable[[bytes], None]) -> Self:
        """Connect, without a word; raises OSError and picows' handshake errors."""
        client: Self
        _, client = await ws_connect(lambda: cls(take), ws_url, enable_auto_pong=True)
        return client

    def say(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        assert self.transport is not None  # noqa: S101 - for the type checker
        self.transport.send(_SEND, json.dumps(frame).encode())

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self.transport is not None:
            self.transport.underlying_transport.abort()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the transport; picows calls this."""
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Hand on a frame; picows calls this."""
        if frame.msg_type == _SEND:
            self._take(frame.get_payload_as_bytes())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Note the end; picows calls this."""
        if not self.gone.done():
            self.gone.set_result(None)


def kind(frame: bytes) -> bytes:
    """Return a frame's type without reading the rest: it stands first."""
    return frame[9 : frame.index(b'"', 9)]
