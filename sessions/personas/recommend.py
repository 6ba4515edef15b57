"""Who should answer: resonance, topic, the trained reader, continuity and what was learned."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from schemas.resources import Choice
from sessions.conversation import Conversation

from .analysis import Analysis
from .catalogue import Catalogue
from .lexicon import GRADES, Hit, normalise
from .persona import Persona
from .reasons import Reasons, Signals, silence
from .resonance import expected_scores, resonate, top_key
from .routing import Blend, Vector, grams

__all__ = ["Recommendation", "Weights", "recommend", "resonances", "topic_strength", "topics"]

SHOWN = 3
LONGEST_STREAK = 3


class Recommendation(Struct, frozen=True, kw_only=True):
    """Who answers; `choices` are the best three with the chance that each fits best.

    `chances` has all personas, in their fixed order. `override` is true when the user chose.
    `resonance_confidence` is no probability.
    """

    persona: str
    choices: tuple[Choice, ...]
    chances: dict[str, float]
    resonance_key: str
    resonance_confidence: float
    override: bool


class Weights(Struct, frozen=True, kw_only=True):
    """What each signal adds to a persona's log-odds.

    `alone` stands in for the weights of the trained model when there is none.
    """

    alone: Blend = Blend(
        words=0.0, words_sure=0.0, meaning=0.0, meaning_sure=0.0, resonance=5.0, topic=2.5
    )
    stay: float = 1.8
    streak: float = 0.25
    addressed: float = 12.0


def recommend(
    text: str,
    analysis: Analysis,
    conversation: Conversation,
    catalogue: Catalogue,
    *,
    chosen: str | None,
    leaning: Mapping[str, float] = MappingProxyType({}),
    vector: Vector | None = None,
    weights: Weights = Weights(),  # noqa: B008 - a frozen value
) -> Recommendation:
    """Recommend who answers `text`.

    `chosen`, the user's own pick, always wins; one that is not in the catalogue counts as none.
    `leaning` has the log-odds learned from the user by persona, scaled by how sure they are.
    `vector` is the text's, from the encoder that the catalogue's model was trained with.
    """
    signals = _signals(text, analysis, conversation, catalogue, leaning, vector, weights)
    chances = _softmax({persona: found.total for persona, found in signals.items()})
    override = chosen is not None and chosen in catalogue
    ranked = sorted(chances, key=lambda one: (override and one != chosen, -chances[one]))
    reasons = Reasons(signals=signals, analysis=analysis, catalogue=catalogue)
    key = top_key(analysis)
    return Recommendation(
        persona=ranked[0],
        choices=tuple(
            Choice(
                persona=one,
                probability=round(chances[one], 4),
                reason=reasons.why(one, chosen=chosen, first=one == ranked[0]),
            )
            for one in ranked[:SHOWN]
        ),
        chances={one: round(chance, 4) for one, chance in chances.items()},
        resonance_key=str(key),
        resonance_confidence=resonate(key, catalogue.affinities).confidence,
        override=override,
    )


def _signals(
    text: str,
    analysis: Analysis,
    conversation: Conversation,
    catalogue: Catalogue,
    leaning: Mapping[str, float],
    vector: Vector | None,
    weights: Weights,
) -> dict[str, Signals]:
    found = topics(text, catalogue)
    stay = _stay(conversation, weights)
    named = {one: _addressed(text, catalogue.get(one)) for one in catalogue.ids}
    # who is called by name is meant, whatever was learned
    learned = {} if any(named.values()) else leaning
    read: Mapping[str, float] = {}
    blend = weights.alone
    # a single word ("hello", "thanks") is too little to read
    if catalogue.model is not None and len(text.split()) > 1:
        read, blend = catalogue.model.read(grams(text), vector)
    return {
        persona: Signals(
            resonance=blend.resonance * score,
            topic=blend.topic * topic_strength(found[persona]),
            read=read.get(persona, 0.0),
            stay=stay.get(persona, 0.0),
            learned=learned.get(persona, 0.0),
            addressed=weights.addressed * named[persona],
            words=_words(found[persona]),
        )
        for persona, score in resonances(analysis, catalogue).items()
    }


def resonances(analysis: Analysis, catalogue: Catalogue) -> dict[str, float]:
    """Return how much better each persona fits than it fits a message that says nothing."""
    silent = _silent(catalogue)
    expected = expected_scores(analysis, catalogue.affinities)
    return {persona: score - silent[persona] for persona, score in expected.items()}


@lru_cache(maxsize=8)
def _silent(catalogue: Catalogue) -> Mapping[str, float]:
    return expected_scores(silence(), catalogue.affinities)


def topics(text: str, catalogue: Catalogue) -> dict[str, list[Hit]]:
    """Return each persona's topical hits, every cue once."""
    found: dict[str, dict[str, Hit]] = {persona: {} for persona in catalogue.ids}
    for hit in catalogue.topics.find(normalise(text)):
        found[hit.entry.label.partition("/")[2]].setdefault(hit.entry.phrase, hit)
    return {persona: list(hits.values()) for persona, hits in found.items()}


def topic_strength(hits: list[Hit]) -> float:
    """Return ln(1 + the weights of `hits`)."""
    return math.log1p(sum(hit.entry.weight for hit in hits))


def _words(hits: list[Hit]) -> tuple[str, ...]:
    return tuple(
        hit.entry.phrase.strip(" ~")
        for hit in hits
        if hit.entry.weight >= GRADES["strong"] and "*" not in hit.entry.phrase
    )


def _stay(conversation: Conversation, weights: Weights) -> dict[str, float]:
    """A switch needs a reason, and the more the longer one persona has been answering."""
    if not conversation.recent:
        return {}
    last = conversation.recent[-1].persona
    streak = 0
    for turn in reversed(conversation.recent[-LONGEST_STREAK:]):
        if turn.persona != last:
            break
        streak += 1
    return {last: weights.stay + weights.streak * (streak - 1)}


def _addressed(text: str, persona: Persona) -> bool:
    """Tell whether the message calls the persona by name: "Nana, ...", "ask Nana", "나나야"."""
    return _called(frozenset(persona.names.values())).search(text[:400]) is not None


@lru_cache(maxsize=256)
def _called(known: frozenset[str]) -> re.Pattern[str]:
    """Return the expression that finds a call by one of these names."""
    names = "|".join(re.escape(name) for name in sorted(known))
    return re.compile(
        rf"(?:^|[.!?]\s+)(?:(?:hi|hey|hello|ok|안녕)[,\s]+)?(?:{names})\s*(?:[,!?:]|$)"
        rf"|\b(?:talk|speak|switch|back)\s+(?:to|with)\s+(?:{names})\b|\bask\s+(?:{names})\b"
        rf"|(?<![가-힣])(?:{names})(?:야|아|님|씨|한테|에게|랑|이랑)(?![가-힣])",
        re.IGNORECASE,
    )


def _softmax(log_odds: Mapping[str, float]) -> dict[str, float]:
    top = max(log_odds.values())
    raw = {name: math.exp(value - top) for name, value in log_odds.items()}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}
