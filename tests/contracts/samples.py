"""Small collections that show what the product's own do not, and how to fill them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sessions.archive import TurnDocument, UserMessage
from sessions.stores.documents import Collection, Document, Index, UniqueKey

__all__ = ["JOBS", "NOTES", "SAMPLES", "START", "Job", "Note", "after", "turn"]

START = datetime(2026, 3, 1, 12, 0, 0, 123_457, tzinfo=UTC)


class Job(Document, frozen=True, kw_only=True):
    """Something due at a time, or never."""

    queue: str
    due_at: datetime | None = None
    tags: tuple[str, ...] = ()
    slot: str | None = None


class Note(Document, frozen=True, kw_only=True):
    """Something that is over at a time."""

    text: str
    over_at: datetime


JOBS = Collection(
    name="jobs",
    type=Job,
    unique=(
        UniqueKey(name="slot_in_queue", fields=("queue", "slot", "tags")),
        UniqueKey(name="tag", fields=("queue", "tags")),
    ),
    indexes=(
        Index(name="due", fields=("queue", "due_at"), serves="the next jobs of a queue"),
        Index(name="all_due", fields=("due_at",), serves="the next jobs of all queues"),
        Index(name="by_slot", fields=("slot", "queue"), serves="the queues that use a slot"),
    ),
)
NOTES = Collection(name="notes", type=Note, expires="over_at")
SAMPLES: tuple[Collection[Any], ...] = (JOBS, NOTES)


def after(seconds: float) -> datetime:
    """Return the moment so long after the start."""
    return START + timedelta(seconds=seconds)


def turn(number: int, *client_msg_ids: str, session_id: str = "s1") -> TurnDocument:
    """Return an accepted turn with one message for each key."""
    messages = tuple(
        UserMessage(id=f"m-{each}", client_msg_id=each, text="안녕 🌙\n\0 \"'", created_at=START)
        for each in client_msg_ids
    )
    return TurnDocument(
        id=f"{session_id}-t{number}",
        session_id=session_id,
        user_id="u1",
        number=number,
        messages=messages,
        client_msg_ids=client_msg_ids,
        created_at=START,
        updated_at=after(number),
    )
