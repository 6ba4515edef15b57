"""An accepted WebSocket, as the handshake hands it to its connection."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from app.realtime.codec import Codec

__all__ = ["Direct", "Socket"]


class Direct(Protocol):
    """Writes messages at once, or returns False when the socket does not take them now."""

    def __call__(self, messages: Sequence[bytes], *, text: bool) -> bool: ...


class Socket(Struct, frozen=True, kw_only=True):
    """The accepted WebSocket as two ASGI calls, and what its handshake said.

    `direct` spares what lies between ASGI and the transport.
    """

    receive: Callable[[], Awaitable[dict[str, Any]]]
    send: Callable[[dict[str, Any]], Awaitable[None]]
    direct: Direct | None = None
    codec: Codec
    token: str | None
    network: str | None = None
    origin: str | None = None
