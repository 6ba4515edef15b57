"""One turn: check for risk, analyse, route, prompt, stream; then the answer, durable and done."""

import asyncio
from functools import partial

import structlog
from msgspec import Struct, structs

from schemas.frames import (
    Delta,
    Notice,
    Routed,
    Safety,
    TurnDone,
    TurnFailed,
    TurnRestarted,
    TurnStarted,
)
from schemas.resources import FinishReason, HelpLine, Usage
from sessions.archive import (
    AnswerDocument,
    Opening,
    RoutingDocument,
    SessionDocument,
    TurnDocument,
    TurnState,
)
from sessions.clock import Clock
from sessions.coalesce import Coalescer, Pace, Ticks
from sessions.context import load_conversation, user_text
from sessions.control import Control
from sessions.conversation import Conversation, Remembered
from sessions.embedding import Embedder, Vector, meaning_of
from sessions.errors import Conflict, InternalFault, IonError, StoreUnavailable
from sessions.ids import answer_id
from sessions.lane import Lane
from sessions.llm.provider import Chunk, Prompt, Provider
from sessions.log import Writer
from sessions.memory.memory import Asking, Memory
from sessions.personas.analysis import Analysis, analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts import build_prompt
from sessions.personas.prompts.budget import Budgets
from sessions.personas.prompts.known import known_of
from sessions.personas.recommend import Recommendation, recommend
from sessions.personas.resonance import ResonanceKey, parse_key, resonate
from sessions.profiles.choosing import Weighed, choose
from sessions.profiles.documents import Chosen
from sessions.profiles.insight import STRANGER, Insight
from sessions.profiles.learner import Learner
from sessions.profiles.policy import leaning
from sessions.profiles.situation import situation_of
from sessions.pump import Pump, Recalled
from sessions.reach import UNREAD_FOR, Nobody, Reach
from sessions.route import by_key, keyed
from sessions.safety.classify import Risk, check
from sessions.safety.policy import first_notice, respond
from sessions.stores.documents import Documents
from sessions.tokens import estimate_tokens
from sessions.turn_store import TurnStore

__all__ = ["MAX_ATTEMPTS", "TurnEngine"]

MAX_ATTEMPTS = 2
# more at once would only make each other, and every message that comes in, wait
_BEGINNING = 4
_LONG_CHARS = 1_000
_OPENING = "check_in"
log = structlog.get_logger(__name__)


class _Answer(Struct, kw_only=True):
    finish_reason: FinishReason = "stop"
    usage: Usage | None = None
    model: str = ""
    resources: tuple[HelpLine, ...] = ()
    memories_used: tuple[str, ...] = ()


class _Prepared(Struct, frozen=True, kw_only=True):
    prompt: Prompt
    memories_used: tuple[str, ...]


class _Heard(Struct, frozen=True, kw_only=True):
    risk: Risk | None
    analysis: Analysis
    recommendation: Recommendation
    chosen: Chosen | None


