"""What a message sounds like: tone, pace, intent and language, each with a probability."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Literal, get_args

from msgspec import Struct

from .evidence import Evidence, gather
from .features import without_code
from .heads import lean_of_vector
from .language import choose_language
from .routing.model import Vector

__all__ = [
    "INTENTS",
    "PACES",
    "TONES",
    "Analysis",
    "Intent",
    "Pace",
    "Tone",
    "analyse",
    "distribution",
]

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

TONES: tuple[Tone, ...] = get_args(Tone)
PACES: tuple[Pace, ...] = get_args(Pace)
INTENTS: tuple[Intent, ...] = get_args(Intent)

# Without evidence a message is calm, medium and wants to learn, as an unknown resonance key is.
BASE: Mapping[str, float] = {"calm": 2.4, "medium": 2.5, "learning": 1.3}
SHARPNESS = 2.0
REMEMBERED = 3
CARRY = 0.5


class Analysis(Struct, frozen=True, kw_only=True):
    """Distributions over the three vocabularies (each sums to 1) and the language.

    The language is `en`, `ko`, or another ISO 639-1 code.
    """

    tone: dict[str, float]
    pace: dict[str, float]
    intent: dict[str, float]
    language: str


def analyse(
    text: str, *, previous: Sequence[str] = (), usual: str = "", vector: Vector | None = None
) -> Analysis:
    """Return the distributions of `text`; `previous` are the user's earlier texts, oldest first.

    `usual` is the user's language or locale, for texts that name none. `vector` is the text's, from
    the encoder that the heads were trained with.

    Earlier texts count for half each step back, and the less the more `text` says by itself.
    Time is linear in the characters of `text` and the last three of `previous`.
    """
    own = gather(text)
    earlier = [gather(before) for before in reversed(previous[-REMEMBERED:])]
    lean = _sum(own.lean, lean_of_vector(vector))
    return Analysis(
        tone=distribution("tone", TONES, _remembering("tone", own, earlier), lean),
        pace=distribution("pace", PACES, own.scores("pace"), lean),
        intent=distribution("intent", INTENTS, _remembering("intent", own, earlier), lean),
        language=_language(text, previous, usual),
    )


def _sum(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {label: first.get(label, 0.0) + second.get(label, 0.0) for label in {**first, **second}}


def _language(text: str, previous: Sequence[str], usual: str) -> str:
    earlier = (without_code(before) for before in reversed(previous[-REMEMBERED:]))
    return choose_language(without_code(text), earlier, usual=usual)


def _remembering(group: str, own: Evidence, earlier: Sequence[Evidence]) -> dict[str, float]:
    scores = own.scores(group)
    weight = CARRY / (1.0 + sum(scores.values()))
    for before in earlier:
        for name, score in before.scores(group).items():
            scores[name] = scores.get(name, 0.0) + weight * score
        weight *= CARRY
    return scores


def distribution(
    group: str, names: Sequence[str], scores: Mapping[str, float], lean: Mapping[str, float]
) -> dict[str, float]:
    """Return p(name) proportional to base x (1 + score) ^ sharpness x e ^ lean."""
    raw = {
        name: BASE.get(name, 1.0)
        * (1.0 + scores.get(name, 0.0)) ** SHARPNESS
        * exp(lean.get(f"{group}/{name}", 0.0))
        for name in names
    }
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}
