"""Evidence for tones, paces and intents in one text: its lexicon hits and its shape."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Container, Mapping
from functools import cache
from importlib.resources import files
from math import log1p
from typing import Any

from msgspec import Struct

from sessions.memo import remembered

from .clues import clues
from .features import Features, read_features, without_code
from .learned import lean
from .lexicon import Entry, Hit, Lexicon, Negation, graded, normalise

__all__ = ["Evidence", "find", "gather", "read"]

GROUPS = ("tone", "pace", "intent")
SOURCES = ("en.toml", "ko.toml", "marks.toml")
# The same phrase counts twice at most: insisting is heard, repetition does not drown the rest.
REPEATS = 2
# Beyond this many words stray hits say less about the whole.
FULL_WEIGHT_WORDS = 40
NEGATED = -0.5
RELIEF = 0.6
UNEASY = frozenset({"tone/frustrated", "tone/anxious", "tone/urgent", "tone/confused"})


class Evidence(Struct, frozen=True, kw_only=True):
    """Scores (0 and more) by label, for example "tone/anxious", and learned log-odds by label."""

    by_label: dict[str, float]
    lean: dict[str, float]

    def scores(self, group: str) -> dict[str, float]:
        """Return the scores of one group by bare name."""
        return {
            label.partition("/")[2]: score
            for label, score in self.by_label.items()
            if label.startswith(f"{group}/")
        }


@remembered(most=4096)
def gather(text: str) -> Evidence:
    """Return what speaks for each tone, pace and intent in `text`."""
    scores, named = read(text)
    return Evidence(by_label=scores, lean=lean(named))


def read(text: str, *, ignored: Container[Entry] = ()) -> tuple[dict[str, float], dict[str, float]]:
    """Return the positive scores by label and the clues of `text`, some phrases left out."""
    prose = without_code(text)
    features = read_features(text, prose)
    scores: defaultdict[str, float] = defaultdict(float)
    scale = min(1.0, (FULL_WEIGHT_WORDS / max(1, features.words)) ** 0.5)
    seen: Counter[Entry] = Counter()
    relief = 0.0
    for hit in find(prose):
        seen[hit.entry] += 1
        if seen[hit.entry] <= REPEATS and hit.entry not in ignored:
            relief += _weigh(scores, hit, scale)
    # a worry denied calms as far as no other is told: "I'm not worried, I'm furious"
    scores["tone/calm"] += max(0.0, relief - sum(max(0.0, scores[label]) for label in UNEASY))
    for label, weight in (_shape(features) | _unburdening(features, scores)).items():
        scores[label] += weight
    positive = {label: score for label, score in scores.items() if score > 0.0}
    heard = {f"l:{label}": log1p(score) for label, score in positive.items()}
    return positive, clues(prose, features) | heard


def find(prose: str) -> list[Hit]:
    """Return the phrases of the packaged lexicons in `prose`."""
    return _lexicon().find(normalise(prose))


def _weigh(scores: defaultdict[str, float], hit: Hit, scale: float) -> float:
    """Add what `hit` says to the scores and return the relief that a denied worry is."""
    weight = hit.entry.weight * scale
    scores[hit.entry.label] += NEGATED * weight if hit.negated else weight
    return RELIEF * weight if hit.negated and hit.entry.label in UNEASY else 0.0


def _unburdening(features: Features, scores: Mapping[str, float]) -> dict[str, float]:
    """Who tells of a worry without asking wants to be heard rather than taught."""
    burden = min(2.0, scores.get("tone/anxious", 0.0) + scores.get("tone/frustrated", 0.0))
    asked = any(score > 0.0 for label, score in scores.items() if label.startswith("intent/"))
    if features.questions or features.code or asked:
        return {}
    return {"intent/reflection": 0.5 * burden, "intent/seek_advice": 0.4 * burden}


def _shape(features: Features) -> dict[str, float]:
    return _tone_shape(features) | _pace_shape(features) | _intent_shape(features)


def _tone_shape(features: Features) -> dict[str, float]:
    shouting = features.loud if features.loud >= 0.4 else 0.0
    return {
        "tone/urgent": 1.2 * shouting + 0.3 * min(3, features.exclamations),
        "tone/frustrated": 1.6 * shouting,
        "tone/playful": 0.2 * min(3, features.exclamations) + 0.2 * min(3, features.stretched),
        "tone/analytical": 1.2 * features.code,
    }


def _intent_shape(features: Features) -> dict[str, float]:
    telling = features.words >= 40 and not features.questions
    return {"intent/problem_solving": 1.2 * features.code, "intent/reflection": 0.6 * telling}


def _pace_shape(features: Features) -> dict[str, float]:
    """Short loud pieces burst, long linked ones flow, long sentences ponder."""
    brief = features.sentence_words
    pieces = features.sentences >= 3 and brief <= 4
    return {
        "pace/burst": 0.3 * min(3, features.exclamations)
        + 0.8 * (features.loud >= 0.4)
        + 0.3 * min(2, features.stretched)
        + 1.4 * pieces
        + 0.3 * (features.words <= 3),
        "pace/medium": 0.6 * (4 <= features.words <= 40 and not pieces),
        "pace/flowing": 1.2 * (features.words > 45) + 0.6 * (features.sentences >= 5 and brief > 6),
        "pace/contemplative": 1.4 * (features.words > 25 and brief > 24) + 0.5 * (brief > 17),
    }


@cache
def _lexicon() -> Lexicon:
    """Return the index over the packaged lexicons; it never changes."""
    entries: list[Entry] = []
    negation: dict[str, Any] = {}
    for name in SOURCES:
        table = tomllib.loads(
            files(__package__).joinpath("lexicons", name).read_text(encoding="utf-8")
        )
        negation |= table.get("negation", {})
        for group in GROUPS:
            entries += graded(table.get(group, {}), group)
    words = {name: frozenset(values) for name, values in negation.items()}
    return Lexicon(entries, negation=Negation(**words))
