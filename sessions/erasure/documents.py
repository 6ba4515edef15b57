"""Erasures: what was asked to be erased, how far that is, and what a receipt tells of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from sessions.stores.documents import Collection, Document, Index, UniqueKey

__all__ = ["ERASURES", "ErasureDocument", "ErasureKind", "Removed"]

ErasureKind = Literal["account", "session", "message", "memory"]


class Removed(Struct, frozen=True, kw_only=True):
    """How many things were removed from a collection or its like in a store."""

    store: str
    what: str
    count: int


class ErasureDocument(Document, frozen=True, kw_only=True):
    """One erasure; the id is chance alone, and whoever knows it may read the receipt.

    `subject` is a keyed hash of what is erased, so that asking again finds this; that of an account
    stays as long as a key to it may live, all others go when the erasure closes. Then `user_id`,
    `session_id` and `target` are emptied as well, and nothing here names anybody.
    It is carried on at `next_at` while `open`: at first when whoever began it died, then for a
    second look. `late` of `removed` were only found by that.
    """

    kind: ErasureKind
    asked_at: datetime
    expires_at: datetime
    next_at: datetime
    subject: tuple[str, ...]
    user_id: str = ""
    session_id: str = ""
    target: str = ""
    refuse: bool = False
    open: bool = True
    removed: tuple[Removed, ...] = ()
    late: int = 0
    files: dict[str, str] = field(default_factory=dict)
    erased_at: datetime | None = None
    checked_at: datetime | None = None


ERASURES = Collection(
    name="erasures",
    type=ErasureDocument,
    unique=(UniqueKey(name="subject", fields=("subject",)),),
    indexes=(
        Index(
            name="due", fields=("open", "next_at"), serves="erasures to go on with or to look over"
        ),
        Index(
            name="by_kind", fields=("kind", "asked_at"), serves="accounts that have ended lately"
        ),
        Index(
            name="by_subject",
            fields=("subject", "asked_at"),
            serves="the erasure that was asked for before",
        ),
    ),
    expires="expires_at",
)
