"""What FCM refuses of a message, as its documents say."""

import re
from typing import Any

__all__ = ["violations"]

Violation = tuple[str, str]

_TARGETS = ("token", "fid", "topic", "condition")
_DURATION = re.compile(r"(\d+)(\.\d+)?s")
_PRIORITIES = ("1", "5", "10")


def violations(message: dict[str, Any]) -> list[Violation]:
    """Return the fields that are wrong, each with what is wrong with it."""
    found: list[Violation] = []
    if sum(target in message for target in _TARGETS) != 1:
        found.append(("message", "exactly one of token, fid, topic or condition"))
    for key, value in message.get("data", {}).items():
        if key in ("from", "message_type") or key.startswith(("google", "gcm")):
            found.append((f"message.data[{key}]", "reserved"))
        if not isinstance(value, str):
            found.append((f"message.data[{key}]", "not a string"))
    label = message.get("fcm_options", {}).get("analytics_label", "x")
    if not re.fullmatch(r"[a-zA-Z0-9\-_.~%]{1,50}", label):
        found.append(("message.fcm_options.analytics_label", "malformed"))
    found += _android(message.get("android", {}))
    found += _apns(message)
    if _bytes_of(message.get("data", {})) + _bytes_of(_shown(message)) > 4096:
        found.append(("message", "too big"))
    return found


def _android(part: dict[str, Any]) -> list[Violation]:
    ttl = _DURATION.fullmatch(part.get("ttl", "0s"))
    if ttl is None or int(ttl[1]) > 2_419_200:
        return [("message.android.ttl", "out of range")]
    return []


def _apns(message: dict[str, Any]) -> list[Violation]:
    part = message.get("apns")
    if part is None:
        return []
    found: list[Violation] = []
    headers, aps = part.get("headers", {}), part.get("payload", {}).get("aps", {})
    if len(headers.get("apns-collapse-id", "").encode()) > 64:
        found.append(("message.apns.headers[apns-collapse-id]", "longer than 64 bytes"))
    if headers.get("apns-priority", "10") not in _PRIORITIES:
        found.append(("message.apns.headers[apns-priority]", "not 10, 5 or 1"))
    background = aps.get("content-available") and not ({"alert", "badge", "sound"} & set(aps))
    if background and headers.get("apns-priority", "10") == "10":
        found.append(("message.apns.headers[apns-priority]", "10 for a background message"))
    shown = "background" if background else "alert"
    if headers.get("apns-push-type", shown) != shown:
        found.append(("message.apns.headers[apns-push-type]", f"not {shown}"))
    if _bytes_of({**part.get("payload", {}), **message.get("data", {})}) > 4096:
        found.append(("message.apns.payload", "too big"))
    return found


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    platforms = [message.get(name, {}).get("notification", {}) for name in ("android", "webpush")]
    return {k: v for part in [message.get("notification", {}), *platforms] for k, v in part.items()}


def _bytes_of(value: Any) -> int:
    """Count the bytes of all keys and values."""
    if isinstance(value, dict):
        return sum(_bytes_of(key) + _bytes_of(each) for key, each in value.items())
    if isinstance(value, list):
        return sum(_bytes_of(each) for each in value)
    return len(str(value).encode())
