"""Errors as readers are told them."""

from schemas.codes import CloseCode
from schemas.frames import Error
from sessions.errors import IonError, QuotaExceeded, Unauthenticated

__all__ = ["error_frame", "error_of"]

_BY_CLOSE_CODE: dict[int, type[IonError]] = {
    CloseCode.UNAUTHENTICATED: Unauthenticated,
    CloseCode.REPLACED: QuotaExceeded,
    CloseCode.ERASED: Unauthenticated,
}


def error_of(close_code: int, reason: str) -> IonError | None:
    """Return what a close code means where there is none; a mere restart is no error."""
    known = _BY_CLOSE_CODE.get(close_code)
    return known(reason) if known else None


def error_frame(error: IonError, ref: str | None = None) -> Error:
    """Return an error as a frame."""
    return Error(
        code=str(error.code),
        message=error.message,
        retryable=error.retryable,
        retry_after_ms=error.retry_after_ms,
        ref=ref,
    )
