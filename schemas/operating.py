"""What operators see of notifications and merges: no words, no addresses."""

from datetime import datetime

from msgspec import Struct

__all__ = [
    "DeadNotification",
    "LaneReport",
    "MergeList",
    "MergeRecord",
    "MovedThings",
    "NotificationReport",
]


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
    requests that were our fault or went to dead addresses: above 5 % Google grants no more quota,
    and `alarm` is set.
    """

    scope: str
    name: str
    open: bool
    wait_s: float
    client_errors: float
    alarm: bool


class NotificationReport(Struct, frozen=True, kw_only=True):
    """How many notifications are in each state, the newest of the dead, and push services.

    `events` are what this process did since it started, all kinds together: of those that were
    `acked`, so many were `lowered`: the phone got them with less priority than they were sent with.
    `late_s` is for how long the one that is due first has been waiting past its time.
    """

    counts: dict[str, int]
    events: dict[str, int]
    dead: tuple[DeadNotification, ...]
    lanes: tuple[LaneReport, ...]
    late_s: float


class MovedThings(Struct, frozen=True, kw_only=True):
    """How many things of a kind."""

    what: str
    count: int


class MergeRecord(Struct, frozen=True, kw_only=True):
    """A visitor who turned out to be a user: who, where, when, and how much; none of the words.

    `site` is the site's key, or the issuer by whose word an app's anonymous user signed in. `moved`
    became the user's, `dropped` ended with the visitor, as tokens do. `finished_at` is None while
    it goes on.
    """

    id: str
    visitor: str
    user_id: str
    site: str
    origin: str
    asked_at: datetime
    finished_at: datetime | None
    moved: tuple[MovedThings, ...]
    dropped: tuple[MovedThings, ...]


class MergeList(Struct, frozen=True, kw_only=True):
    """Merges, the newest first; `next` asks for older ones."""

    merges: tuple[MergeRecord, ...]
    next: str | None = None
