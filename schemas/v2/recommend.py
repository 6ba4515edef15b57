"""Bodies of POST /recommend and /recommend/compare, and of GET /personas."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from schemas.v2.parts import KeyParts, Part, Share, Text

__all__ = [
    "Capabilities",
    "CompareReply",
    "CompareRequest",
    "Compared",
    "PersonasReply",
    "RecommendReply",
    "RecommendRequest",
]


class RecommendRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /recommend; without a key in `context` the scenario is analysed."""

    scenario: Text
    context: KeyParts | None = None


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a persona is good at."""

    name: str
    traits: tuple[str, ...]
    strengths: tuple[str, ...]
    best_for_tones: tuple[str, ...]
    best_for_paces: tuple[str, ...]
    best_for_intents: tuple[str, ...]


class RecommendReply(Struct, frozen=True, kw_only=True):
    """Who should answer."""

    recommended_persona: str
    scores: dict[str, Share]
    capabilities: Capabilities
    reasoning: str
    timestamp: datetime


class CompareRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /recommend/compare; without `personas` all are compared."""

    scenario: Text
    personas: Annotated[tuple[Part, ...], Meta(max_length=32)] = ()
    context: KeyParts | None = None


class Compared(Struct, frozen=True, kw_only=True):
    """One persona beside the others; `reason` is null where none is known."""

    persona: str
    score: Share
    reason: str | None
    capabilities: Capabilities


class CompareReply(Struct, frozen=True, kw_only=True):
    """Personas in the order in which they fit."""

    recommended_persona: str
    comparison: tuple[Compared, ...]
    reasoning: str
    timestamp: datetime


class PersonasReply(Struct, frozen=True, kw_only=True):
    """All personas in their fixed order."""

    total: int
    personas: tuple[Capabilities, ...]
