"""Errors of API v2."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

__all__ = ["ErrorInfo", "ErrorReply"]


class ErrorInfo(Struct, frozen=True, kw_only=True):
    """What went wrong; `field` is the part of the request that is meant."""

    code: str
    message: str
    field: str | None = None
    details: dict[str, Any] | None = None


class ErrorReply(Struct, frozen=True, kw_only=True):
    """An error; `errors` lists it too, for clients that read lists."""

    success: Literal[False]
    error: ErrorInfo
    errors: tuple[ErrorInfo, ...]
    request_id: str
    timestamp: datetime
