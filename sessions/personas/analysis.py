"""What a message sounds like: tone, pace, intent and language, each with a probability."""

from typing import Literal, get_args

from msgspec import Struct

__all__ = ["INTENTS", "PACES", "TONES", "Analysis"]

Tone = Literal[
    "frustrated",
    "playful",
    "anxious",
    "analytical",
    "calm",
    "curious",
    "urgent",
    "confused",
    "collaborative",
]
Pace = Literal["burst", "flowing", "contemplative", "medium"]
Intent = Literal[
    "seek_advice", "problem_solving", "learning", "validation", "planning", "reflection"
]

TONES: tuple[str, ...] = get_args(Tone)
PACES: tuple[str, ...] = get_args(Pace)
INTENTS: tuple[str, ...] = get_args(Intent)


class Analysis(Struct, frozen=True, kw_only=True):
    """Distributions over the three vocabularies (each sums to 1) and the language (`en`.

    `ko`, or another ISO 639-1 code).
    """

    tone: dict[str, float]
    pace: dict[str, float]
    intent: dict[str, float]
    language: str
