"""The kind of message a preference holds for: what the user wants, and in what mood."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from msgspec import Struct

from sessions.personas.analysis import Analysis

__all__ = ["MOODS", "TONES_OF", "Mood", "Situation", "likeness", "situation_of"]

Mood = Literal["heavy", "light", "level", "pressing", "together"]
MOODS: tuple[Mood, ...] = get_args(Mood)
TONES_OF: Mapping[Mood, tuple[str, ...]] = MappingProxyType(
    {
        "heavy": ("frustrated", "anxious"),
        "light": ("playful",),
        "level": ("calm", "analytical", "curious"),
        "pressing": ("urgent", "confused"),
        "together": ("collaborative",),
    }
)
CLEARLY = 0.5
OTHER_INTENT = 0.15
OTHER_MOOD = 0.6
UNRELATED = 0.03


class Situation(Struct, frozen=True, kw_only=True):
    """How sure a message's intents and moods are; each sums to 1."""

    intents: Mapping[str, float]
    moods: Mapping[str, float]

    @property
    def intent(self) -> str:
        """Return the likeliest intent."""
        return max(self.intents, key=lambda name: self.intents[name])

    @property
    def mood(self) -> str:
        """Return the likeliest mood."""
        return max(self.moods, key=lambda name: self.moods[name])


def situation_of(analysis: Analysis) -> Situation:
    """Return the situation that an analysis describes."""
    moods: dict[str, float] = {
        mood: sum(analysis.tone.get(tone, 0.0) for tone in tones)
        for mood, tones in TONES_OF.items()
    }
    return Situation(intents=analysis.intent, moods=moods)


def likeness(now: Situation, intent: str, mood: str | None) -> float:
    """Return how much something seen with `intent` and `mood` says about `now`, 0 to 1.

    All of it in the same intent and mood, 0.6 of it in another mood, 0.15 with another intent,
    0.03 when nothing is alike; `mood` None is a mood not kept, which counts as another. An intent
    or mood is shared as far as it is clear: from a chance of one half on, fully.
    """
    intents = min(1.0, now.intents.get(intent, 0.0) / CLEARLY)
    moods = min(1.0, now.moods.get(mood, 0.0) / CLEARLY) if mood else 0.0
    same = intents * (OTHER_MOOD + (1.0 - OTHER_MOOD) * moods)
    other = (1.0 - intents) * (UNRELATED + (OTHER_INTENT - UNRELATED) * moods)
    return same + other
