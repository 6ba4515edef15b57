"""Devices that are told of answers, and how somebody wants to be told."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = [
    "AckNotification",
    "DeviceKind",
    "DevicePlatform",
    "NotificationKind",
    "NotificationSettings",
    "PushDevice",
    "PushDeviceList",
    "RegisterDevice",
    "TriedDevice",
    "UpdateNotificationSettings",
    "WebPushKeys",
    "WebPushSubscription",
]

DeviceKind = Literal["fcm_token", "fcm_fid", "webpush"]
DevicePlatform = Literal["ios", "android", "web", "cli"]
NotificationKind = Literal["reply_ready", "reminder", "check_in", "nudge", "safety", "account"]
Address = Annotated[
    str,
    Meta(
        min_length=1, max_length=4096, pattern=r"^[\x21-\x7e]+$", description="ASCII without spaces"
    ),
]
Short = Annotated[str, Meta(max_length=64)]
Base64Url = Annotated[
    str, Meta(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9_=-]+$", description="base64url")
]
TimeOfDay = Annotated[
    str,
    Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of day, HH:MM"),
]
Priority = Literal["", "normal", "high"]


class WebPushKeys(Struct, frozen=True, kw_only=True):
    """The keys of a browser's subscription, as base64url."""

    p256dh: Base64Url
    auth: Base64Url


class WebPushSubscription(Struct, frozen=True, kw_only=True, rename="camel"):
    """What `PushSubscription.toJSON()` gives in a browser.

    `applicationServerKey` is the key that the page subscribed with, when it adds that.
    """

    endpoint: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=2048,
            pattern=r"^https://[\x21-\x7e]+$",
            description="an https address without spaces",
        ),
    ]
    keys: WebPushKeys
    application_server_key: Annotated[str, Meta(max_length=128)] = ""


class RegisterDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT /devices/{installation_id}: where an installation is reached.

    `token` is that of FCM, or its installation id with kind `fcm_fid`; `subscription` is a
    browser's, with kind `webpush`. `timezone` is an IANA name. With `preview` the words of answers
    are shown on the locked screen.
    """

    kind: DeviceKind
    platform: DevicePlatform
    token: Address | UnsetType = UNSET
    subscription: WebPushSubscription | UnsetType = UNSET
    locale: Short = ""
    timezone: Short = ""
    app_version: Short = ""
    preview: bool = False


class PushDevice(Struct, frozen=True, kw_only=True):
    """A device as its owner sees it; its address is never shown.

    One whose `state` is not `active` gets nothing until it is registered with another address.
    """

    installation_id: str
    kind: DeviceKind
    platform: DevicePlatform
    locale: str
    timezone: str
    app_version: str
    preview: bool
    state: Literal["active", "gone", "quarantined"]
    registered_at: datetime
    seen_at: datetime


class PushDeviceList(Struct, frozen=True, kw_only=True):
    """A user's devices, the last seen first."""

    devices: tuple[PushDevice, ...]


class TriedDevice(Struct, frozen=True, kw_only=True):
    """What became of a test notification: accepted is not yet shown."""

    outcome: Literal["accepted", "ambiguous", "refused", "later", "not_configured"]
    reason: str = ""


class NotificationSettings(Struct, frozen=True, kw_only=True):
    """What a user wants to be told, and when not.

    Quiet hours last from `quiet_from` to `quiet_to` (HH:MM) in `timezone`, or in that of the
    device seen last when it is ""; there are none when both are the same. With `replies_at_once`
    answers that are waited for come in them too. `check_ins` allows the mentor to write first at
    the times agreed on, `reminders` on days that the user named, `nudges` after some quiet days.
    `web_push_key` is what a page subscribes with, "" where there is no Web Push.
    """

    muted: tuple[NotificationKind, ...]
    quiet_from: str
    quiet_to: str
    timezone: str
    preview: bool
    check_ins: bool
    replies_at_once: bool
    web_push_key: str = ""
    reminders: bool = False
    nudges: bool = False


class UpdateNotificationSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /notifications/settings: what it names is set."""

    muted: Annotated[tuple[NotificationKind, ...], Meta(max_length=6)] | UnsetType = UNSET
    quiet_from: TimeOfDay | UnsetType = UNSET
    quiet_to: TimeOfDay | UnsetType = UNSET
    timezone: Short | UnsetType = UNSET
    preview: bool | UnsetType = UNSET
    check_ins: bool | UnsetType = UNSET
    replies_at_once: bool | UnsetType = UNSET
    reminders: bool | UnsetType = UNSET
    nudges: bool | UnsetType = UNSET


class AckNotification(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /notifications/{id}/ack: what the app saw of a notification.

    `priority` is what Android says of the message as it came; lower than it was sent, the phone
    is put to rest.
    """

    installation_id: Annotated[str, Meta(min_length=1, max_length=128)]
    event: Literal["delivered", "opened"]
    priority: Priority = ""
