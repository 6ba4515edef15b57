"""The body of a request as JSON: what is no text, or too much, is the caller's mistake."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

__all__ = ["BodyRequest", "BodyTooLarge"]


class BodyTooLarge(RequestEntityTooLarge):
    """The body has more than the `limit_bytes` that are taken at its address."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is larger than {limit_bytes:,} bytes, which is the limit here")
        self.limit_bytes = limit_bytes


class BodyRequest(Request[Any, Any, Any]):
    """A request whose body may hold any bytes."""

    __slots__ = ()

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes; raises BodyTooLarge before more is read than its limit."""
        try:
            async for chunk in super().stream():
                yield chunk
        except RequestEntityTooLarge as error:
            limit_bytes = self.route_handler.resolve_request_max_body_size()
            raise BodyTooLarge(limit_bytes or 0) from error

    async def json(self) -> Any:
        """Return the decoded body; raises ClientException: no UTF-8, or nested too deep."""
        try:
            return await super().json()
        except UnicodeDecodeError as error:
            raise ClientException("the body is not valid UTF-8") from error
        except RecursionError as error:
            raise ClientException("the body is nested too deep") from error
