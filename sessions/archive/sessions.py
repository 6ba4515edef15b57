"""What is kept of a session, and of one that was deleted."""

from datetime import UTC, datetime
from typing import Literal

from sessions.conversation import Summary
from sessions.stores.documents import Collection, Document, Index

__all__ = [
    "SESSIONS",
    "TOMBSTONES",
    "SessionDocument",
    "TitledBy",
    "TombstoneDocument",
]

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TitledBy = Literal["", "rules", "provider", "user"]


class SessionDocument(Document, frozen=True, kw_only=True):
    """A conversation; `persona` is the user's own choice, None leaves it to the router.

    `updated_at` is when somebody spoke, `changed_at` when anything changed. `message_count` and
    `unread` are true up to turn `counted`; `read_upto` is the last turn whose answer was read.
    `earlier` is the summary before the newest turn, for one that takes its place. The branch that
    is shown ends with the newest turn, or with turn `chosen` as long as `chosen_at`
    is the newest; `branched_at` is when that last changed.

    `closed_at` is when the user closed it, `resumed_at` when somebody last came back to it after it
    had closed, of itself or by the user; whether it is open is worked out from these and the clock.
    Nothing of a `private` one is learned, extracted or indexed, and it goes when it closes.
    `titled_by` says whose words the title is; "" for one from before that was kept.
    `emptied` counts how often messages were taken out of it, so that a turn that began before does
    not bring them back with its summary.
    """

    user_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    persona: str | None = None
    locale: str = ""
    timezone: str = ""
    message_count: int = 0
    last_text: str = ""
    notice: str = ""
    summary: Summary = Summary()
    changed_at: datetime = _LONG_AGO
    earlier: Summary = Summary()
    unread: int = 0
    counted: int = 0
    read_upto: int = 0
    chosen: int = 0
    chosen_at: int = 0
    branched_at: datetime | None = None
    closed_at: datetime | None = None
    resumed_at: datetime | None = None
    private: bool = False
    titled_by: TitledBy = ""
    emptied: int = 0


class TombstoneDocument(Document, frozen=True, kw_only=True):
    """A deleted session or fact, for devices that have not heard of it; its id is what that had.

    Until it is `finished`, something that was said in a session may be left.
    """

    user_id: str
    deleted_at: datetime
    expires_at: datetime
    finished: bool = False
    kind: Literal["session", "fact"] = "session"


SESSIONS = Collection(
    name="sessions",
    type=SessionDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "updated_at"),
            serves="a user's sessions, the last used first",
        ),
        Index(
            name="changed",
            fields=("user_id", "changed_at"),
            serves="what an app that wakes up has missed",
        ),
        Index(
            name="private",
            fields=("private", "updated_at"),
            serves="private sessions that have closed of themselves, others that became quiet",
        ),
    ),
)
TOMBSTONES = Collection(
    name="tombstones",
    type=TombstoneDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "deleted_at"),
            serves="sessions and facts an app that wakes up must forget",
        ),
        Index(
            name="unfinished",
            fields=("finished", "deleted_at"),
            serves="deletions that may have been cut off",
        ),
    ),
    expires="expires_at",
)
