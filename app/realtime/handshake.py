"""The WebSocket endpoint: who may open one, and in which subprotocol."""

from typing import Any
from urllib.parse import urlsplit

from litestar import WebSocket, websocket
from litestar.datastructures import State

from app.product import Product
from app.realtime.codec import choose_codec
from app.realtime.connection import Connection
from app.realtime.socket import Direct, Socket
from app.realtime.wire import DIRECT
from app.security.bearer import bearer_token
from app.security.networks import network_of
from schemas.codes import CloseCode

__all__ = ["origin_allowed", "realtime"]


@websocket("/api/v2.1/ws", opt={"exclude_from_auth": True})
async def realtime(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Protocol 2.1 over WebSocket: docs/protocol.md and schemas/generated/asyncapi.json."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in _taken(socket)}
    product: Product = state.product
    origin = headers.get("origin")
    allowed = product.settings.allowed_origins
    own = origin_allowed(origin, host=headers.get("host", ""), allowed=allowed)
    if not own and not product.sites.welcomes(origin or ""):
        await socket.close(code=CloseCode.FORBIDDEN, reason="origin not allowed")
        return
    offered = list(socket.scope.get("subprotocols") or [])
    codec = choose_codec(offered)
    # one that was not offered would end the connection (RFC 6455, 4.1)
    await socket.accept(subprotocols=codec.subprotocol if codec.subprotocol in offered else None)
    connection = Connection(
        Socket(
            receive=socket.receive,  # type: ignore[arg-type]
            send=socket.send,  # type: ignore[arg-type]
            direct=_direct(socket),
            codec=codec,
            token=bearer_token(headers.get("authorization")),
            network=network_of(socket.client.host) if socket.client else None,
            origin=origin,
        ),
        product,
        state.connections,
    )
    await connection.run()


def _taken(socket: WebSocket[Any, Any, Any]) -> list[tuple[bytes, bytes]]:
    """Take the headers out of the scope, which lives as long as the socket: days, when it idles."""
    headers, socket.scope["headers"] = list(socket.scope["headers"]), []
    return headers


def _direct(socket: WebSocket[Any, Any, Any]) -> Direct | None:
    """Take the way around ASGI out of the scope, if the server offers one."""
    offered: dict[str, Any] = dict(socket.scope.get("extensions") or {})
    direct: Direct | None = offered.pop(DIRECT, None)
    socket.scope["extensions"] = offered
    return direct


def origin_allowed(origin: str | None, *, host: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a page from `origin` may connect: our own, and those in the settings."""
    if origin is None or "*" in allowed:
        return True
    return origin in allowed or (host != "" and urlsplit(origin).netloc == host)
