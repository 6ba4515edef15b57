"""Errors in the shape of API v2."""

from datetime import UTC, datetime
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from app.api.bodies import BodyTooLarge
from app.api.endpoint import InvalidBody
from app.api.errors import detail_of
from app.security.claims import masked
from app.telemetry.logs import described
from schemas.codes import Code
from schemas.frames import Ack
from schemas.v2.errors import ErrorInfo, ErrorReply
from schemas.v2.parts import MOST_CHARS
from sessions.errors import IonError, NotFound, ProviderTimeout, TurnRunning

__all__ = ["Closed", "InvalidPersona", "StillAnswering", "TooMany", "exception_handlers", "failure"]

log = structlog.get_logger(__name__)
_TOO_LONG = f"length <= {MOST_CHARS}"
_CODES: dict[Code, tuple[int, str]] = {
    Code.BAD_FRAME: (400, "INVALID_INPUT"),
    Code.TEXT_TOO_LONG: (413, "REQUEST_TOO_LARGE"),
    Code.UNAUTHENTICATED: (401, "UNAUTHENTICATED"),
    Code.ACCOUNT_MERGED: (401, "UNAUTHENTICATED"),
    Code.FORBIDDEN: (403, "FORBIDDEN"),
    Code.NOT_FOUND: (404, "NOT_FOUND"),
    Code.GONE: (410, "GONE"),
    Code.KEY_REUSED: (422, "IDEMPOTENCY_KEY_REUSED"),
    Code.TURN_RUNNING: (409, "CONFLICT"),
    Code.RATE_LIMITED: (429, "RATE_LIMITED"),
    Code.QUOTA_EXCEEDED: (429, "RATE_LIMITED"),
    Code.OVERLOADED: (503, "OVERLOADED"),
}
_BY_STATUS = {
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "REQUEST_TOO_LARGE",
    429: "RATE_LIMITED",
}


class InvalidPersona(NotFound):
    """There is no such persona."""


class Closed(TurnRunning):
    """The conversation is closed."""

    retryable = False


class StillAnswering(ProviderTimeout):
    """The answer takes long; it will be in the session.

    Only a request that is known again by its key may be sent again.
    """

    def __init__(self, ack: Ack, *, keyed: bool) -> None:
        super().__init__()
        self.ack = ack
        self.retryable = keyed


class TooMany(IonError):
    """The request holds more items than are taken at once."""

    code = Code.TEXT_TOO_LONG


def failure(error: Exception) -> tuple[int, ErrorInfo]:
    """Return an error as clients get it, with its status; what is not known tells nothing."""
    if isinstance(error, InvalidBody):
        if error.message.endswith(_TOO_LONG):
            info = ErrorInfo(code="REQUEST_TOO_LARGE", message=error.message, field=error.field)
            return 413, info
        return 400, ErrorInfo(code="INVALID_INPUT", message=error.message, field=error.field)
    if isinstance(error, InvalidPersona):
        return 404, ErrorInfo(code="INVALID_PERSONA", message=error.message, field="persona")
    if isinstance(error, IonError):
        status, code = _CODES.get(error.code, (500, "PROCESS_ERROR"))
        reason = "closed" if isinstance(error, Closed) else str(error.code)
        details: dict[str, Any] = {"reason": reason, "retryable": error.retryable}
        if isinstance(error, StillAnswering):
            details |= {"session_id": error.ack.session_id, "turn_id": error.ack.turn_id}
        return status, ErrorInfo(code=code, message=error.message, details=details)
    return 500, ErrorInfo(code="PROCESS_ERROR", message="something went wrong here")


def _known(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorReply]:
    status, info = failure(error)
    wait_ms = error.retry_after_ms if isinstance(error, IonError) else None
    headers = {"retry-after": str(max(1, -(-wait_ms // 1000)))} if wait_ms else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return _reply(request, status, info, headers)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[ErrorReply]:
    status = error.status_code
    if status >= 500:
        return _unknown(request, error.__cause__ or error)
    details = {"limit_bytes": error.limit_bytes} if isinstance(error, BodyTooLarge) else None
    code = _BY_STATUS.get(status, "INVALID_INPUT")
    info = ErrorInfo(code=code, message=detail_of(error), details=details)
    return _reply(request, status, info, dict(error.headers or {}))


def _unknown(request: Request[Any, Any, Any], error: BaseException) -> Response[ErrorReply]:
    log.error("request_failed", path=masked(request.url.path), **described(error))
    return _reply(request, *failure(Exception()), {})


def _reply(
    request: Request[Any, Any, Any], status: int, info: ErrorInfo, headers: dict[str, str]
) -> Response[ErrorReply]:
    body = ErrorReply(
        success=False,
        error=info,
        errors=(info,),
        request_id=request.scope.get("request_id", ""),  # type: ignore[arg-type]
        timestamp=datetime.now(UTC),
    )
    return Response(body, status_code=status, headers=headers)


exception_handlers: dict[int | type[Exception], Any] = {
    InvalidBody: _known,
    IonError: _known,
    HTTPException: _http,
    Exception: _unknown,
}
