"""From a turn's document to what the model is asked, or to an answer that needs no model."""

import asyncio
from functools import partial

import structlog
from msgspec import Struct, structs

from schemas.frames import Delta, Safety
from schemas.resources import Usage
from sessions.announcing import announce
from sessions.answer import Answer
from sessions.archive import Opening, RoutingDocument, SessionDocument, TurnDocument
from sessions.context import load_conversation, user_text
from sessions.control import Control
from sessions.conversation import Conversation
from sessions.errors import StoreError
from sessions.hearing import LONG_CHARS, Heard, Hearing
from sessions.ids import answer_id
from sessions.lane import Lane
from sessions.llm.provider import Promises, Prompt
from sessions.log import Writer
from sessions.memory.dates import names_day
from sessions.memory.memory import Asking, Brought, Memory
from sessions.memory.sensitivity import is_sensitive
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts import build_prompt
from sessions.personas.prompts.budget import Budgets
from sessions.personas.prompts.known import known_of
from sessions.personas.resonance import parse_key
from sessions.profiles.insight import Insight
from sessions.profiles.learner import Learner
from sessions.reach import Reach
from sessions.safety.classify import Risk
from sessions.safety.policy import respond
from sessions.stores.documents import Documents
from sessions.turn_store import TurnStore

__all__ = ["Beginning", "Prepared"]

log = structlog.get_logger(__name__)


class Prepared(Struct, frozen=True, kw_only=True):
    """What to ask the model, and the memories that stand in it."""

    prompt: Prompt
    memories_used: tuple[str, ...]


