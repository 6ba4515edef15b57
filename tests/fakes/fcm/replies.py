"""FCM's answers, word for word where its documents give them."""

import json
from typing import Any

from tests.fakes.h2_server import Response

__all__ = ["accepted", "apns_refused", "invalid", "over_quota", "plain", "refused"]

_GOOGLE = "type.googleapis.com/google"


def accepted(name: str) -> Response:
    """Return what FCM says when it takes a message."""
    return _json(200, {"name": name})


def refused(
    status: int,
    code: str = "",
    *,
    rpc: str = "",
    message: str = "refused",
    retry_after: str = "",
    details: list[dict[str, Any]] | None = None,
) -> Response:
    """Return an error; without `code` it has no FcmError."""
    found = list(details or [])
    if code:
        found.append({"@type": f"{_GOOGLE}.firebase.fcm.v1.FcmError", "errorCode": code})
    error: dict[str, Any] = {
        "code": status,
        "message": message,
        "status": rpc or _RPC.get(status, "UNKNOWN"),
    }
    if found:
        error["details"] = found
    headers = {"retry-after": retry_after} if retry_after else {}
    return _json(status, {"error": error}, headers)


def invalid(
    fields: list[tuple[str, str]], *, message: str = "Request contains an invalid argument."
) -> Response:
    """Return INVALID_ARGUMENT with the fields that are wrong."""
    violations = [{"field": field, "description": text} for field, text in fields]
    detail = {"@type": f"{_GOOGLE}.rpc.BadRequest", "fieldViolations": violations}
    return refused(400, "INVALID_ARGUMENT", message=message, details=[detail])


def over_quota(subject: str, *, retry_after: str = "") -> Response:
    """Return QUOTA_EXCEEDED for a subject."""
    detail = {"@type": f"{_GOOGLE}.rpc.QuotaFailure", "violations": [{"subject": subject}]}
    return refused(429, "QUOTA_EXCEEDED", retry_after=retry_after, details=[detail])


def apns_refused(status: int, code: str, reason: str, timestamp: int | None = None) -> Response:
    """Return an error that Apple gave."""
    detail: dict[str, Any] = {
        "@type": f"{_GOOGLE}.firebase.fcm.v1.ApnsError",
        "statusCode": status,
        "reason": reason,
    }
    if timestamp is not None:
        detail["timestamp"] = timestamp
    return refused(status, code, details=[detail])


def plain(status: int, text: str) -> Response:
    """Return what a proxy says."""
    return Response(status, text.encode(), {"content-type": "text/html"})


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    content = json.dumps(body).encode()
    return Response(status, content, {"content-type": "application/json", **(headers or {})})


_RPC = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    410: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNKNOWN",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
