"""What is kept of a user's memory: facts, what they don't want remembered, and settings."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from sessions.stores.documents import Collection, Document, Index

__all__ = [
    "FACTS",
    "MEMORY_SETTINGS",
    "REFUSALS",
    "FactDocument",
    "Kind",
    "MemorySettings",
    "Pause",
    "RefusalDocument",
    "Sensitivity",
    "Sharing",
    "Source",
]

Kind = Literal[
    "name",
    "role",
    "goal",
    "deadline",
    "obstacle",
    "person",
    "preference",
    "commitment",
    "promise",
]
Sensitivity = Literal["plain", "personal", "sensitive"]
Sharing = Literal["mentors", "persona", "user"]


class Source(Struct, frozen=True, kw_only=True):
    """A message that a fact comes from."""

    session_id: str
    turn_id: str
    message_id: str


class FactDocument(Document, frozen=True, kw_only=True):
    """One thing that is known of a user, or that a mentor promised them.

    `text` is a sentence as its speaker put it: the user's own words, or the mentor's when `kind`
    is promise. Of the facts in one `slot` ("name", "person:sister"; "" is none) only the newest
    is valid; the others have `valid_to` and `superseded_by`. `session_ids` and `turn_ids` are
    those of `sources`. `persona` is who was told or who promised. Sharing "mentors" lets every
    persona use the fact, "persona" only that one, "user" none: it is shown to the user alone.
    A fact that is not `shown` comes from a branch that the user has left. One that was `edited` has
    been put in its user's own words, last at `edited_at` (None: from before that was kept); it was
    told to be due at `due_told`; so was a promise that went with its event. The text of one that
    was moved without being named again has its words from the fact `words_of`.
    """

    user_id: str
    kind: Kind
    text: str
    language: str
    sources: tuple[Source, ...]
    session_ids: tuple[str, ...]
    turn_ids: tuple[str, ...]
    confidence: float
    valid_from: datetime
    created_at: datetime
    updated_at: datetime
    slot: str = ""
    sensitivity: Sensitivity = "plain"
    sharing: Sharing = "mentors"
    persona: str = ""
    valid_to: datetime | None = None
    superseded_by: str | None = None
    due: datetime | None = None
    pinned: bool = False
    edited: bool = False
    edited_at: datetime | None = None
    due_told: datetime | None = None
    words_of: str = ""
    shown: bool = True

    @property
    def current(self) -> bool:
        """Tell whether the fact holds: nothing newer took its place, and it was not left."""
        return self.valid_to is None and self.shown


class RefusalDocument(Document, frozen=True, kw_only=True):
    """Something that a user does not want remembered, as keyed fingerprints; none can be read.

    One of `whole` refuses a fact by itself, `words` those that say about the same. The fingerprints
    are those of user `made_for`, who became this one; "" is this one itself.
    """

    user_id: str
    created_at: datetime
    whole: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    made_for: str = ""


class Pause(Struct, frozen=True, kw_only=True):
    """A time in which nothing is kept; `until` is when it was over, None while it goes on."""

    since: datetime
    until: datetime | None = None


class MemorySettings(Document, frozen=True, kw_only=True):
    """How a user wants to be remembered; the id is the user's. While `paused`, nothing is kept.

    `pauses` are all there were, the oldest first: what was said in one is never indexed later.
    """

    paused: bool = False
    pauses: tuple[Pause, ...] = ()
    updated_at: datetime | None = None

    def paused_in(self, since: datetime, until: datetime) -> bool:
        """Tell whether memory was paused in any part of a time."""
        return any(
            each.since <= until and (each.until is None or since <= each.until)
            for each in self.pauses
        )


FACTS = Collection(
    name="facts",
    type=FactDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "updated_at"),
            serves="what a user's mentors remember, the last changed first",
        ),
        Index(
            name="by_pinned",
            fields=("user_id", "pinned", "updated_at"),
            serves="a user's list, the pinned facts first",
        ),
        Index(
            name="by_kind",
            fields=("user_id", "kind", "updated_at"),
            serves="what always holds of a user of whom much is known",
        ),
        Index(
            name="promised",
            fields=("kind", "due"),
            serves="promises whose day has come, of all users",
        ),
        Index(
            name="by_slot",
            fields=("user_id", "slot", "valid_from"),
            serves="facts that take each other's place",
        ),
        Index(
            name="by_session",
            fields=("user_id", "session_ids", "updated_at"),
            serves="facts that go with a session",
        ),
        Index(
            name="by_turn",
            fields=("user_id", "turn_ids", "updated_at"),
            serves="facts that go with a turn",
        ),
    ),
)
REFUSALS = Collection(
    name="refusals",
    type=RefusalDocument,
    indexes=(
        Index(name="by_user", fields=("user_id", "created_at"), serves="erasing a user's refusals"),
    ),
)
MEMORY_SETTINGS = Collection(name="memory_settings", type=MemorySettings)
