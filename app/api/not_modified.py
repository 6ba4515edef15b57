"""Answers 304 where a browser has a file already, by the file's ETag (RFC 9110, 13.1.2)."""

from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["NotModified", "matches"]

_ABOUT_BODY = (b"content-length", b"content-type", b"content-disposition")


class NotModified:
    """ASGI middleware of routes that serve files; the file is not sent again when it is known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; without `If-None-Match` it goes straight through."""
        asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        if not asked:
            await self._app(scope, receive, send)
            return
        known = False

        async def send_unless_known(message: Message) -> None:
            nonlocal known
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                etag = next((value for name, value in headers if name.lower() == b"etag"), b"")
                known = message["status"] == 200 and matches(asked, etag)
                if known:
                    message["status"] = 304
                    kept = [each for each in headers if each[0].lower() not in _ABOUT_BODY]
                    message["headers"] = kept
                await send(message)
            elif not known:
                await send(message)
            elif not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, receive, send_unless_known)


def matches(asked: bytes, etag: bytes) -> bool:
    """Tell whether an `If-None-Match` names an ETag, weak or strong."""
    named = {each.strip().removeprefix(b"W/") for each in asked.split(b",")}
    return etag != b"" and (b"*" in named or etag.removeprefix(b"W/") in named)
