"""The index of what was said, as it is stored: keyed hashes and vectors, no word of it."""

from datetime import datetime

from sessions.stores.documents import Collection, Document, Index

__all__ = ["RECALL", "RECALL_STATES", "RecallState", "Segment"]


class Segment(Document, frozen=True, kw_only=True):
    """The rows of one stretch of a session, or of some of a user's facts (no `session_id`).

    `data` are the rows as rows.py packs them, `check` is their checksum, `encoders` the ids of
    those that made their vectors.
    """

    user_id: str
    session_id: str
    updated_at: datetime
    data: bytes = b""
    check: int = 0
    encoders: tuple[str, ...] = ()


class RecallState(Document, frozen=True, kw_only=True):
    """That a user has an index; the id is the user's.

    `generation` changes when something is taken out of it, `key` tells the hashes' key and kind.
    It is whole unless a build of it is still to be `finished`.
    """

    generation: str
    key: str
    updated_at: datetime
    finished: bool = True


RECALL = Collection(
    name="recall",
    type=Segment,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "updated_at"),
            serves="a user's index, and what of it has changed since a time",
        ),
        Index(
            name="by_session",
            fields=("user_id", "session_id", "updated_at"),
            serves="forgetting a session",
        ),
    ),
)
RECALL_STATES = Collection(name="recall_states", type=RecallState)
