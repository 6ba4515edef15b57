"""Parts that several bodies of API v2 share, and their bounds."""

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["MOST_CHARS", "KeyParts", "Part", "Routing", "Share", "Text", "UserId"]

MOST_CHARS = 8_000
Text = Annotated[str, Meta(min_length=1, max_length=MOST_CHARS)]
UserId = Annotated[str, Meta(min_length=1, max_length=128)]
Part = Annotated[str, Meta(max_length=64)]
Share = Annotated[float, Meta(ge=0, le=1)]


class KeyParts(Struct, frozen=True, kw_only=True):
    """A resonance key in parts; one that is missing or unknown falls back by itself."""

    tone: Part = ""
    pace: Part = ""
    intent: Part = ""


class Routing(Struct, frozen=True, kw_only=True):
    """Who answers and why."""

    primary_persona: str
    secondary_persona: str
    confidence: Share
    scores: dict[str, Share]
    reasoning: str
