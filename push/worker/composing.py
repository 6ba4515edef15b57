"""A notification in the words of one device."""

from collections.abc import Callable
from datetime import timedelta

from push.documents import DeviceDocument, NotificationDocument
from push.kinds import KINDS
from push.message import PushMessage
from push.ports import Unread
from push.rows import tag_of
from push.words import words_of

from .decisions import Go

__all__ = ["composed"]

# FCM keeps nothing longer (B9)
_LONGEST = timedelta(days=28)


def composed(
    row: NotificationDocument,
    go: Go,
    device: DeviceDocument,
    *,
    unread: Unread,
    name_of: Callable[[str, str], str],
) -> PushMessage:
    """Return what a device shows; `name_of` gives a mentor's name in a locale."""
    words = words_of(
        row.kind,
        device.locale,
        count=max(1, go.told.count),
        name=name_of(go.told.persona, device.locale) if go.told.persona else "",
        text=go.told.text,
        news=row.news,
        # what may be about a risk is for nobody who looks at the phone (G8)
        preview=(go.settings.preview or device.preview) and not go.told.at_risk,
    )
    return PushMessage(
        notification_id=row.id,
        kind=row.kind,
        title="" if row.clear else words.title,
        body="" if row.clear else words.body,
        tag=tag_of(row),
        thread=tag_of(row),
        badge=max(0, unread.count),
        # later reasons have later numbers, whatever kind they are of (D5)
        number=int(row.created_at.timestamp() * 1000),
        ttl=min(_use(row), _LONGEST),
        created_at=row.created_at,
        # the page that shows a session
        link=f"/#{row.session_id}" if row.session_id and device.platform == "web" else "",
        clear=row.clear,
        unread=unread.sessions,
    )


def _use(row: NotificationDocument) -> timedelta:
    """Return for how long a message is of use; what it takes away may still come to a phone."""
    use = row.useful_until - row.created_at
    return max(use, KINDS[row.kind].ttl) if row.clear else use
