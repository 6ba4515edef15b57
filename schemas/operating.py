"""What operators see of notifications: no words, no addresses."""

from datetime import datetime

from msgspec import Struct

__all__ = ["DeadNotification", "NotificationReport"]


class DeadNotification(Struct, frozen=True, kw_only=True):
    """A notification that could not be told to anybody, and why."""

    id: str
    kind: str
    reason: str
    attempts: int
    created_at: datetime
    updated_at: datetime


class NotificationReport(Struct, frozen=True, kw_only=True):
    """How many notifications are in each state, and the newest of the dead ones."""

    counts: dict[str, int]
    dead: tuple[DeadNotification, ...]
