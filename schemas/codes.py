"""Stable error codes of protocol 2.1, and what each means on HTTP and on a WebSocket."""

from enum import StrEnum

__all__ = [
    "HTTP_STATUS",
    "PROTOCOL",
    "SUBPROTOCOL_JSON",
    "SUBPROTOCOL_MSGPACK",
    "CloseCode",
    "Code",
]

PROTOCOL = "2.1"
SUBPROTOCOL_JSON = "ion.v2.1.json"
SUBPROTOCOL_MSGPACK = "ion.v2.1.msgpack"


class Code(StrEnum):
    """What went wrong, as a string that never changes meaning."""

    BAD_FRAME = "bad_frame"
    UNAUTHENTICATED = "unauthenticated"
    ACCOUNT_MERGED = "account_merged"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    TEXT_TOO_LONG = "text_too_long"
    TURN_RUNNING = "turn_running"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXCEEDED = "quota_exceeded"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_TIMEOUT = "provider_timeout"
    SAFETY_BLOCKED = "safety_blocked"
    KEY_REUSED = "idempotency_key_reused"
    OVERLOADED = "overloaded"
    INTERNAL = "internal"


HTTP_STATUS: dict[Code, int] = {
    Code.BAD_FRAME: 400,
    Code.UNAUTHENTICATED: 401,
    Code.ACCOUNT_MERGED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.GONE: 410,
    Code.TEXT_TOO_LONG: 413,
    Code.TURN_RUNNING: 409,
    Code.RATE_LIMITED: 429,
    Code.QUOTA_EXCEEDED: 429,
    Code.PROVIDER_UNAVAILABLE: 503,
    Code.PROVIDER_TIMEOUT: 504,
    Code.SAFETY_BLOCKED: 422,
    Code.KEY_REUSED: 422,
    Code.OVERLOADED: 503,
    Code.INTERNAL: 500,
}


class CloseCode:
    """WebSocket close codes of protocol 2.1."""

    BAD_FRAME = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    HELLO_TIMEOUT = 4408
    REPLACED = 4409
    ERASED = 4410
    TOO_MANY_CONNECTIONS = 4429
    TOO_BIG = 1009
    RESTART = 1012
    OVERLOADED = 1013
