"""Around every HTTP request: an id, a log line, and headers that keep pages safe."""

import re
from collections.abc import Callable
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.api.limit_headers import limit_headers
from app.api.tally import Tally
from app.api.versions import version_headers
from app.security.claims import masked
from app.security.rates import STANDINGS
from sessions.stores.limits import Standing

__all__ = ["BEGAN", "CSP", "RequestContext"]

# where the scope has the `perf_counter` of the request's beginning
BEGAN = "ion.began"

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
log = structlog.get_logger("http")


class RequestContext:
    """ASGI middleware: takes the caller's X-Request-ID or makes one, and logs the outcome.

    Once `leaving()` is true, answers ask the caller to send what comes next over another line.
    """

    def __init__(self, app: ASGIApp, tally: Tally, *, leaving: Callable[[], bool]) -> None:
        self._app = app
        self._tally = tally
        self._leaving = leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP goes straight through."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(dict(scope["headers"]).get(b"x-request-id", b""))
        scope["request_id"] = request_id  # type: ignore[typeddict-unknown-key]
        method, path = dict(scope)["method"], scope["path"]
        versioned = version_headers(path)
        began = scope[BEGAN] = perf_counter()  # type: ignore[literal-required]
        status = 500
        standings: list[Standing] = []
        spending = STANDINGS.set(standings)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                extra: list[Any] = [(b"x-request-id", request_id.encode()), *_HEADERS]
                extra += limit_headers(standings)
                extra += versioned
                if self._leaving():
                    extra.append((b"connection", b"close"))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            STANDINGS.reset(spending)
            if versioned:
                self._tally.count(status)
            log.info(
                "request",
                method=method,
                path=masked(path),
                status=status,
                ms=round((perf_counter() - began) * 1000, 1),
                request_id=request_id,
            )


def _request_id(given: bytes) -> str:
    text = given.decode("latin-1")
    return text if _SAFE_ID.fullmatch(text) else token_hex(8)
