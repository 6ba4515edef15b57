"""The last word on who answers: the recommended, or now and then another by chance."""

from collections.abc import Mapping

from msgspec import Struct, structs

from schemas.resources import Choice
from sessions.personas.catalogue import Catalogue
from sessions.personas.recommend import Recommendation

from .documents import Chosen
from .insight import Insight
from .policy import draw, propensities
from .situation import Situation

__all__ = ["Weighed", "choose"]

HEAVY = 0.3
_CLOSE = {
    "en": "Close to the best match; {name} gets a turn now and then.",
    "ko": "{name}도 거의 비슷하게 잘 맞아서, 가끔은 이렇게 만나 보실 수 있어요.",
}
_RARE = {
    "en": "Another view for once; {name} gets a turn very rarely.",
    "ko": "{name}의 이야기도 아주 가끔은 이렇게 들어 보실 수 있어요.",
}


class Weighed(Struct, frozen=True, kw_only=True):
    """What was learned for a message: pulls, and the leaning made from them."""

    situation: Situation
    pulls: Mapping[str, float]
    leaning: Mapping[str, float]


def choose(
    recommendation: Recommendation,
    weighed: Weighed,
    known: Insight,
    catalogue: Catalogue,
    *,
    turn_id: str,
    language: str,
    first: bool,
) -> tuple[Recommendation, Chosen]:
    """Return who answers, and how that was chosen.

    The user's own choice stands. Chance has a say at the `first` turn of a session only, as nobody
    is to be replaced in the middle of a talk without a reason in it; and none in a user's first
    turns nor when the message sounds frustrated or anxious. Turns with a risk in them must not
    come here.
    """
    probabilities = recommendation.chances
    explorable = (
        first
        and known.acquainted
        and not recommendation.override
        and weighed.situation.moods["heavy"] < HEAVY
    )
    if recommendation.override:
        chances = {one: float(one == recommendation.persona) for one in probabilities}
    else:
        chances = propensities(known.policy, probabilities, explorable=explorable)
    persona = recommendation.persona
    if not recommendation.override:
        persona = draw(chances, turn_id)
    chosen = Chosen(
        persona=persona,
        intent=weighed.situation.intent,
        mood=weighed.situation.mood,
        probabilities=probabilities,
        leaning=dict(weighed.leaning),
        pulls=dict(weighed.pulls),
        propensities=chances,
        policy=known.policy.name,
        pinned=recommendation.override,
        explorable=explorable,
    )
    if persona == recommendation.persona:
        return recommendation, chosen
    close = probabilities[persona] >= known.policy.negligible
    said = (_CLOSE if close else _RARE)["ko" if language == "ko" else "en"]
    return _given_a_turn(recommendation, persona, catalogue, language, said), chosen


def _given_a_turn(
    recommendation: Recommendation, persona: str, catalogue: Catalogue, language: str, said: str
) -> Recommendation:
    name = catalogue.get(persona).name("ko" if language == "ko" else "en")
    reason = said.format(name=name)
    first = Choice(persona=persona, probability=recommendation.chances[persona], reason=reason)
    others = [each for each in recommendation.choices if each.persona != persona]
    choices = (first, *others)[: len(recommendation.choices)]
    return structs.replace(recommendation, persona=persona, choices=choices)
