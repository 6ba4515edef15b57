"""Resonance: how well each persona fits a tone, a pace and an intent. Exact, in integers."""

from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from .analysis import INTENTS, PACES, TONES, Analysis, Intent, Pace, Tone

__all__ = [
    "CORE",
    "MATRIX",
    "Affinity",
    "Resonance",
    "ResonanceKey",
    "expected_scores",
    "make_key",
    "parse_key",
    "resonate",
    "top_key",
]

CORE = ("lua", "elro", "riri", "nana")

# Affinity in hundredths, in the order of CORE.
MATRIX: Mapping[str, tuple[int, int, int, int]] = {
    "frustrated": (100, 40, 60, 50),
    "playful": (100, 30, 40, 70),
    "anxious": (100, 50, 60, 70),
    "analytical": (30, 100, 100, 50),
    "calm": (60, 100, 100, 70),
    "curious": (70, 100, 90, 80),
    "urgent": (50, 80, 60, 100),
    "confused": (80, 60, 70, 100),
    "collaborative": (60, 50, 70, 100),
    "burst": (100, 40, 50, 60),
    "flowing": (100, 80, 90, 90),
    "contemplative": (90, 70, 100, 80),
    "medium": (80, 100, 100, 100),
    "seek_advice": (100, 60, 70, 80),
    "problem_solving": (70, 100, 90, 80),
    "learning": (60, 100, 90, 70),
    "validation": (80, 70, 100, 90),
    "planning": (50, 80, 90, 100),
    "reflection": (100, 40, 70, 60),
}
TONE_WEIGHT, PACE_WEIGHT, INTENT_WEIGHT = 50, 30, 20
WHOLE = 10_000

SPELLINGS: Mapping[str, str] = {
    "seeking_advice": "seek_advice",
    "validate": "validation",
    "plan": "planning",
    "reflect": "reflection",
}


class ResonanceKey(Struct, frozen=True, kw_only=True):
    """One of 9 x 4 x 6 = 216 keys; its text form is `tone-pace-intent`."""

    tone: Tone
    pace: Pace
    intent: Intent

    def __str__(self) -> str:
        return f"{self.tone}-{self.pace}-{self.intent}"


class Affinity(Struct, frozen=True, kw_only=True):
    """One persona's 19 affinities in hundredths, by the name of the tone, pace or intent."""

    hundredths: dict[str, int]

    def score(self, key: ResonanceKey) -> int:
        """Return 0.5 tone + 0.3 pace + 0.2 intent in ten-thousandths."""
        row = self.hundredths
        return (
            TONE_WEIGHT * row[key.tone]
            + PACE_WEIGHT * row[key.pace]
            + INTENT_WEIGHT * row[key.intent]
        )


class Resonance(Struct, frozen=True, kw_only=True):
    """Scores (0 to 1) by persona, and the order they make; ties keep the fixed order.

    `confidence` is 0.3 (s1 - s2) + 0.7 s1; it is not a probability.
    """

    key: ResonanceKey
    scores: dict[str, float]
    order: tuple[str, ...]
    primary: str
    secondary: str
    confidence: float


CORE_AFFINITIES: Mapping[str, Affinity] = {
    persona: Affinity(hundredths={name: row[index] for name, row in MATRIX.items()})
    for index, persona in enumerate(CORE)
}


def make_key(tone: str, pace: str, intent: str) -> ResonanceKey:
    """Return the key the three parts mean; an unknown part alone falls back.

    The fallbacks are calm, medium and learning.
    """
    meant = intent.strip().lower().replace("-", "_").replace(" ", "_")
    meant = SPELLINGS.get(meant, meant)
    return ResonanceKey(
        tone=cast("Tone", _known(tone, TONES, "calm")),
        pace=cast("Pace", _known(pace, PACES, "medium")),
        intent=cast("Intent", _known(meant, INTENTS, "learning")),
    )


def _known(part: str, vocabulary: tuple[str, ...], fallback: str) -> str:
    name = part.strip().lower()
    return name if name in vocabulary else fallback


def parse_key(raw: str) -> ResonanceKey:
    """Return the key that `raw` (`tone-pace-intent`) means; never raises.

    Hyphens inside the intent are accepted; a missing or unknown part alone falls back.
    """
    tone, _, rest = raw.partition("-")
    pace, _, intent = rest.partition("-")
    return make_key(tone, pace, intent)


def top_key(analysis: Analysis) -> ResonanceKey:
    """Return the key of the most probable tone, pace and intent; ties keep the vocabulary order."""
    return make_key(
        max(TONES, key=lambda name: analysis.tone.get(name, 0.0)),
        max(PACES, key=lambda name: analysis.pace.get(name, 0.0)),
        max(INTENTS, key=lambda name: analysis.intent.get(name, 0.0)),
    )


def resonate(key: ResonanceKey, affinities: Mapping[str, Affinity] = CORE_AFFINITIES) -> Resonance:
    """Score the personas for `key`; `affinities` are in the fixed order."""
    exact = {persona: affinity.score(key) for persona, affinity in affinities.items()}
    order = tuple(sorted(exact, key=lambda persona: -exact[persona]))
    runner_up = (order[1:] or order)[0]
    first, second = exact[order[0]], exact[runner_up]
    return Resonance(
        key=key,
        scores={persona: score / WHOLE for persona, score in exact.items()},
        order=order,
        primary=order[0],
        secondary=runner_up,
        confidence=(3 * (first - second) + 7 * first) / (10 * WHOLE),
    )


def expected_scores(
    analysis: Analysis, affinities: Mapping[str, Affinity] = CORE_AFFINITIES
) -> dict[str, float]:
    """Return each persona's score averaged over the distributions of `analysis` (0 to 1)."""
    parts = (
        (TONE_WEIGHT, analysis.tone),
        (PACE_WEIGHT, analysis.pace),
        (INTENT_WEIGHT, analysis.intent),
    )
    return {
        persona: sum(
            weight * probability * affinity.hundredths[name]
            for weight, distribution in parts
            for name, probability in distribution.items()
        )
        / WHOLE
        for persona, affinity in affinities.items()
    }
