"""What was found in a message, before it is known whether it is worth keeping."""

from datetime import date

from msgspec import Struct

from sessions.memory.documents import Kind

__all__ = ["Ended", "Found", "Moved", "Phrase"]


class Phrase(Struct, frozen=True, kw_only=True):
    """A fact as a rule finds it in a clause; `about` names its slot, `sure` is a confidence."""

    kind: Kind
    text: str
    about: str = ""
    sure: float = 0.75
    made: bool = False


class Found(Struct, frozen=True, kw_only=True):
    """A fact that may be kept; `quote` are the words of the message that it rests on.

    `made`: its sentence was put together here from words of the message.
    """

    kind: Kind
    text: str
    quote: str
    language: str
    slot: str = ""
    confidence: float = 0.75
    due: date | None = None
    made: bool = False


class Ended(Struct, frozen=True, kw_only=True):
    """Something that holds no longer; `words` say what, in the user's words.

    `event`: it is an event, and not what somebody wants of it. `last`: it is the day that was told
    of last, which they do not name.
    """

    words: str
    replaced: bool = False
    event: bool = False
    last: bool = False


class Moved(Struct, frozen=True, kw_only=True):
    """The day that was told of last is this one now; `quote` are the words that say so."""

    day: date
    quote: str
