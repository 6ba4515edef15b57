"""A notification as it is handed to a sender: what is shown, and how urgently."""

from datetime import datetime, timedelta

from msgspec import Struct

from push.kinds import Kind

__all__ = ["PushMessage"]


class PushMessage(Struct, frozen=True, kw_only=True):
    """What one device is to show; words are in its language, and hidden where it asks so.

    With `clear` nothing is shown: what was shown under `tag` goes and the badge is set (G3).
    `tag` replaces what is on the screen, `thread` groups; `badge` is absolute (D10). `number` grows
    within a thread, so that a device can drop what comes late (D5). `is_trial` when the user
    asked for it, to any address and at any time: what it comes to proves nothing about others'.
    `unread` are the sessions with something unread, where that is known: cards of others are stale.
    """

    notification_id: str
    kind: Kind
    title: str
    body: str
    tag: str
    thread: str
    badge: int
    number: int
    ttl: timedelta
    created_at: datetime
    link: str = ""
    clear: bool = False
    is_trial: bool = False
    unread: tuple[str, ...] | None = None
