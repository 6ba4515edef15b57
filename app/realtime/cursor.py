"""A reader's place in a log, as `Last-Event-ID` or the query tells it."""

import re

from msgspec import Struct

from sessions.errors import BadRequest

__all__ = ["Cursor", "cursor_of", "event_id"]

_EVENT_ID = re.compile(r"([^:\s]{1,64}):([0-9]{1,18})")


class Cursor(Struct, frozen=True, kw_only=True):
    """The last seq applied, in an epoch; without `after`: a snapshot, then live."""

    epoch: str | None = None
    after: int | None = None


def event_id(epoch: str, seq: int) -> bytes:
    """Return a cursor as the `id` of an event."""
    return b"%b:%d" % (epoch.encode(), seq)


def cursor_of(last_event_id: str | None, *, epoch: str | None, after: int | None) -> Cursor:
    """Return the header's cursor if there is one, else the query's; raises BadRequest."""
    if not last_event_id:
        return Cursor(epoch=epoch, after=after)
    found = _EVENT_ID.fullmatch(last_event_id)
    if found is None:
        raise BadRequest("Last-Event-ID: expected epoch:seq, as the id of an event")
    return Cursor(epoch=found[1], after=int(found[2]))