class Beginning:
    """Begins attempts: has them stored, hears the message, tells readers, and builds the prompt.

    `provider` is the name under which readers are told what answers.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        turns: TurnStore,
        provider: str,
        catalogue: Catalogue,
        hearing: Hearing,
        learner: Learner,
        memory: Memory | None,
        budgets: Budgets,
        lane: Lane,
        reach: Reach,
    ) -> None:
        self._documents = documents
        self._turns = turns
        self._provider = provider
        self._catalogue = catalogue
        self._hearing = hearing
        self._learner = learner
        self._memory = memory
        self._budgets = budgets
        self._lane = lane
        self._reach = reach

    async def prepare(
        self, session: SessionDocument, writer: Writer, control: Control, attempt: int
    ) -> Answer | Prepared:
        """Return what to ask the model, or the answer where there is nothing to ask.

        Raises Conflict when the turn was changed meanwhile, StoreUnavailable.
        """
        turn = control.turn
        _, conversation, insight, control.to_tell = await asyncio.gather(
            self.note(control, attempt),
            self._turns.insist(lambda: load_conversation(self._documents, session, turn)),
            self._learner.known(turn.user_id),
            self._is_to_tell(session),
        )
        turn = control.turn
        control.summary, control.profile = conversation.summary, insight.profile
        if turn.opening is not None:
            return self._open(turn.opening, control, conversation, session, writer)
        text = user_text(turn)
        heard = await self._hearing.hear(
            text,
            conversation,
            insight,
            turn_id=turn.id,
            pinned=turn.persona or session.persona or insight.persona,
            key=parse_key(turn.key) if turn.key else None,
        )
        control.chosen = heard.chosen
        turn = control.turn = structs.replace(control.turn, routing=heard.routing)
        self._announce(control, conversation, session, writer, heard.analysis.language)
        if heard.risk is not None:
            return self._respond(heard.risk, turn, conversation, writer, heard)
        return await self._built(text, session, conversation, heard, insight)

    async def note(self, control: Control, attempt: int) -> None:
        """Have it stored that an attempt runs; raises Conflict, StoreUnavailable."""
        if control.turn.attempt < attempt:
            control.turn = await self._turns.replace(control.turn, state="running", attempt=attempt)

    async def _is_to_tell(self, session: SessionDocument) -> bool:
        """Tell whether the answer may have to be told; whoever tells it decides anew."""
        if session.private:
            return False
        try:
            return await self._reach.reachable(session.user_id)
        except Exception as error:  # noqa: BLE001 - no answer is lost for want of a device
            log.warning("reach_unknown", session_id=session.id, error=type(error).__name__)
            return True

    def _announce(
        self,
        control: Control,
        conversation: Conversation,
        session: SessionDocument,
        writer: Writer,
        language: str,
    ) -> None:
        announce(control, conversation, session, writer, language=language, provider=self._provider)

    def _open(
        self,
        opening: Opening,
        control: Control,
        conversation: Conversation,
        session: SessionDocument,
        writer: Writer,
    ) -> Answer:
        """Say what was to be said first; no model is asked, and nothing is spent."""
        turn = control.turn = structs.replace(control.turn, routing=_routing_of(opening))
        self._announce(control, conversation, session, writer, opening.language)
        writer.write(Delta, turn_id=turn.id, message_id=answer_id(turn.id), text=opening.text)
        nothing = Usage(prompt_tokens=0, completion_tokens=0)
        return Answer(usage=nothing, model=opening.kind, memories_used=opening.memories)

    def _respond(
        self,
        risk: Risk,
        turn: TurnDocument,
        conversation: Conversation,
        writer: Writer,
        heard: Heard,
    ) -> Answer:
        """Say what is said to somebody at risk, before any model."""
        persona = self._catalogue.get(heard.recommendation.persona)
        language = heard.analysis.language
        answer = respond(
            risk,
            language=language,
            locale=conversation.locale,
            timezone=conversation.timezone,
            persona_name=persona.name(language),
            turn_number=turn.number,
        )
        writer.write(Safety, turn_id=turn.id, category=answer.category, resources=answer.resources)
        writer.write(Delta, turn_id=turn.id, message_id=answer_id(turn.id), text=answer.text)
        return Answer(finish_reason="safety", model="safety", resources=answer.resources)

    async def _built(
        self,
        text: str,
        session: SessionDocument,
        conversation: Conversation,
        heard: Heard,
        insight: Insight,
    ) -> Prepared:
        language = heard.analysis.language
        brought, promises = await asyncio.gather(
            self._remembered(session, conversation, heard, text),
            self._promises(session, text),
        )
        known = known_of(
            brought.memories,
            insight.preferences(),
            language=language,
            names=self._catalogue.names(language),
            budgets=self._budgets,
            promises=promises,
            whole=brought.whole,
            kept_by=brought.kept_by,
        )
        build = partial(
            build_prompt,
            text,
            heard.analysis,
            heard.recommendation,
            conversation,
            self._catalogue,
            known=known,
            budgets=self._budgets,
        )
        # what was corrected is looked for in the whole conversation
        corrected = any(each.corrected for each in known.remembered)
        prompt = await self._lane.run(build, apart=len(text) > LONG_CHARS or corrected)
        used = tuple(dict.fromkeys(each.id for each in known.remembered))
        return Prepared(prompt=prompt, memories_used=used)

    async def _remembered(
        self, session: SessionDocument, conversation: Conversation, heard: Heard, text: str
    ) -> Brought:
        """Return what memory brings back; a private session neither makes nor uses any."""
        if self._memory is None or session.private:
            return Brought()
        asking = Asking(
            text=text,
            user_id=session.user_id,
            session_id=session.id,
            persona=heard.recommendation.persona,
            zone=session.timezone,
            vector=heard.vector,
            shown={each.turn_id for each in conversation.recent},
            whole=conversation.count <= len(conversation.recent),
        )
        return await self._memory.before(asking)

    async def _promises(self, session: SessionDocument, text: str) -> Promises:
        """Return what may be promised of a day that a message names: what would be kept."""
        if self._memory is None or session.private or not names_day(text):
            return "none"
        try:
            if not await self._memory.keeps(session.user_id):
                return "none"
            # nobody is written to first about their health or money
            if is_sensitive(text) or not await self._reach.writes_first(session.user_id):
                return "later"
        except StoreError as error:
            log.warning("consent_unknown", session_id=session.id, code=str(error.code))
            return "none"
        return "day"


def _routing_of(opening: Opening) -> RoutingDocument:
    return RoutingDocument(
        persona=opening.persona,
        choices=(),
        resonance_key="",
        resonance_confidence=0,
        override=False,
        language=opening.language,
    )
