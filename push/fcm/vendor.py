"""A message in the words of firebase-admin."""

from typing import Any

from firebase_admin import messaging

from push.fcm.builder import Wire

__all__ = ["vendor_message"]

_OWN = ("alert", "badge", "sound", "thread-id")


def vendor_message(wire: Wire) -> messaging.Message:
    """Return what the library encodes to `wire` again."""
    message = messaging.Message(
        data=wire.get("data"),
        fid=wire.get("fid"),
        fcm_options=messaging.FCMOptions(**wire["fcm_options"]) if "fcm_options" in wire else None,
        android=_android(wire["android"]) if "android" in wire else None,
        apns=_apns(wire["apns"]) if "apns" in wire else None,
        webpush=_webpush(wire["webpush"]) if "webpush" in wire else None,
    )
    # as an argument it warns that it is deprecated, and phones have no other address yet
    message.token = wire.get("token")
    return message


def _android(part: dict[str, Any]) -> messaging.AndroidConfig:
    shown = part.get("notification")
    return messaging.AndroidConfig(
        priority=part["priority"],
        ttl=int(part["ttl"].removesuffix("s")),
        notification=messaging.AndroidNotification(**shown) if shown is not None else None,
    )


def _apns(part: dict[str, Any]) -> messaging.APNSConfig:
    given = part["payload"]["aps"]
    aps = messaging.Aps(
        alert=messaging.ApsAlert(**given["alert"]) if "alert" in given else None,
        badge=given["badge"],
        sound=given.get("sound"),
        thread_id=given["thread-id"],
        # the library has no fields for these, and leaves them as they are
        custom_data={key: value for key, value in given.items() if key not in _OWN},
    )
    return messaging.APNSConfig(headers=part["headers"], payload=messaging.APNSPayload(aps))


def _webpush(part: dict[str, Any]) -> messaging.WebpushConfig:
    return messaging.WebpushConfig(
        headers=part["headers"],
        notification=messaging.WebpushNotification(**part["notification"]),
    )
