"""Routes that read and write their bodies themselves, and say of themselves what OpenAPI needs."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import msgspec
from litestar import Request, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp
from msgspec import Struct

from app.allowed import explained

__all__ = [
    "BODY_BYTES",
    "DESCRIBED",
    "PRIVATE",
    "Asked",
    "Described",
    "InvalidBody",
    "body_as",
    "decoded",
    "endpoint",
    "reply",
]

BODY_BYTES = 1 << 20
DESCRIBED = "described"
# for answers with somebody's words or choices in them: nothing on the way may keep them
PRIVATE = {"cache-control": "no-store"}
Asked: TypeAlias = Request[Any, Any, Any]
Method: TypeAlias = Literal["GET", "POST", "DELETE"]
_encode = msgspec.json.Encoder().encode
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


class Described(Struct, frozen=True, kw_only=True):
    """What a route takes and gives: `gives` by status, `query` as JSON Schemas by name.

    A query parameter whose name ends with `!` is required. `secured` says whether a token may be
    shown, must be shown, or whether it is the operator's.
    """

    method: Method
    summary: str
    gives: dict[int, Any]
    takes: Any = None
    query: dict[str, dict[str, Any]] = {}
    secured: Literal["never", "may", "must", "operator"] = "never"


class InvalidBody(Exception):
    """The body is no JSON (`field` None) or not of the type that is asked for."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def endpoint(
    method: Method,
    path: str,
    summary: str,
    *,
    gives: dict[int, Any],
    takes: Any = None,
    query: dict[str, dict[str, Any]] | None = None,
    secured: Literal["never", "may", "must", "operator"] = "never",
    body_bytes: int = BODY_BYTES,
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """Return a decorator that makes a handler of a function that returns an ASGIResponse."""
    described = Described(
        method=method,
        summary=summary,
        gives=gives,
        takes=takes,
        query=query or {},
        secured=secured,
    )
    return route(
        path,
        http_method=method,
        status_code=min(gives),
        opt={DESCRIBED: described},
        include_in_schema=False,
        request_max_body_size=body_bytes,
    )


async def body_as(request: Asked, type_: type[Any]) -> Any:
    """Return the request's body as a value of `type_`; raises InvalidBody."""
    return decoded(await request.body(), type_)


def decoded(raw: bytes | msgspec.Raw, type_: Any) -> Any:
    """Return JSON as a value of `type_`; raises InvalidBody, which names the field."""
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.json.Decoder(type_)
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        field = place.rstrip("`").lstrip(".")
        told = explained(message, type_, field)
        raise InvalidBody(told, field or _missing(message)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidBody("the body is not valid JSON") from None


def reply(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> ASGIApp:
    """Return a value as a JSON response."""
    return ASGIResponse(body=_encode(value), status_code=status, headers=headers)


def _missing(message: str) -> str | None:
    """Return the field that is missing at the top of a body."""
    if "missing required field" not in message:
        return None
    return message.partition("field `")[2].rstrip("`")
