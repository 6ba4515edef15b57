"""What a refusal of FCM says, read without trusting its shape."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

__all__ = ["Fault", "Reply", "read_fault"]

_TYPE = "type.googleapis.com/"
_FCM = f"{_TYPE}google.firebase.fcm.v1.FcmError"
_APNS = f"{_TYPE}google.firebase.fcm.v1.ApnsError"
_BAD_REQUEST = f"{_TYPE}google.rpc.BadRequest"
_QUOTA = f"{_TYPE}google.rpc.QuotaFailure"


class Reply(Struct, frozen=True, kw_only=True):
    """A response that is no success; `retry_after` is that header, "" without it."""

    status: int
    body: bytes
    retry_after: str = ""


class Fault(Struct, frozen=True, kw_only=True):
    """An error, "" for what it does not say.

    `code` is FCM's own, `status` that of google.rpc, `apns` Apple's reason. `names_token` when the
    address is what is invalid; `of_device` when the quota is one device's.
    """

    code: str = ""
    status: str = ""
    apns: str = ""
    gone_since: datetime | None = None
    names_token: bool = False
    of_device: bool = False


def read_fault(body: bytes) -> Fault:
    """Return what an error says; an empty Fault for whatever is not Google's JSON."""
    error = _object(_object(_decoded(body)).get("error"))
    details = [_object(each) for each in _array(error.get("details"))]
    by_type = {_text(detail, "@type"): detail for detail in reversed(details)}
    apns = by_type.get(_APNS, {})
    bad = _violations(by_type.get(_BAD_REQUEST, {}), "fieldViolations", "field")
    quotas = _violations(by_type.get(_QUOTA, {}), "violations", "subject")
    message = _text(error, "message")
    return Fault(
        code=_text(by_type.get(_FCM, {}), "errorCode"),
        status=_text(error, "status"),
        apns=_text(apns, "reason"),
        gone_since=_moment(apns.get("timestamp")),
        names_token="message.token" in bad
        or "message.fid" in bad
        or "not a valid FCM registration token" in message,
        of_device=any("device" in each.lower() for each in quotas),
    )


def _violations(detail: dict[str, Any], key: str, field: str) -> list[str]:
    return [_text(_object(each), field) for each in _array(detail.get(key))]


def _decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _array(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _moment(value: object) -> datetime | None:
    """Read milliseconds since 1970, as APNs counts."""
    if not isinstance(value, int) or not 0 <= value < 10**13:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)
