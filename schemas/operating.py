"""What operators see of notifications: no words, no addresses."""

from datetime import datetime

from msgspec import Struct

__all__ = ["DeadNotification", "LaneReport", "NotificationReport"]


class DeadNotification(Struct, frozen=True, kw_only=True):
    """A notification that could not be told to anybody, and why."""

    id: str
    kind: str
    reason: str
    attempts: int
    created_at: datetime
    updated_at: datetime


class LaneReport(Struct, frozen=True, kw_only=True):
    """How this process fares with a push service: a project, a platform, or a host.

    One that is not `open` is asked again in `wait_s`. `client_errors` is the share of the last
    requests that were our fault or went to dead addresses: above 5 % Google grants no more quota.
    """

    scope: str
    name: str
    open: bool
    wait_s: float
    client_errors: float


class NotificationReport(Struct, frozen=True, kw_only=True):
    """How many notifications are in each state, the newest of the dead, and push services.

    `events` are what this process did since it started, all kinds together.
    """

    counts: dict[str, int]
    events: dict[str, int]
    dead: tuple[DeadNotification, ...]
    lanes: tuple[LaneReport, ...]
