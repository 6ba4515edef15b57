"""Who would answer a text, from the text alone or for a resonance key that the caller names."""

from collections.abc import Sequence

from msgspec import Struct, structs

from sessions.conversation import Conversation
from sessions.embedding import Vector
from sessions.personas.analysis import INTENTS, PACES, TONES, Analysis, analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.recommend import Recommendation, recommend
from sessions.personas.resonance import ResonanceKey, resonate
from sessions.profiles.insight import STRANGER, Insight
from sessions.profiles.policy import leaning
from sessions.profiles.situation import situation_of

__all__ = ["LONG_CHARS", "Route", "by_key", "hear", "keyed", "resonant", "route_of"]

LONG_CHARS = 1_000
NOTHING_SAID = Conversation(session_id="")


class Route(Struct, frozen=True, kw_only=True):
    """Who answers, and who else could; `scores` has all personas, in their fixed order.

    Without a named key the scores are the chances that each fits best, and `confidence` is that
    of the first; with one they are resonance scores, and `confidence` is the resonance confidence.
    """

    persona: str
    secondary: str
    confidence: float
    scores: dict[str, float]
    key: str
    reason: str
    reasons: dict[str, str]


def hear(
    text: str,
    catalogue: Catalogue,
    *,
    conversation: Conversation = NOTHING_SAID,
    key: ResonanceKey | None = None,
    insight: Insight = STRANGER,
    vector: Vector | None = None,
) -> tuple[Analysis, Recommendation]:
    """Return what a text sounds like and who answers it; a named `key` takes the text's place.

    What is known of the user leans towards a persona, and a persona that they have pinned wins.
    `vector` is the text's, from the catalogue's encoder.
    """
    chosen = insight.persona
    previous = tuple(each.user_text[-LONG_CHARS:] for each in conversation.recent[-3:])
    analysis = analyse(text, previous=previous, usual=conversation.usual_language, vector=vector)
    if key is not None:
        analysis = keyed(analysis, key)
        chosen = chosen or resonate(key, catalogue.affinities).primary
    learned = leaning(insight.policy, insight.pulls(situation_of(analysis)))
    recommendation = recommend(
        text, analysis, conversation, catalogue, chosen=chosen, leaning=learned, vector=vector
    )
    return analysis, recommendation


def keyed(analysis: Analysis, key: ResonanceKey) -> Analysis:
    """Return an analysis with a named key in the place of what was heard."""
    return structs.replace(
        analysis,
        tone=_certain(TONES, key.tone),
        pace=_certain(PACES, key.pace),
        intent=_certain(INTENTS, key.intent),
    )


def route_of(
    recommendation: Recommendation, catalogue: Catalogue, *, key: ResonanceKey | None = None
) -> Route:
    """Return a recommendation as a route; `key` is the one that the caller named."""
    if key is not None:
        return resonant(recommendation.persona, key, catalogue)
    first = recommendation.persona
    others = [choice.persona for choice in recommendation.choices if choice.persona != first]
    return Route(
        persona=first,
        secondary=others[0] if others else first,
        confidence=recommendation.chances[first],
        scores=recommendation.chances,
        key=recommendation.resonance_key,
        reason=recommendation.choices[0].reason,
        reasons={choice.persona: choice.reason for choice in recommendation.choices},
    )


def by_key(
    recommendation: Recommendation, key: ResonanceKey, catalogue: Catalogue
) -> Recommendation:
    """Return a recommendation that a client's key made as what it is: no choice of the user's."""
    first, *others = recommendation.choices
    reason = resonant(recommendation.persona, key, catalogue).reason
    choices = (structs.replace(first, reason=reason), *others)
    return structs.replace(recommendation, choices=choices, override=False)


def resonant(persona: str, key: ResonanceKey, catalogue: Catalogue) -> Route:
    """Return the route to a persona for a key that the caller named."""
    found = resonate(key, catalogue.affinities)
    parts = (key.tone, key.pace, key.intent)
    reasons = {
        one: f"{catalogue.get(one).name('en')} resonates {found.scores[one]:.2f} with "
        f"{parts[0]}, {parts[1]} and {parts[2].replace('_', ' ')}"
        for one in found.order
    }
    others = [one for one in found.order if one != persona]
    return Route(
        persona=persona,
        secondary=others[0] if others else persona,
        confidence=found.confidence,
        scores=found.scores,
        key=str(key),
        reason=reasons[persona],
        reasons=reasons,
    )


def _certain(names: Sequence[str], name: str) -> dict[str, float]:
    return {each: float(each == name) for each in names}
