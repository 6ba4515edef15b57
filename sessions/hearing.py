"""What a message says: whether its writer is at risk, how it is meant, and who is to answer."""

from functools import partial

from msgspec import Struct

from sessions.archive import RoutingDocument
from sessions.conversation import Conversation
from sessions.embedding import Embedder, Vector, meaning_of
from sessions.lane import Lane
from sessions.personas.analysis import Analysis, analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.recommend import Recommendation, recommend
from sessions.personas.resonance import ResonanceKey, resonate
from sessions.profiles.choosing import Weighed, choose
from sessions.profiles.documents import Chosen
from sessions.profiles.insight import STRANGER, Insight
from sessions.profiles.policy import leaning
from sessions.profiles.situation import situation_of
from sessions.route import by_key, keyed
from sessions.safety.classify import Risk, check

__all__ = ["LONG_CHARS", "Heard", "Hearing"]

# what is longer is read in a thread
LONG_CHARS = 1_000


class Heard(Struct, frozen=True, kw_only=True):
    """What was heard in a message; `chosen` is None when nothing was: for a message with a risk."""

    risk: Risk | None
    analysis: Analysis
    recommendation: Recommendation
    chosen: Chosen | None
    vector: Vector | None

    @property
    def routing(self) -> RoutingDocument:
        """Return who answers and why, as the turn keeps it."""
        recommendation = self.recommendation
        return RoutingDocument(
            persona=recommendation.persona,
            choices=recommendation.choices,
            resonance_key=recommendation.resonance_key,
            resonance_confidence=recommendation.resonance_confidence,
            override=recommendation.override,
            language=self.analysis.language,
        )


class Hearing:
    """Reads messages, one after the other; without an embedder by their words alone."""

    def __init__(self, catalogue: Catalogue, lane: Lane, embedder: Embedder | None) -> None:
        self._catalogue = catalogue
        self._lane = lane
        self._embedder = embedder

    def warm_up(self) -> None:
        """Make ready what is made once, so that nobody's first words wait for it."""
        check("hello")
        self._read("hello", Conversation(session_id=""), None, STRANGER, None, None, turn_id="")

    async def hear(
        self,
        text: str,
        conversation: Conversation,
        insight: Insight,
        *,
        turn_id: str,
        pinned: str | None = None,
        key: ResonanceKey | None = None,
    ) -> Heard:
        """Read a message after `conversation`.

        `pinned` is the persona that its writer wants, `key` what stands for an analysis when they
        gave one.
        """
        long = len(text) > LONG_CHARS
        checked = partial(check, text, previous=_previous(conversation))
        risk = await self._lane.run(checked, apart=long)
        vector = await meaning_of(text, self._embedder) if risk is None else None
        read = partial(
            self._read,
            text,
            conversation,
            pinned,
            insight,
            risk,
            vector,
            turn_id=turn_id,
            key=key,
        )
        return await self._lane.run(read, apart=long)

    def _read(
        self,
        text: str,
        conversation: Conversation,
        pinned: str | None,
        insight: Insight,
        risk: Risk | None,
        vector: Vector | None,
        *,
        turn_id: str,
        key: ResonanceKey | None = None,
    ) -> Heard:
        previous = _previous(conversation)
        analysis = analyse(
            text, previous=previous, usual=conversation.usual_language, vector=vector
        )
        meant = pinned if pinned is not None and pinned in self._catalogue else None
        if key is not None:
            analysis = keyed(analysis, key)
            meant = meant or resonate(key, self._catalogue.affinities).primary
        situation = situation_of(analysis)
        pulls = insight.pulls(situation)
        learned = leaning(insight.policy, pulls)
        recommendation = recommend(
            text,
            analysis,
            conversation,
            self._catalogue,
            chosen=meant,
            leaning=learned,
            vector=vector,
        )
        chosen: Chosen | None = None
        if risk is None:
            weighed = Weighed(situation=situation, pulls=pulls, leaning=learned)
            recommendation, chosen = choose(
                recommendation,
                weighed,
                insight,
                self._catalogue,
                turn_id=turn_id,
                language=analysis.language,
                first=conversation.count == 0,
            )
        if key is not None and pinned != meant:
            recommendation = by_key(recommendation, key, self._catalogue)
        return Heard(
            risk=risk,
            analysis=analysis,
            recommendation=recommendation,
            chosen=chosen,
            vector=vector,
        )


def _previous(conversation: Conversation) -> tuple[str, ...]:
    return tuple(each.user_text[-LONG_CHARS:] for each in conversation.recent[-3:])
