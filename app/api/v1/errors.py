"""Errors in the shape of API v1."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from app.api.errors import detail_of
from app.api.v1.fields import CannotProcess
from app.security.claims import masked
from app.telemetry.logs import described
from schemas.codes import HTTP_STATUS
from schemas.v1 import ErrorReply, Finding, Unprocessable
from sessions.errors import InternalFault, IonError, KeyReused

__all__ = ["exception_handlers"]

log = structlog.get_logger(__name__)


def _unprocessable(_: Request[Any, Any, Any], error: CannotProcess) -> Response[Unprocessable]:
    return Response(Unprocessable(detail=error.findings), status_code=422)


def _reused(_: Request[Any, Any, Any], error: KeyReused) -> Response[Unprocessable]:
    finding = Finding(
        type=str(error.code), loc=("header", "idempotency-key"), msg=error.message, input=None
    )
    return Response(Unprocessable(detail=(finding,)), status_code=422)


def _known(_: Request[Any, Any, Any], error: IonError) -> Response[ErrorReply]:
    status, wait_ms = HTTP_STATUS[error.code], error.retry_after_ms
    headers = {"retry-after": str(max(1, -(-wait_ms // 1000)))} if wait_ms else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return _reply(status, error.message, headers)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[ErrorReply]:
    if error.status_code >= 500:
        return _unknown(request, error.__cause__ or error)
    return _reply(error.status_code, detail_of(error), dict(error.headers or {}))


def _unknown(request: Request[Any, Any, Any], error: BaseException) -> Response[ErrorReply]:
    log.error("request_failed", path=masked(request.url.path), **described(error))
    return _known(request, InternalFault())


def _reply(status: int, detail: str, headers: dict[str, str]) -> Response[ErrorReply]:
    body = ErrorReply(error=detail, status_code=status)
    return Response(body, status_code=status, headers=headers)


exception_handlers: dict[int | type[Exception], Any] = {
    CannotProcess: _unprocessable,
    KeyReused: _reused,
    IonError: _known,
    HTTPException: _http,
    Exception: _unknown,
}
