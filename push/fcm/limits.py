"""What FCM and APNs refuse, checked before they do: their client library looks at none of it."""

import re
from datetime import timedelta
from typing import Any

from msgspec import json

__all__ = [
    "COLLAPSE_ID_BYTES",
    "LONGEST_TTL",
    "PAYLOAD_BYTES",
    "Unsendable",
    "check",
    "payload_size",
]

PAYLOAD_BYTES = 4096
COLLAPSE_ID_BYTES = 64
LONGEST_TTL = timedelta(weeks=4)
_TARGETS = ("fid", "token", "topic", "condition")
_LABEL = re.compile(r"[A-Za-z0-9\-_.~%]{1,50}")
_TTL = re.compile(r"[0-9]{1,9}s?")


class Unsendable(ValueError):
    """The message would be refused; `field` names what of it, and holds no text of anybody."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def payload_size(wire: dict[str, Any]) -> int:
    """Return the bytes of a message as compact JSON, without its address.

    That is a little more than the keys and values which FCM counts, and than what reaches APNs.
    """
    return len(json.encode({key: value for key, value in wire.items() if key not in _TARGETS}))


def check(wire: dict[str, Any]) -> None:
    """Raise Unsendable for what is over a limit, reserved, or a forbidden pair."""
    if sum(bool(wire.get(target)) for target in _TARGETS) != 1:
        raise Unsendable("target")
    if wire.get("topic") or wire.get("condition"):
        # topics can be read by anybody who subscribes, and all we send is personal
        raise Unsendable("topic")
    _check_data(wire.get("data", {}))
    if not _LABEL.fullmatch(wire.get("fcm_options", {}).get("analytics_label", "none")):
        raise Unsendable("fcm_options.analytics_label")
    if (android := wire.get("android")) is not None:
        _check_ttl("android.ttl", android.get("ttl", ""))
    if (web := wire.get("webpush")) is not None:
        _check_ttl("webpush.headers.TTL", web.get("headers", {}).get("TTL", ""))
    if (apns := wire.get("apns")) is not None:
        _check_apns(apns.get("headers", {}), apns.get("payload", {}).get("aps", {}))
    if payload_size(wire) > PAYLOAD_BYTES:
        raise Unsendable("payload")


def _check_data(data: dict[str, Any]) -> None:
    for key, value in data.items():
        reserved = key in ("from", "message_type") or key.startswith(("google", "gcm"))
        if reserved or not isinstance(value, str):
            raise Unsendable(f"data.{key}")


def _check_ttl(field: str, ttl: str) -> None:
    if not _TTL.fullmatch(ttl) or timedelta(seconds=int(ttl.removesuffix("s"))) > LONGEST_TTL:
        raise Unsendable(field)


def _check_apns(headers: dict[str, str], aps: dict[str, Any]) -> None:
    if len(headers.get("apns-collapse-id", "").encode()) > COLLAPSE_ID_BYTES:
        raise Unsendable("apns-collapse-id")
    if aps.get("badge", 0) < 0:
        raise Unsendable("aps.badge")
    shows = any(key in aps for key in ("alert", "badge", "sound"))
    if headers.get("apns-push-type") != ("alert" if shows else "background"):
        raise Unsendable("apns-push-type")
    if headers.get("apns-priority") not in (("10", "5", "1") if shows else ("5", "1")):
        raise Unsendable("apns-priority")
    if not headers.get("apns-expiration", "").isdecimal():
        raise Unsendable("apns-expiration")
