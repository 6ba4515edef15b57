"""One turn: check for risk, analyse, route, prompt, stream; then the answer, durable and done."""

import asyncio

import structlog
from msgspec import structs

from schemas.frames import Delta, TurnDone, TurnFailed
from schemas.resources import Usage
from sessions.announcing import start
from sessions.answer import Answer
from sessions.archive import AnswerDocument, SessionDocument, TurnDocument, TurnState
from sessions.beginning import Beginning
from sessions.clock import Clock
from sessions.coalesce import Coalescer, Pace, Ticks
from sessions.control import Control
from sessions.embedding import Embedder
from sessions.errors import Conflict, InternalFault, IonError, StoreUnavailable
from sessions.hearing import Hearing
from sessions.ids import answer_id
from sessions.lane import Lane
from sessions.llm.provider import Prompt, Provider
from sessions.log import Writer
from sessions.memory.memory import Memory
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts.budget import Budgets
from sessions.profiles.learner import Learner
from sessions.pump import Pump, Recalled
from sessions.reach import UNREAD_FOR, Nobody, Reach
from sessions.safety.policy import first_notice
from sessions.stores.documents import Documents
from sessions.tokens import estimate_tokens
from sessions.turn_store import TurnStore

__all__ = ["MAX_ATTEMPTS", "TurnEngine"]

MAX_ATTEMPTS = 2
# more at once would only make each other, and every message that comes in, wait
_BEGIN_AT_ONCE = 4
log = structlog.get_logger(__name__)


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
        lane = lane or Lane()
        self._provider = provider
        self._clock = clock
        self._ticks = Ticks(Pace(coalesce_ms))
        self._turns = TurnStore(documents, clock, save_s=save_s)
        self._hearing = Hearing(catalogue, lane, embedder)
        self._beginning = Beginning(
            documents=documents,
            turns=self._turns,
            provider=provider.name,
            catalogue=catalogue,
            hearing=self._hearing,
            learner=learner,
            memory=memory,
            budgets=budgets,
            lane=lane,
            reach=reach or Nobody(),
        )
        self._few = asyncio.Semaphore(_BEGIN_AT_ONCE)

    def warm_up(self) -> None:
        """Make ready what is made once, so that nobody's first words wait for it."""
        self._hearing.warm_up()

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
            await self._beginning.note(control, attempt)
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
    ) -> Answer:
        async with self._few:
            prepared = await self._beginning.prepare(session, writer, control, attempt)
        if isinstance(prepared, Answer):
            return prepared
        answer = await self._stream(prepared.prompt, writer, control)
        answer.memories_used = prepared.memories_used
        return answer

    async def end_unanswered(self, writer: Writer, control: Control) -> TurnDocument | None:
        """Stop a turn that has not begun; None when a message has joined it meanwhile.

        Raises Conflict, StoreUnavailable.
        """
        start(control, writer)
        try:
            return await self._done(control.turn, writer, Answer(finish_reason="stopped"))
        except Conflict:
            await self._renew(control)
            return None

    def notice_for(self, turn: TurnDocument) -> str:
        """Return what a session whose first turn this is says of who answers."""
        return first_notice(turn.routing.language, self._provider.name) if turn.routing else ""

    async def _stream(self, prompt: Prompt, writer: Writer, control: Control) -> Answer:
        turn_id = control.turn.id
        message_id = answer_id(turn_id)

        def emit(text: str) -> None:
            writer.write(Delta, turn_id=turn_id, message_id=message_id, text=text)

        answer = Answer(model=self._provider.name)
        coalescer = Coalescer(emit, self._ticks)
        pump = Pump(self._provider.stream(prompt), coalescer, control, self._turns)
        await pump.run(answer.note)
        if control.stop.requested:
            answer.finish_reason = "stopped"
        if answer.usage is None:
            answer.usage = Usage(
                prompt_tokens=sum(estimate_tokens(each.content) for each in prompt.messages),
                completion_tokens=estimate_tokens(writer.tail.running.text),
            )
        return answer

    async def _done(
        self, turn: TurnDocument, writer: Writer, answer: Answer, *, to_tell: bool = False
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
        start(control, writer)
        turn = await self._turns.replace(
            control.turn,
            state="failed",
            open=False,
            failure=str(error.code),
            failed_for_good=not error.retryable,
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
