"""What push keeps: devices, the outbox, settings, budgets, check-ins."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from push.kinds import Kind, News
from sessions.stores.documents import Collection, Document, Index, UniqueKey

__all__ = [
    "BUDGETS",
    "CHECK_INS",
    "DEVICES",
    "OUTBOX",
    "PUSH_COLLECTIONS",
    "PUSH_SETTINGS",
    "BudgetDocument",
    "CheckInDocument",
    "CheckInKind",
    "Delivery",
    "DeliveryState",
    "DeviceDocument",
    "DeviceKind",
    "DeviceState",
    "NotificationDocument",
    "NotificationState",
    "Platform",
    "PushSettings",
]

DeviceKind: TypeAlias = Literal["fcm_token", "fcm_fid", "webpush"]
DeviceState: TypeAlias = Literal["active", "gone", "quarantined"]
Platform: TypeAlias = Literal["ios", "android", "web", "cli"]
NotificationState: TypeAlias = Literal[
    "pending", "sending", "sent", "cancelled", "collapsed", "expired", "dead"
]
CheckInKind: TypeAlias = Literal["check_in", "reminder", "nudge"]
DeliveryState: TypeAlias = Literal[
    "waiting", "sending", "accepted", "ambiguous", "failed", "gone", "skipped"
]


class DeviceDocument(Document, frozen=True, kw_only=True):
    """An installation that may be sent to; its id is a hash of the installation's id.

    `address` is what a sender needs (an FCM token or id, a Web Push subscription as JSON): a
    secret, never logged (C7). `print` is its SHA-256, unique, so that an address has one owner
    (C4, C5). `registered_at` is when this address came, `seen_at` when the app last did (C1).
    """

    user_id: str
    installation_id: str
    kind: DeviceKind
    address: str
    print: str
    platform: Platform
    registered_at: datetime
    seen_at: datetime
    expires_at: datetime
    locale: str = ""
    timezone: str = ""
    app_version: str = ""
    preview: bool = False
    state: DeviceState = "active"
    reason: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """What became of a notification on one device.

    `attempts` are the requests made; in state `sending` one may be on its way, or was lost.
    `doubts` are those of which nobody knows what became; after the second none is made any more,
    but of what takes something away.
    `shown_at`, `opened_at` and `priority` are what the device told of it (E6).
    """

    device_id: str
    state: DeliveryState = "waiting"
    attempts: int = 0
    doubts: int = 0
    reason: str = ""
    message_id: str = ""
    not_before: datetime | None = None
    first_at: datetime | None = None
    shown_at: datetime | None = None
    opened_at: datetime | None = None
    priority: str = ""


class NotificationDocument(Document, frozen=True, kw_only=True):
    """A row of the outbox: something to be told, on every device of a user.

    Its id comes of (user, kind, subject), so that there is one row for each (G1). `due_at` is when
    it is looked at next; a worker that claims it moves that to the end of its lease, and its
    version is the fence. `created_at` is when the reason for it came, `useful_until` when it is of
    no use any more. `count` replies of a session are told by one row (G4); `numbers` are their
    turns' numbers. `text` are the words of a check-in or reminder, "" where the newest reply is
    read at send time; `news` is what an account is told of. `open` is true until it is settled.
    With `clear` it takes away what another row showed, on the devices of its deliveries; that row
    is `cleared` from then on. One that is `erased` takes away what itself showed, and is deleted
    when that is done; `devices` are those that it reaches though they are no longer its user's.
    """

    user_id: str
    kind: Kind
    subject_id: str
    session_id: str
    created_at: datetime
    due_at: datetime
    useful_until: datetime
    expires_at: datetime
    updated_at: datetime
    open: bool = True
    state: NotificationState = "pending"
    reason: str = ""
    attempts: int = 0
    deferrals: int = 0
    deliveries: tuple[Delivery, ...] = ()
    numbers: tuple[int, ...] = ()
    persona: str = ""
    text: str = ""
    news: News = ""
    clear: bool = False
    cleared: bool = False
    erased: bool = False
    devices: tuple[DeviceDocument, ...] = ()
    sent_at: datetime | None = None


class PushSettings(Document, frozen=True, kw_only=True):
    """What a user wants to be told, and when not; the id is the user's.

    `muted` kinds are never sent (G9). Quiet hours are minutes of the local day, from `quiet_from`
    up to `quiet_to`, over midnight when that is less; equal means none. `timezone` "" is that of
    the device last seen. `check_ins`, `reminders` and `nudges` are the consents to be written to
    first, each to that kind.
    """

    muted: tuple[Kind, ...] = ()
    quiet_from: int = 22 * 60
    quiet_to: int = 8 * 60
    timezone: str = ""
    preview: bool = False
    check_ins: bool = False
    reminders: bool = False
    nudges: bool = False
    replies_at_once: bool = True
    updated_at: datetime | None = None


class BudgetDocument(Document, frozen=True, kw_only=True):
    """When a user was last written to first, and how often that was ignored; id is the user's.

    A slot is taken by a replace of this document: two workers can't take the last one (G7).
    `taken` are (notification id, time) of the last 7 days, or the last one. `ignored` are those in
    a row before the last one, which is judged when the next is asked for.
    """

    taken: tuple[tuple[str, datetime], ...] = ()
    ignored: int = 0
    updated_at: datetime | None = None


class CheckInDocument(Document, frozen=True, kw_only=True):
    """A time at which the mentor writes first; a promise that it keeps, a day it reminds of.

    `days` are ISO weekdays (1 Monday) of a schedule, () for once on `date` (YYYY-MM-DD, local).
    `minute` is of the local day in `timezone`; `exact` when the user set it (B3 does not move it).
    Only the next occurrence is worked out: `next_at`, which is the day `next_date` there. `due_at`
    is when it is looked at next; whoever claims it moves that to the end of a lease. `fact_id`
    names the promise it keeps, or what it reminds of, which is for `fact_day` (YYYY-MM-DD; "":
    `date`). One of a fact, or a nudge, that is over stays, not `active`, until `expires_at`: it is
    not made again from the same fact, or for the same silence.
    """

    user_id: str
    session_id: str
    persona: str
    timezone: str
    minute: int
    created_at: datetime
    next_at: datetime
    next_date: str
    due_at: datetime
    active: bool = True
    days: tuple[int, ...] = ()
    date: str = ""
    exact: bool = True
    about: str = ""
    fact_id: str = ""
    fact_day: str = ""
    kind: CheckInKind = "check_in"
    expires_at: datetime | None = None


DEVICES = Collection(
    name="devices",
    type=DeviceDocument,
    unique=(UniqueKey(name="print", fields=("print",)),),
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "seen_at"),
            serves="a user's devices, and the time zone of the one last seen",
        ),
        Index(name="by_print", fields=("print", "seen_at"), serves="who has an address now"),
    ),
    expires="expires_at",
)
OUTBOX = Collection(
    name="outbox",
    type=NotificationDocument,
    indexes=(
        Index(name="due", fields=("open", "due_at"), serves="what a worker is to look at next"),
        Index(
            name="by_user",
            fields=("user_id", "created_at"),
            serves="a user's notifications, and those that go with an account",
        ),
        Index(
            name="open_of_session",
            fields=("session_id", "open", "created_at"),
            serves="rows that one newer reply takes along, and those that reading cancels",
        ),
        Index(
            name="open_of_user",
            fields=("user_id", "open", "created_at"),
            serves="rows that an opt-out or the last device's end cancels",
        ),
        Index(name="by_state", fields=("state", "updated_at"), serves="counts, and dead letters"),
    ),
    expires="expires_at",
)
PUSH_SETTINGS = Collection(name="push_settings", type=PushSettings)
BUDGETS = Collection(name="push_budgets", type=BudgetDocument)
CHECK_INS = Collection(
    name="check_ins",
    type=CheckInDocument,
    indexes=(
        Index(name="due", fields=("active", "due_at"), serves="check-ins that are due"),
        Index(name="by_user", fields=("user_id", "created_at"), serves="a user's check-ins"),
        Index(
            name="by_session",
            fields=("session_id", "created_at"),
            serves="check-ins that go with a session",
        ),
    ),
    expires="expires_at",
)
PUSH_COLLECTIONS: tuple[
    Collection[DeviceDocument]
    | Collection[NotificationDocument]
    | Collection[PushSettings]
    | Collection[BudgetDocument]
    | Collection[CheckInDocument],
    ...,
] = (DEVICES, OUTBOX, PUSH_SETTINGS, BUDGETS, CHECK_INS)
