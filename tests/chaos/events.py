"""What happened in a run, as seen from outside: what users did, what their readers were sent."""

from typing import Any

from msgspec import Struct

__all__ = [
    "Acked",
    "Asked",
    "Broken",
    "Cut",
    "Detached",
    "Event",
    "Forked",
    "Frame",
    "Got",
    "History",
    "Opened",
    "Put",
    "Sent",
    "Serves",
    "Stuck",
    "Violation",
    "user_of",
]

Frame = dict[str, Any]


class Sent(Struct, frozen=True, kw_only=True, tag=True):
    """A user says something for the first time; repetitions are not told."""

    user: str
    client_msg_id: str
    text: str


class Forked(Struct, frozen=True, kw_only=True, tag=True):
    """A user wants another branch from a turn: a message with another `text`, or a new answer."""

    user: str
    session_id: str
    client_msg_id: str
    turn_id: str
    text: str | None


class Acked(Struct, frozen=True, kw_only=True, tag=True):
    """A user's message was acknowledged, once more or for the first time."""

    user: str
    ack: Frame


class Serves(Struct, frozen=True, kw_only=True, tag=True):
    """A server and the door through which clients reach it."""

    server: str
    url: str
    door: str


class Opened(Struct, frozen=True, kw_only=True, tag=True):
    """A reader has a new connection: nothing is attached on it."""

    reader: str
    door: str = ""


class Cut(Struct, frozen=True, kw_only=True, tag=True):
    """A reader's connection or request came to an end, or to nothing."""

    reader: str
    why: str


class Put(Struct, frozen=True, kw_only=True, tag=True):
    """A frame was sent, on a socket or as a request to `door`; it may never arrive."""

    reader: str
    frame: Frame
    door: str = ""


class Asked(Struct, frozen=True, kw_only=True, tag=True):
    """A reader asks to read a session from a cursor, or without one."""

    reader: str
    session_id: str
    epoch: str | None = None
    after: int | None = None


class Detached(Struct, frozen=True, kw_only=True, tag=True):
    """A reader stops reading a session; what is under way may still arrive."""

    reader: str
    session_id: str


class Got(Struct, frozen=True, kw_only=True, tag=True):
    """A reader was sent a frame: attached, snapshot, error or one of a log."""

    reader: str
    frame: Frame


class History(Struct, frozen=True, kw_only=True, tag=True):
    """All messages of a session in the end, as GET /messages gives them page by page."""

    user: str
    session_id: str
    messages: tuple[Frame, ...]


class Stuck(Struct, frozen=True, kw_only=True, tag=True):
    """Something that had to happen in the end and did not."""

    what: str


class Broken(Struct, frozen=True, kw_only=True, tag=True):
    """A fault begins, or (`over`) is healed."""

    kind: str
    room: str
    over: bool = False
    amount: int = 0


Event = (
    Serves
    | Broken
    | Forked
    | Sent
    | Acked
    | Opened
    | Cut
    | Put
    | Asked
    | Detached
    | Got
    | History
    | Stuck
)


class Violation(Struct, frozen=True, kw_only=True):
    """A promise of the protocol that was not kept."""

    rule: str
    where: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.rule} [{self.where}] {self.detail}"


def user_of(reader: str) -> str:
    """Return whose reader this is: readers are named `user/device`."""
    return reader.partition("/")[0]
