"""Answers HEAD as GET without a body, wherever there is a GET (RFC 9110, 9.3.2)."""

from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HeadAsGet"]


class HeadAsGet:
    """ASGI middleware: routes hear of a GET, and the caller of its head alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; what is no HEAD goes straight through."""
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            asked = cast("Scope", {**scope, "method": "GET"})
            await self._app(asked, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            # streams would go on for ever: they hear that nobody listens any more
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_head
