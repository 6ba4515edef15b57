"""A notification as a message of the FCM HTTP v1 API."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from push.documents import DeviceDocument
from push.fcm.limits import (
    COLLAPSE_ID_BYTES,
    LONGEST_TTL,
    PAYLOAD_BYTES,
    Unsendable,
    check,
    payload_size,
)
from push.kinds import KINDS, Level
from push.message import PushMessage
from push.words.truncation import truncated

__all__ = ["Wire", "build"]

Wire: TypeAlias = dict[str, Any]

_TARGETS: dict[str, Literal["token", "fid"]] = {"fcm_token": "token", "fcm_fid": "fid"}
_RELEVANCE: dict[Level, float] = {"passive": 0.1, "active": 0.5, "time-sensitive": 1.0}


def build(device: DeviceDocument, message: PushMessage, now: datetime) -> Wire:
    """Return the message for a device, its body shortened to what fits.

    The fields are named as in `google.firebase.fcm.v1.Message`, in snake_case. Raises Unsendable
    for what FCM or APNs would refuse.
    """
    body = message.body
    while True:
        wire = _whole(device, message, body, now)
        excess = payload_size(wire) - PAYLOAD_BYTES
        if excess <= 0 or not body:
            check(wire)
            return wire
        # a byte of text is at least a byte on the wire, so this ends
        body = truncated(body, max(0, len(body.encode()) - excess))


def _whole(device: DeviceDocument, message: PushMessage, body: str, now: datetime) -> Wire:
    if (target := _TARGETS.get(device.kind)) is None:
        raise Unsendable("device.kind")
    if message.badge < 0:
        raise Unsendable("badge")
    if not timedelta(0) <= message.ttl <= LONGEST_TTL:
        raise Unsendable("ttl")
    wire: Wire = {
        target: device.address,
        "data": _data(message),
        "fcm_options": {"analytics_label": KINDS[message.kind].channel},
    }
    match device.platform:
        case "ios":
            wire["apns"] = _apns(message, body)
        case "android":
            wire["android"] = _android(message, body, now)
        case _:
            wire["webpush"] = _webpush(message, body, now)
    return wire


def _data(message: PushMessage) -> dict[str, str]:
    data = {
        "notification_id": message.notification_id,
        "kind": message.kind,
        "tag": message.tag,
        "thread": message.thread,
        "number": str(message.number),
        "badge": str(message.badge),
    }
    if message.link:
        data["link"] = message.link
    if message.clear:
        data["clear"] = "1"
    return data


def _android(message: PushMessage, body: str, now: datetime) -> Wire:
    rules = KINDS[message.kind]
    shows = not message.clear
    android: Wire = {
        "priority": "high" if rules.high and shows else "normal",
        "ttl": f"{_seconds_left(message, now)}s",
    }
    if shows:
        android["notification"] = {
            "title": message.title,
            "body": body,
            "channel_id": rules.channel,
            "tag": message.tag,
            "notification_count": message.badge,
        }
    return android


def _apns(message: PushMessage, body: str) -> Wire:
    rules = KINDS[message.kind]
    aps: Wire = {"badge": message.badge, "thread-id": message.thread}
    if message.clear:
        # the badge makes it an alert; the app is woken to take away what was shown
        aps["content-available"] = 1
    else:
        aps["alert"] = {"title": message.title, "body": body}
        aps["mutable-content"] = 1
        aps["interruption-level"] = rules.level
        aps["relevance-score"] = _RELEVANCE[rules.level]
        if rules.level != "passive":
            aps["sound"] = "default"
    expires = message.created_at + message.ttl
    headers = {
        "apns-push-type": "alert",
        "apns-priority": "10" if rules.high and not message.clear else "5",
        "apns-expiration": str(int(expires.timestamp())),
        "apns-collapse-id": _collapse_id(message.tag),
    }
    return {"headers": headers, "payload": {"aps": aps}}


def _webpush(message: PushMessage, body: str, now: datetime) -> Wire:
    if message.clear:
        raise Unsendable("a web push that shows nothing")
    return {
        "headers": {
            "TTL": str(_seconds_left(message, now)),
            "Urgency": KINDS[message.kind].urgency,
        },
        "notification": {"title": message.title, "body": body, "tag": message.tag},
    }


def _seconds_left(message: PushMessage, now: datetime) -> int:
    """Count from when the message was made, as APNs does, so that a retry adds no life to it."""
    left = message.created_at + message.ttl - now
    return int(max(timedelta(0), left).total_seconds())


def _collapse_id(tag: str) -> str:
    if len(tag.encode()) <= COLLAPSE_ID_BYTES:
        return tag
    return sha256(tag.encode()).hexdigest()
