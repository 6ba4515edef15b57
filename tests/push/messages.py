"""Devices and messages as tests of senders need them."""

from datetime import UTC, datetime, timedelta

from push.documents import DeviceDocument, DeviceKind, Platform
from push.kinds import KINDS, Kind
from push.message import PushMessage

__all__ = ["NOW", "SUBJECT", "a_device", "a_message"]

SUBJECT = "mailto:push@ion.example.org"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def a_device(
    address: str, *, kind: DeviceKind = "webpush", platform: Platform = "web", name: str = "d1"
) -> DeviceDocument:
    """Return a device that was registered an hour ago."""
    then = NOW - timedelta(hours=1)
    return DeviceDocument(
        id=name,
        user_id="u_1",
        installation_id=f"installation-{name}",
        kind=kind,
        address=address,
        print=f"print of {name}",
        platform=platform,
        registered_at=then,
        seen_at=then,
        expires_at=then + timedelta(days=270),
    )


def a_message(kind: Kind = "reply_ready", **changed: object) -> PushMessage:
    """Return a message of a kind, made now; `changed` are other fields."""
    fields: dict[str, object] = {
        "notification_id": "n_1",
        "kind": kind,
        "title": "Mina",
        "body": "Your answer is ready.",
        "tag": "s_1",
        "thread": "s_1",
        "badge": 1,
        "number": 7,
        "ttl": KINDS[kind].ttl,
        "created_at": NOW,
        "link": "/#s_1",
    }
    return PushMessage(**(fields | changed))  # type: ignore[arg-type]
