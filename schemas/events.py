"""What a long-poll answers: a page of a session's log."""

from msgspec import Struct

from .frames import LogFrame, Snapshot

__all__ = ["EventPage"]


class EventPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The frames after a cursor, or, when `recovered` is false, a snapshot that replaces them.

    Ask next with this `epoch` and `after` = `seq`.
    """

    epoch: str
    seq: int
    recovered: bool
    frames: tuple[LogFrame, ...]
    snapshot: Snapshot | None = None
