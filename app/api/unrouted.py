"""Addresses and methods that no route takes, told in the shape that the caller reads."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from app.api.errors import exception_handlers as problems
from app.api.openai.errors import exception_handlers as openai_errors
from app.api.v1.errors import exception_handlers as v1_errors
from app.api.v2.errors import exception_handlers as v2_errors
from app.api.versions import version_of
from sessions.errors import IonError, NotFound

__all__ = ["exception_handlers"]

Handlers = dict[int | type[Exception], Any]
_OPENAI = "/openai/v1"


def _not_found(request: Request[Any, Any, Any], error: NotFoundException) -> Response[Any]:
    response: Response[Any]
    if _is_openai(request):
        unknown = NotFound("only chat/completions and models are served here")
        response = openai_errors[IonError](request, unknown)
    else:
        response = _handlers(request)[HTTPException](request, error)
    return response


def _not_allowed(
    request: Request[Any, Any, Any], error: MethodNotAllowedException
) -> Response[Any]:
    handlers = openai_errors if _is_openai(request) else _handlers(request)
    response: Response[Any] = handlers[HTTPException](request, error)
    return response


def _handlers(request: Request[Any, Any, Any]) -> Handlers:
    return _BY_VERSION.get(version_of(request.url.path), problems)


def _is_openai(request: Request[Any, Any, Any]) -> bool:
    path = request.url.path
    return path == _OPENAI or path.startswith(f"{_OPENAI}/")


_BY_VERSION: dict[str, Handlers] = {"1": v1_errors, "2": v2_errors}
exception_handlers: Handlers = {
    NotFoundException: _not_found,
    MethodNotAllowedException: _not_allowed,
}
