"""uvicorn's WebSocket protocol, cheaper where it counts: frames sent, and memory while idle."""

import asyncio
from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

__all__ = ["DIRECT", "Inbox", "WireProtocol", "framed"]

# where the scope of a handshake has `WireProtocol.write`
DIRECT = "ion.direct"
LINGER_S = 10
_TEXT, _BINARY = 0x81, 0x82


class Inbox:
    """What uvicorn asks of an asyncio.Queue, with one reader and a tenth of the memory."""

    __slots__ = ("_items", "_waiter")

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._waiter: asyncio.Future[None] | None = None

    def put_nowait(self, item: Any) -> None:
        """Add an item."""
        self._items.append(item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Any:
        """Wait for the next item and take it."""
        while not self._items:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._items.pop(0)

    def empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self._items


class WireProtocol(WebSocketsSansIOProtocol):
    """Writes the messages of an open socket itself, and forgets the handshake when it is over."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.queue = Inbox()  # type: ignore[assignment]

    async def run_asgi(self) -> None:
        """Run the application, and offer it the way around ASGI."""
        self.scope["extensions"][DIRECT] = self.write  # type: ignore[assignment]
        await super().run_asgi()
        self._linger()

    def keepalive_timeout(self) -> None:
        """End a connection whose other end does not answer."""
        super().keepalive_timeout()
        self._linger()

    def _linger(self) -> None:
        """Give the other end some time to take the rest: a transport that closes waits for ever."""
        if not self.disconnected:
            self.loop.call_later(LINGER_S, self.transport.abort)

    def write(self, messages: Sequence[bytes], *, text: bool) -> bool:
        """Write messages together; False, and nothing is written, unless the socket takes them."""
        if not self._may_write():
            return False
        opcode = _TEXT if text else _BINARY
        self.transport.write(b"".join([framed(opcode, each) for each in messages]))
        return True

    async def send(self, message: Any) -> None:
        """Send an ASGI event; all but messages on an open, writable socket is left to uvicorn."""
        if message["type"] == "websocket.send" and self._may_write():
            text = message.get("text")
            if text is not None:
                self.transport.write(framed(_TEXT, text.encode()))
            else:
                self.transport.write(framed(_BINARY, message["bytes"]))
            return
        await super().send(message)
        if message["type"] == "websocket.accept":
            del self.request, self.response

    def _may_write(self) -> bool:
        return (
            self.conn.state is State.OPEN
            and self.writable.is_set()
            and not self.close_sent
            and not self.transport.is_closing()
        )


def framed(opcode: int, data: bytes) -> bytes:
    """Return a final, unmasked frame (RFC 6455, section 5.2); `opcode` has the FIN bit."""
    size = len(data)
    if size < 126:
        return bytes((opcode, size)) + data
    if size < 65_536:
        return bytes((opcode, 126, size >> 8, size & 255)) + data
    return bytes((opcode, 127)) + size.to_bytes(8, "big") + data
