"""The profile as its user sees it: what is learned, in words, and what the user has set."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = ["LearnedPreference", "LearnedStyle", "Profile", "Sureness", "UpdateProfile"]

Sureness = Literal["not_sure", "fairly_sure", "sure"]
Trait = Literal["length", "structure", "pace"]


class LearnedPreference(Struct, frozen=True, kw_only=True):
    """How a persona suits the user for one intent (null: in all), and how much that rests on.

    `mean` is 0 (never) to 1 (always), 0.5 without evidence; `signals` are counted, not weighed.
    """

    persona: str
    intent: str | None
    mean: float
    signals: int
    sureness: Sureness
    text: str


class LearnedStyle(Struct, frozen=True, kw_only=True):
    """One trait of how answers are written; `set_by` tells the user's setting from learning."""

    trait: Trait
    value: str
    set_by: Literal["you", "learned"]
    sureness: Sureness
    text: str


class Profile(Struct, frozen=True, kw_only=True):
    """All that is learned of the caller, in words, and all that the caller has set.

    `words` is everything at once, in the language asked for. `active_hours` are hours of the day
    in `zone`. What is learned is gone when it is `retention_days` old.
    """

    learning: bool
    anonymous: bool
    retention_days: Literal[30, 90, 365]
    persona: str | None
    zone: str
    turns: int
    preferences: tuple[LearnedPreference, ...]
    style: tuple[LearnedStyle, ...]
    active_hours: tuple[int, ...]
    words: tuple[str, ...]
    updated_at: datetime


class UpdateProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /profile: what it names is set; null gives a choice back to what is learned.

    A name that is not known is refused: a misspelt choice must not look as if it were made.

    `persona` answers in every session that has no persona of its own. With `learning` off nothing
    is learned or used. An `anonymous` profile and its log rows no longer name the user.
    """

    learning: bool | UnsetType = UNSET
    anonymous: bool | UnsetType = UNSET
    retention_days: Literal[30, 90, 365] | UnsetType = UNSET
    persona: Annotated[str, Meta(max_length=64)] | UnsetType | None = UNSET
    zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    length: Literal["short", "long"] | UnsetType | None = UNSET
    structure: Literal["prose", "steps"] | UnsetType | None = UNSET
    pace: Literal["slow", "brisk"] | UnsetType | None = UNSET
