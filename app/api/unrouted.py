"""Addresses and methods that no route takes, told in the shape that the caller reads."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from app.api.errors import exception_handlers as problems
from app.api.openai.errors import exception_handlers as openai_errors
from sessions.errors import IonError, NotFound

__all__ = ["exception_handlers"]

_OPENAI = "/openai/v1"


def _not_found(request: Request[Any, Any, Any], error: NotFoundException) -> Response[Any]:
    if not _is_openai(request):
        return _problem(request, error)
    unknown = NotFound("only chat/completions and models are served here")
    response: Response[Any] = openai_errors[IonError](request, unknown)
    return response


def _not_allowed(
    request: Request[Any, Any, Any], error: MethodNotAllowedException
) -> Response[Any]:
    if not _is_openai(request):
        return _problem(request, error)
    response: Response[Any] = openai_errors[HTTPException](request, error)
    return response


def _problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    response: Response[Any] = problems[HTTPException](request, error)
    return response


def _is_openai(request: Request[Any, Any, Any]) -> bool:
    path = request.url.path
    return path == _OPENAI or path.startswith(f"{_OPENAI}/")


exception_handlers: dict[int | type[Exception], Any] = {
    NotFoundException: _not_found,
    MethodNotAllowedException: _not_allowed,
}
