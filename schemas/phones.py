"""Phones that development simulates: what each shows on its locked screen."""

from datetime import datetime

from msgspec import Struct

from schemas.devices import DevicePlatform, NotificationKind

__all__ = ["Phone", "PhoneCard", "PhoneList"]


class PhoneCard(Struct, frozen=True, kw_only=True):
    """A notification on a locked screen; `tag` is its session's id where it tells of one."""

    tag: str
    notification_id: str
    kind: NotificationKind
    title: str
    body: str
    shown_at: datetime


class Phone(Struct, frozen=True, kw_only=True):
    """A registered phone: `badge` is the number on the app's icon, `cards` the newest first."""

    installation_id: str
    platform: DevicePlatform
    locale: str
    preview: bool
    badge: int
    cards: tuple[PhoneCard, ...]


class PhoneList(Struct, frozen=True, kw_only=True):
    """A user's phones, in the order in which they were registered."""

    phones: tuple[Phone, ...]
