"""How a user likes answers: the value that a prompt takes."""

from typing import Literal

from msgspec import Struct

__all__ = ["Length", "Pace", "Preferences", "Structure"]

Length = Literal["short", "long"]
Structure = Literal["prose", "steps"]
Pace = Literal["slow", "brisk"]


class Preferences(Struct, frozen=True, kw_only=True):
    """What is known of a user's taste; None where nothing is known well enough to act on.

    `structure` tells flowing text from numbered steps and lists; `pace` one thing at a time from
    everything at once.
    """

    length: Length | None = None
    structure: Structure | None = None
    pace: Pace | None = None
