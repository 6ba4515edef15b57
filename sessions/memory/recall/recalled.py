"""What a question brings back."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

__all__ = ["Hit", "Kept", "Recalled", "State"]

# unmeant: words find all there is, meanings are still being made
# building: the index is being made anew, hits may be missing
State = Literal["ready", "unmeant", "building"]


class Hit(Struct, frozen=True, kw_only=True):
    """A fact, or a message of a past turn.

    `id` is the fact's or the turn's, `message_id` the message's (empty for a fact); `score` is in
    deviations over all that is known of the user: below about 2 it may well be chance. `why`
    names what speaks for it: words, meaning, time, speaker, nearby. `fact_kind` and `due` are a
    fact's.
    """

    kind: Literal["fact", "turn"]
    id: str
    session_id: str
    text: str
    at: datetime
    score: float
    why: tuple[str, ...]
    own: bool = True
    persona: str = ""
    message_id: str = ""
    fact_kind: str = ""
    due: datetime | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """A turn in which the user told a persona what stays with it, in words of the question."""

    turn_id: str
    persona: str


class Recalled(Struct, frozen=True, kw_only=True):
    """The hits, the best first, and how far the index could be trusted; `entries` is its size.

    `kept` is what others than the one who asks could tell.
    """

    hits: tuple[Hit, ...] = ()
    kept: tuple[Kept, ...] = ()
    state: State = "ready"
    entries: int = 0
