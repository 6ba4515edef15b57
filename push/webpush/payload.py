"""What a browser's service worker gets: JSON that fits into one encrypted record."""

from bisect import bisect_right

import msgspec
from msgspec import Struct, structs

from push.kinds import Kind
from push.message import PushMessage
from push.words import truncated

__all__ = ["BODY_BYTES", "PLAIN_BYTES", "Payload", "TooBig", "payload_of"]

# what every push service takes (RFC 8030, 7.2), and what encryption adds (RFC 8188, 2):
# salt, record size, the key and its length; a delimiter, a tag
BODY_BYTES = 4096
PLAIN_BYTES = BODY_BYTES - (16 + 4 + 1 + 65) - (1 + 16)


class TooBig(ValueError):
    """It does not fit, even without its words."""


class Payload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notification as the page's service worker reads it; `at` are milliseconds since 1970.

    Older cards of sessions that are not among `unread` are stale: nothing else takes them away.
    """

    id: str
    kind: Kind
    title: str
    body: str
    tag: str
    thread: str
    badge: int
    number: int
    at: int
    link: str = ""
    unread: tuple[str, ...] | None = None


def payload_of(message: PushMessage, *, most_bytes: int = PLAIN_BYTES) -> bytes:
    """Return a message as JSON of at most `most_bytes`, its body cut where needed, then its title.

    Raises TooBig when the rest is longer already (F6).
    """
    payload = Payload(
        id=message.notification_id,
        kind=message.kind,
        title=message.title,
        body=message.body,
        tag=message.tag,
        thread=message.thread,
        badge=message.badge,
        number=message.number,
        at=int(message.created_at.timestamp() * 1000),
        link=message.link,
        unread=message.unread,
    )
    for field in ("body", "title"):
        if len(encoded := msgspec.json.encode(payload)) <= most_bytes:
            return encoded
        payload = _cut(payload, field, most_bytes)
    if len(encoded := msgspec.json.encode(payload)) > most_bytes:
        raise TooBig
    return encoded


def _cut(payload: Payload, field: str, most_bytes: int) -> Payload:
    """Return it with as much of a field as fits; JSON makes up to six bytes of one."""
    text: str = getattr(payload, field)

    def cut(left: int) -> Payload:
        return structs.replace(payload, **{field: truncated(text, left)})

    def size(left: int) -> int:
        return len(msgspec.json.encode(cut(left)))

    return cut(max(0, bisect_right(range(most_bytes), most_bytes, key=size) - 1))
