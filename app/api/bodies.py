"""The body of a request as JSON: what is no text is the caller's mistake."""

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException

__all__ = ["BodyRequest"]


class BodyRequest(Request[Any, Any, Any]):
    """A request whose body may hold any bytes."""

    __slots__ = ()

    async def json(self) -> Any:
        """Return the decoded body; raises ClientException for bytes that are no UTF-8."""
        try:
            return await super().json()
        except UnicodeDecodeError as error:
            raise ClientException("the body is not valid UTF-8") from error
