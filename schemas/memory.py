"""What is remembered of a user, as the user sees and changes it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = [
    "EarlierMemory",
    "Memory",
    "MemoryKind",
    "MemoryPage",
    "MemorySettings",
    "MemorySharing",
    "MemorySource",
    "UpdateMemory",
    "UpdateMemorySettings",
]

MemoryKind = Literal[
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
MemorySensitivity = Literal["plain", "personal", "sensitive"]
MemorySharing = Literal["mentors", "persona", "user"]
MOST_TEXT_CHARS = 300


class MemorySource(Struct, frozen=True, kw_only=True):
    """A message that something is known from; `text` is the part of it around what was said.

    `role` is the mentor's where the mentor promised something.
    """

    session_id: str
    session_title: str
    turn_id: str
    message_id: str
    role: Literal["user", "assistant"]
    text: str
    at: datetime


class EarlierMemory(Struct, frozen=True, kw_only=True):
    """What held before something newer took its place."""

    id: str
    text: str
    valid_from: datetime
    valid_to: datetime | None


class Memory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is remembered of the user, or that a mentor promised, and where it is from.

    It holds from `valid_from` to `valid_to` (left out: it still does), when `superseded_by` took
    its place. `sharing` says who may use it: every mentor, only `persona`, or nobody but the user,
    who sees it. `sources` are the newest of `source_count` messages in lists, all of them, with
    what held `earlier`, where one memory is asked for. A `left` one comes from a branch of the
    conversation that the user went away from: it is not used.
    """

    id: str
    kind: MemoryKind
    text: str
    language: str
    confidence: float
    sensitivity: MemorySensitivity
    sharing: MemorySharing
    valid_from: datetime
    created_at: datetime
    updated_at: datetime
    sources: tuple[MemorySource, ...]
    source_count: int
    persona: str = ""
    due: datetime | None = None
    valid_to: datetime | None = None
    superseded_by: str | None = None
    pinned: bool = False
    edited: bool = False
    left: bool = False
    earlier: tuple[EarlierMemory, ...] = ()


class MemoryPage(Struct, frozen=True, kw_only=True):
    """Memories, the pinned ones first, then the last changed; `next` continues, null at the end.

    While `paused` nothing new is remembered.
    """

    memories: tuple[Memory, ...]
    next: str | None
    paused: bool


class UpdateMemory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /memory/{id}: what it names is set.

    With another `text` it is marked as edited.
    """

    text: Annotated[str, Meta(min_length=1, max_length=MOST_TEXT_CHARS)] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    sharing: MemorySharing | UnsetType = UNSET


class MemorySettings(Struct, frozen=True, kw_only=True):
    """How the user wants to be remembered."""

    paused: bool


class UpdateMemorySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /memory/settings: while `paused` nothing new is remembered."""

    paused: bool | UnsetType = UNSET
