"""Devices and notifications to send to them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from push.documents import DeviceDocument
from push.message import PushMessage

__all__ = ["NOW", "PROJECT", "device", "notification"]

PROJECT = "ion-test"
# when the fake clock begins
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def device(address: str = "token-a", **changes: Any) -> DeviceDocument:
    """Return an Android phone at an address, but for what `changes`."""
    given: dict[str, Any] = {
        "id": f"device-{address[:40]}",
        "user_id": "ada",
        "installation_id": f"installation-{address[:40]}",
        "kind": "fcm_token",
        "address": address,
        "print": sha256(address.encode()).hexdigest(),
        "platform": "android",
        "registered_at": NOW - timedelta(days=1),
        "seen_at": NOW,
        "expires_at": NOW + timedelta(days=270),
    }
    return DeviceDocument(**{**given, **changes})


def notification(**changes: Any) -> PushMessage:
    """Return a reply that is ready, but for what `changes`."""
    given: dict[str, Any] = {
        "notification_id": "n1",
        "kind": "reply_ready",
        "title": "Marie",
        "body": "Your answer is here",
        "tag": "s1",
        "thread": "s1",
        "badge": 2,
        "number": 7,
        "ttl": timedelta(hours=1),
        "created_at": NOW,
    }
    return PushMessage(**{**given, **changes})
