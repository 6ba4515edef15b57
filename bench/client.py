"""A client that costs little: a WebSocket that hands on each frame as bytes, and little more."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self
from zlib import crc32

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

__all__ = ["Client", "address", "kind"]

_SEND = WSMsgType.TEXT


class Client(WSListener):
    """One socket; `take` gets every frame, `gone` is done when the socket has ended."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._take = take
        self.transport: WSTransport | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, ws_url: str, take: Callable[[bytes], None], *, user_id: str = "") -> Self:
        """Connect, without a word; raises OSError and picows' handshake errors.

        A user comes from a network of their own, as the server's limits expect it of many.
        """
        headers = {"x-forwarded-for": address(user_id)}
        client = cls(take)
        await ws_connect(
            lambda: client,
            ws_url,
            enable_auto_pong=True,
            extra_headers=headers,
            websocket_handshake_timeout=60,
        )
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


def address(user_id: str) -> str:
    """Return the address that a user calls from, the same for every call."""
    number = crc32(user_id.encode())
    return f"10.{number & 255}.{number >> 8 & 255}.{number >> 16 & 255}"


def kind(frame: bytes) -> bytes:
    """Return a frame's type without reading the rest: it stands first."""
    return frame[9 : frame.index(b'"', 9)]
