"""Errors on HTTP: RFC 9457 problem details, from one table."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeAlias

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.typing import FieldDefinition

from app.allowed import explained, explained_parameter
from app.api.bodies import BodyTooLarge
from app.telemetry.logs import described
from schemas.codes import HTTP_STATUS, Code
from schemas.resources import Problem
from sessions.errors import IonError

__all__ = ["detail_of", "exception_handlers"]

log = structlog.get_logger(__name__)
_BY_STATUS = {
    400: Code.BAD_FRAME,
    401: Code.UNAUTHENTICATED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.BAD_FRAME,
    413: Code.TEXT_TOO_LONG,
    429: Code.RATE_LIMITED,
}
_BODY = "data"
Taken: TypeAlias = Mapping[str, FieldDefinition]
_NOTHING: Taken = MappingProxyType({})
_PROBLEM_JSON = "application/problem+json"


def _known(request: Request[Any, Any, Any], error: IonError) -> Response[Problem]:
    status = HTTP_STATUS[error.code]
    return _problem(request, status, error.code, error.message, error=error)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    if error.status_code >= 500:
        return _unknown(request, error.__cause__ or error)
    code = _BY_STATUS.get(error.status_code, Code.BAD_FRAME)
    limit_bytes = error.limit_bytes if isinstance(error, BodyTooLarge) else None
    detail = detail_of(error, _taken(request))
    response = _problem(request, error.status_code, code, detail, limit_bytes=limit_bytes)
    if allowed := (error.headers or {}).get("allow"):
        response.headers["allow"] = allowed
    return response


def _unknown(request: Request[Any, Any, Any], error: BaseException) -> Response[Problem]:
    log.error("request_failed", path=request.url.path, **described(error))
    return _problem(request, 500, Code.INTERNAL, "something went wrong here")


def _taken(request: Request[Any, Any, Any]) -> Taken:
    """Return what a route takes, its body among it, by the handler's names."""
    if "route_handler" not in request.scope:
        return _NOTHING
    return request.scope["route_handler"].parsed_fn_signature.parameters


def detail_of(error: HTTPException, takes: Taken = _NOTHING) -> str:
    """Return what is wrong; Litestar's `extra` names the fields and parameters without sense.

    Of those in `takes` it says what is allowed.
    """
    extra = getattr(error, "extra", None)
    if isinstance(extra, list):
        return "; ".join(_finding(each, takes) for each in extra)
    return error.detail


def _finding(found: Mapping[str, str], takes: Taken) -> str:
    """Return what is wrong with a field or a parameter; `data` is what handlers call the body."""
    field, message = found.get("key", _BODY), found.get("message", "")
    if field == _BODY:
        return "body: it is missing" if message == f"'{_BODY}'" else f"body: {message}"
    if found.get("source") == "body":
        body = takes.get(_BODY)
        return f"{field}: {explained(message, body.annotation, field) if body else message}"
    if (parameter := takes.get(field)) is None:
        return f"{field}: {message}"
    name = getattr(parameter.kwarg_definition, "name", None) or field
    return f"{name}: {explained_parameter(message, parameter.annotation)}"


def _problem(
    request: Request[Any, Any, Any],
    status: int,
    code: Code,
    detail: str,
    *,
    error: IonError | None = None,
    limit_bytes: int | None = None,
) -> Response[Problem]:
    wait_ms = error.retry_after_ms if error else None
    problem = Problem(
        type=f"urn:ion:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=str(code),
        retryable=error.retryable if error else status >= 500,
        request_id=request.scope.get("request_id", ""),  # type: ignore[arg-type]
        retry_after_ms=wait_ms,
        limit_bytes=limit_bytes,
    )
    headers = {"retry-after": str(max(1, -(-wait_ms // 1000)))} if wait_ms else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    response = Response(problem, status_code=status, media_type=MediaType.JSON, headers=headers)
    response.media_type = _PROBLEM_JSON
    return response


exception_handlers: dict[int | type[Exception], Any] = {
    IonError: _known,
    HTTPException: _http,
    Exception: _unknown,
}
