"""What pages of sites may ask across origins: the routes of the chat, and no cookies with it."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.api.limit_headers import NAMES
from app.api.v21.me import RECEIPT
from app.api.versions import NAMES as VERSION_NAMES
from app.sites.sites import Sites

__all__ = ["EXPOSED", "SiteCors"]

EXPOSED = (
    *NAMES,
    *VERSION_NAMES,
    "Retry-After",
    "X-Request-ID",
    RECEIPT,
    "X-ION-Session",
    "X-ION-Turn",
)
_API = "/api/v2.1/"
_ROUTES = {"auth", "sessions", "devices", "personas", "notifications"}
# its tokens would be for any page
_OWN = {"auth/anonymous"}
_ALLOWED = b"access-control-allow-origin"
_VARY = (b"vary", b"Origin")
_ANSWER = [
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"authorization, content-type, last-event-id"),
    (b"access-control-max-age", b"600"),
    (b"content-length", b"0"),
]
_EXPOSE = (b"access-control-expose-headers", ", ".join(EXPOSED).encode())


class SiteCors:
    """ASGI middleware: lets pages of known origins call the routes of the chat.

    Which token may be used at which of them is the token's own affair.
    """

    def __init__(self, app: ASGIApp, sites: Sites) -> None:
        self._app = app
        self._sites = sites

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; what comes from no page goes straight through."""
        origin = _origin(scope)
        if not origin:
            await self._app(scope, receive, send)
        elif not self._sites.welcomes(origin.decode("latin-1")):
            await self._app(scope, receive, _adding(send, []))
        elif scope["method"] == "OPTIONS":  # type: ignore[typeddict-item]
            await _preflight(send, origin)
        else:
            await self._app(scope, receive, _adding(send, [(_ALLOWED, origin), _EXPOSE]))


def _origin(scope: Scope) -> bytes:
    """Return the origin of a page that asks for a route of the chat."""
    if scope["type"] != ScopeType.HTTP:
        return b""
    route = scope["path"].removeprefix(_API)
    shared = route.partition("/")[0] in _ROUTES and route not in _OWN
    if route == scope["path"] or not shared:
        return b""
    return next((value for name, value in scope["headers"] if name == b"origin"), b"")


async def _preflight(send: Send, origin: bytes) -> None:
    headers = [(_ALLOWED, origin), _VARY, *_ANSWER]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _adding(send: Send, more: list[tuple[bytes, bytes]]) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            # who is in the settings has been answered already
            answered = any(name.lower() == _ALLOWED for name, _ in headers)
            message["headers"] = headers if answered else [*headers, *more, _VARY]
        await send(message)

    return add
