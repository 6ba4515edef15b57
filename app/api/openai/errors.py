"""Errors in OpenAI's shape, so that its SDKs raise, wait and try again as they do there."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from app.telemetry.logs import described
from schemas.codes import HTTP_STATUS, Code
from schemas.openai import ErrorBody, ErrorDetail
from sessions.errors import BadRequest, InternalFault, IonError

__all__ = ["InvalidParam", "error_body", "exception_handlers"]

log = structlog.get_logger(__name__)
_STATUS = HTTP_STATUS | {Code.TEXT_TOO_LONG: 400, Code.GONE: 404}
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class InvalidParam(BadRequest):
    """A field asks for what is not done here; `param` names it."""

    def __init__(self, param: str, message: str, *, code: Code = Code.BAD_FRAME) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


def error_body(error: IonError) -> ErrorBody:
    """Return an error as clients get it, also in the middle of a stream."""
    return _body(_STATUS[error.code], error.code, error.message, getattr(error, "param", None))


def _body(status: int, code: Code, message: str, param: str | None = None) -> ErrorBody:
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return ErrorBody(error=ErrorDetail(message=message, type=kind, param=param, code=str(code)))


def _known(_: Request[Any, Any, Any], error: IonError) -> Response[ErrorBody]:
    status = _STATUS[error.code]
    headers = {"x-should-retry": "true" if error.retryable else "false"}
    if wait_ms := error.retry_after_ms:
        headers |= {"retry-after-ms": str(wait_ms), "retry-after": str(-(-wait_ms // 1000))}
    return Response(error_body(error), status_code=status, headers=headers)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[ErrorBody]:
    if error.status_code >= 500:
        return _unknown(request, error.__cause__ or error)
    extra = error.extra if isinstance(error.extra, list) else []
    wrong = [f"{each.get('key', 'body')}: {each.get('message')}" for each in extra]
    message = "; ".join(wrong) or error.detail
    code = Code.TEXT_TOO_LONG if error.status_code == 413 else Code.BAD_FRAME
    return Response(_body(error.status_code, code, message), status_code=error.status_code)


def _unknown(request: Request[Any, Any, Any], error: BaseException) -> Response[ErrorBody]:
    log.error("request_failed", path=request.url.path, **described(error))
    return _known(request, InternalFault())


exception_handlers: dict[int | type[Exception], Any] = {
    IonError: _known,
    HTTPException: _http,
    Exception: _unknown,
}