class TurnEngine:
    """Answers turns; every step that must survive is one write of the turn's document.

    `coalesce_ms` is how long later deltas wait for each other in a process that has time, `save_s`
    how long a store that refuses writes is tried again before the turn is left to the next attempt.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        provider: Provider,
        catalogue: Catalogue,
        learner: Learner,
        clock: Clock,
        embedder: Embedder | None = None,
        memory: Memory | None = None,
        budgets: Budgets = Budgets(),  # noqa: B008 - a frozen value
        lane: Lane | None = None,
        reach: Reach | None = None,
        coalesce_ms: float = 25,
        save_s: float = 60,
    ) -> None:
        self._lane = lane or Lane()
        self._reach = reach or Nobody()
        self._documents = documents
        self._provider = provider
        self._catalogue = catalogue
        self._learner = learner
        self._clock = clock
        self._embedder = embedder
        self._memory = memory
        self._budgets = budgets
        self._ticks = Ticks(Pace(coalesce_ms))
        self._turns = TurnStore(documents, clock, save_s=save_s)
        self._beginning = asyncio.Semaphore(_BEGINNING)

    def warm_up(self) -> None:
        """Make ready what is made once, so that nobody's first words wait for it."""
        check("hello")
        self._hear("hello", Conversation(session_id=""), None, STRANGER, None, None, turn_id="")

    async def answer(
        self, session: SessionDocument, writer: Writer, control: Control
    ) -> TurnDocument:
        """Run the turn to its end and return it as stored.

        It begins anew when a message joined it before its first delta. Raises Conflict when another
        process took it over or it was deleted, StoreUnavailable.
        """
        attempt = control.turn.attempt + 1
        while True:
            try:
                return await self._attempt(session, writer, control, attempt)
            except (Conflict, Recalled):
                await self._renew(control)

    async def _begin(self, control: Control, attempt: int) -> None:
        """Have it stored that an attempt runs; raises Conflict, StoreUnavailable."""
        if control.turn.attempt < attempt:
            control.turn = await self._turns.replace(control.turn, state="running", attempt=attempt)

    async def hand_over(self, control: Control) -> None:
        """Note that another process is to go on, so that this attempt is no loss.

        Raises Conflict, StoreUnavailable.
        """
        turn = control.turn
        newest_attempt = turn.attempt + 1
        while True:
            try:
                control.turn = await self._turns.replace(turn, handed_over=turn.handed_over + 1)
            except Conflict:
                # a write that was cut off is carried out all the same, and messages may join
                stored = await self._turns.get(turn.id)
                if stored is None or not stored.open or stored.attempt > newest_attempt:
                    raise
                turn = stored
            else:
                return

    async def _renew(self, control: Control) -> None:
        """Take in messages that joined; raises Conflict when the change was another one."""
        turn, control.stop.recalled = control.turn, False
        stored = await self._turns.get(turn.id)
        ours = stored is not None and stored.open and stored.attempt == turn.attempt
        if stored is None or not ours or stored.state == "streaming":
            raise Conflict("the turn was taken over or deleted")
        control.renew(stored)

    async def _attempt(
        self, session: SessionDocument, writer: Writer, control: Control, attempt: int
    ) -> TurnDocument:
        if attempt - control.turn.handed_over > MAX_ATTEMPTS:
            await self._begin(control, attempt)
            lost = InternalFault("the answer was lost twice")
            return await self._failed(control, writer, lost)
        try:
            answer = await self._answered(session, writer, control, attempt)
        except (Conflict, StoreUnavailable, Recalled):
            raise
        except IonError as error:
            return await self._failed(control, writer, error)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the turn must end
            log.error("turn_crashed", turn_id=control.turn.id, error=type(error).__name__)
            return await self._failed(control, writer, InternalFault())
        return await self._done(control.turn, writer, answer, to_tell=control.to_tell)

    async def _answered(
        self, session: SessionDocument, writer: Writer, control: Control, attempt: int
    ) -> _Answer:
        async with self._beginning:
            prepared = await self._prepared(session, writer, control, attempt)
        if isinstance(prepared, _Answer):
            return prepared
        answer = await self._stream(prepared.prompt, writer, control)
        answer.memories_used = prepared.memories_used
        return answer

    async def _prepared(
        self, session: SessionDocument, writer: Writer, control: Control, attempt: int
    ) -> "_Answer | _Prepared":
        """Return what to ask the model, or the answer where there is nothing to ask."""
        turn = control.turn
        _, conversation, insight, control.to_tell = await asyncio.gather(
            self._begin(control, attempt),
            self._turns.insist(lambda: load_conversation(self._documents, session, turn)),
            self._learner.known(turn.user_id),
            self._is_to_tell(session),
        )
        turn = control.turn
        control.summary, control.profile = conversation.summary, insight.profile
        if turn.opening is not None:
            return self._open(turn.opening, control, conversation, session, writer)
        text = user_text(turn)
        long = len(text) > _LONG_CHARS
        pinned = turn.persona or session.persona or insight.persona
        checked = partial(check, text, previous=_previous(conversation))
        risk = await self._lane.run(checked, apart=long)
        vector = await meaning_of(text, self._embedder) if risk is None else None
        hear = partial(
            self._hear,
            text,
            conversation,
            pinned,
            insight,
            risk,
            vector,
            turn_id=turn.id,
            key=parse_key(turn.key) if turn.key else None,
        )
        heard = await self._lane.run(hear, apart=long)
        control.chosen = heard.chosen
        turn = control.turn = structs.replace(turn, routing=_routing(heard))
        self._announce(control, conversation, session, writer, heard.analysis.language)
        if heard.risk is not None:
            return self._respond(heard.risk, turn, conversation, writer, heard)
        known = known_of(
            await self._remembered(session, conversation, heard, text, vector),
            insight.preferences(),
            language=heard.analysis.language,
            names=self._catalogue.names(heard.analysis.language),
            budgets=self._budgets,
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
        prompt = await self._lane.run(build, apart=long or corrected)
        used = tuple(dict.fromkeys(each.id for each in known.remembered))
        return _Prepared(prompt=prompt, memories_used=used)

    async def _is_to_tell(self, session: SessionDocument) -> bool:
        """Tell whether the answer may have to be told; whoever tells it decides anew."""
        if session.private:
            return False
        try:
            return await self._reach.reachable(session.user_id)
        except Exception as error:  # noqa: BLE001 - no answer is lost for want of a device
            log.warning("reach_unknown", session_id=session.id, error=type(error).__name__)
            return True

    def _open(
        self,
        opening: Opening,
        control: Control,
        conversation: Conversation,
        session: SessionDocument,
        writer: Writer,
    ) -> _Answer:
        """Say what was to be said first; no model is asked, and nothing is spent."""
        turn = control.turn = structs.replace(control.turn, routing=_routing_of(opening))
        self._announce(control, conversation, session, writer, opening.language)
        writer.write(Delta, turn_id=turn.id, message_id=answer_id(turn.id), text=opening.text)
        nothing = Usage(prompt_tokens=0, completion_tokens=0)
        return _Answer(usage=nothing, model=_OPENING, memories_used=opening.memories)

    async def _remembered(
        self,
        session: SessionDocument,
        conversation: Conversation,
        heard: _Heard,
        text: str,
        vector: Vector | None,
    ) -> tuple[Remembered, ...]:
        """Return what memory brings back; a private session neither makes nor uses any."""
        if self._memory is None or session.private:
            return ()
        asking = Asking(
            text=text,
            user_id=session.user_id,
            session_id=session.id,
            persona=heard.recommendation.persona,
            zone=session.timezone,
            vector=vector,
            shown={each.turn_id for each in conversation.recent},
            whole=conversation.count <= len(conversation.recent),
        )
        return await self._memory.before(asking)

    def _hear(
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
    ) -> _Heard:
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
        return _Heard(risk=risk, analysis=analysis, recommendation=recommendation, chosen=chosen)

    async def end_unanswered(self, writer: Writer, control: Control) -> TurnDocument:
        """Stop a turn that has not begun; raises Conflict, StoreUnavailable."""
        while True:
            self._start(control, writer)
            try:
                return await self._done(control.turn, writer, _Answer(finish_reason="stopped"))
            except Conflict:
                await self._renew(control)

    def notice_for(self, turn: TurnDocument) -> str:
        """Return what a session whose first turn this is says of who answers."""
        return first_notice(turn.routing.language, self._provider.name) if turn.routing else ""

    def _announce(
        self,
        control: Control,
        conversation: Conversation,
        session: SessionDocument,
        writer: Writer,
        language: str,
    ) -> None:
        turn = control.turn
        if conversation.count == 0 and not session.notice:
            writer.write(Notice, code="ai", text=first_notice(language, self._provider.name))
        self._start(control, writer)
        if turn.attempt > 1:
            writer.write(TurnRestarted, turn_id=turn.id, attempt=turn.attempt)
        if (routing := turn.routing) is not None:
            writer.write(
                Routed,
                turn_id=turn.id,
                persona=routing.persona,
                choices=routing.choices,
                resonance_key=routing.resonance_key,
                resonance_confidence=routing.resonance_confidence,
                override=routing.override,
            )

    def _start(self, control: Control, writer: Writer) -> None:
        turn = control.turn
        ids = tuple(message.id for message in turn.messages)
        running = writer.tail.running
        if (running.turn_id, running.message_ids) != (turn.id, ids):
            writer.write(
                TurnStarted,
                turn_id=turn.id,
                message_ids=ids,
                attempt=max(turn.attempt, 1),
                supersedes=turn.supersedes,
            )
            control.started()

    def _respond(
        self,
        risk: Risk,
        turn: TurnDocument,
        conversation: Conversation,
        writer: Writer,
        heard: _Heard,
    ) -> _Answer:
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
        return _Answer(finish_reason="safety", model="safety", resources=answer.resources)

    async def _stream(self, prompt: Prompt, writer: Writer, control: Control) -> _Answer:
        turn_id = control.turn.id
        message_id = answer_id(turn_id)

        def emit(text: str) -> None:
            writer.write(Delta, turn_id=turn_id, message_id=message_id, text=text)

        answer = _Answer(model=self._provider.name)
        coalescer = Coalescer(emit, self._ticks)
        pump = Pump(self._provider.stream(prompt), coalescer, control, self._turns)
        await pump.run(lambda chunk: _note(answer, chunk))
        if control.stop.requested:
            answer.finish_reason = "stopped"
        if answer.usage is None:
            answer.usage = Usage(
                prompt_tokens=sum(estimate_tokens(each.content) for each in prompt.messages),
                completion_tokens=estimate_tokens(writer.tail.running.text),
            )
        return answer

    async def _done(
        self, turn: TurnDocument, writer: Writer, answer: _Answer, *, to_tell: bool = False
    ) -> TurnDocument:
        running = writer.tail.running
        text = running.text if running.turn_id == turn.id else ""
        stored = AnswerDocument(
            message_id=answer_id(turn.id),
            text=text,
            persona=turn.routing.persona if turn.routing else "",
            finish_reason=answer.finish_reason,
            usage=answer.usage or Usage(prompt_tokens=0, completion_tokens=estimate_tokens(text)),
            model=answer.model,
            created_at=self._clock.now(),
            resources=answer.resources,
            memories_used=answer.memories_used,
        )
        state: TurnState = "stopped" if answer.finish_reason == "stopped" else "done"
        turn = structs.replace(turn, state=state, open=False, answer=stored)
        if to_tell and state == "done" and text:
            turn = structs.replace(turn, push="pending", push_at=stored.created_at + UNREAD_FOR)
        turn = await self._turns.replace(turn)
        writer.write(
            TurnDone,
            turn_id=turn.id,
            message_id=stored.message_id,
            persona=stored.persona,
            text=text,
            finish_reason=stored.finish_reason,
            usage=stored.usage,
            model=stored.model,
            memories_used=stored.memories_used,
        )
        return turn

    async def _failed(self, control: Control, writer: Writer, error: IonError) -> TurnDocument:
        self._start(control, writer)
        turn = await self._turns.replace(
            control.turn, state="failed", open=False, failure=str(error.code)
        )
        log.warning("turn_failed", turn_id=turn.id, code=str(error.code), attempt=turn.attempt)
        writer.write(
            TurnFailed,
            turn_id=turn.id,
            code=str(error.code),
            message=error.message,
            retryable=error.retryable,
        )
        return turn


def _previous(conversation: Conversation) -> tuple[str, ...]:
    return tuple(each.user_text[-_LONG_CHARS:] for each in conversation.recent[-3:])


def _routing(heard: _Heard) -> RoutingDocument:
    recommendation = heard.recommendation
    return RoutingDocument(
        persona=recommendation.persona,
        choices=recommendation.choices,
        resonance_key=recommendation.resonance_key,
        resonance_confidence=recommendation.resonance_confidence,
        override=recommendation.override,
        language=heard.analysis.language,
    )


def _routing_of(opening: Opening) -> RoutingDocument:
    return RoutingDocument(
        persona=opening.persona,
        choices=(),
        resonance_key="",
        resonance_confidence=0,
        override=False,
        language=opening.language,
    )


def _note(answer: _Answer, chunk: Chunk) -> None:
    if chunk.finish_reason is not None:
        answer.finish_reason = chunk.finish_reason
    if chunk.usage is not None:
        answer.usage = chunk.usage
    if chunk.model is not None:
        answer.model = chunk.model
