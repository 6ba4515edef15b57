"""A session's accepted turns, answered one after the other, and the commands that bear on them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import structlog
from msgspec import Struct, structs

from sessions.admission import Admission
from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.arrivals import Arrivals
from sessions.branches import is_shown, was_shown
from sessions.budget import Budget
from sessions.command import Command
from sessions.context import user_text
from sessions.control import Control
from sessions.errors import Conflict, StoreError, StoreUnavailable
from sessions.keeper import Keeper
from sessions.log import Logs, Writer
from sessions.memory.documents import FACTS
from sessions.profiles.learner import Learner
from sessions.stop import Stop
from sessions.stores.documents import Documents
from sessions.tally import answered_after
from sessions.telling import Telling, View
from sessions.turn import TurnEngine
from sessions.urgency import is_urgent
from sessions.waiting import Waiting

__all__ = ["HAND_OVER_S", "Answering", "Chore", "Means"]

log = structlog.get_logger(__name__)
HAND_OVER_S = 3
Chore = Coroutine[Any, Any, None]
R = TypeVar("R")


class Means(Struct, frozen=True, kw_only=True):
    """What a session's turns are answered with, the same for all sessions of a process."""

    documents: Documents
    logs: Logs
    engine: TurnEngine
    keeper: Keeper
    admission: Admission
    budget: Budget
    learner: Learner
    remember: Callable[[TurnDocument, SessionDocument], None]
    view: View


class Answering:
    """The turns of one session in this process, for as long as it owns the session's log.

    `do` runs a chore that must have ended before the lease is given back, `came` is called when a
    turn comes that waits, `begin_epoch` has every reader take a snapshot.
    """

    def __init__(
        self,
        session_id: str,
        means: Means,
        *,
        do: Callable[[Chore, str], None],
        came: Callable[[], None],
        begin_epoch: Callable[[], Awaitable[None]],
    ) -> None:
        self.draining = False
        self._session_id = session_id
        self._means = means
        self._documents = means.documents
        self._do = do
        self._came = came
        self._begin_epoch = begin_epoch
        self._session: SessionDocument | None = None
        self._deleted = False
        self._waiting = Waiting()
        self._arrivals: Arrivals | None = None

    @property
    def waits(self) -> bool:
        """Tell whether a turn waits for its answer."""
        return bool(self._waiting)

    @property
    def deleted(self) -> bool:
        """Tell whether there is no such session (any more)."""
        return self._session is None

    def drain(self) -> None:
        """Begin no more turns."""
        self.draining = True
        self._waiting.hurry()

    async def take_over(self, writer: Writer) -> None:
        """Take in the session and what is still open of it; raises StoreUnavailable."""
        await self._reload()
        still_open = await self._still_open()
        session = self._session
        if session is None:
            for turn in still_open:
                await self._documents.delete(TURNS, turn.id)
            still_open = []
        read_upto = session.read_upto if session is not None else 0
        telling = Telling(writer, self._means.view, read_upto=read_upto)
        arrivals = self._arrivals = Arrivals(telling, self._waiting, came=self._came)
        running = writer.tail.running.turn_id
        if running and all(running != turn.id for turn in still_open):
            # its writer gave the log back, but never told how it ended
            await self._means.logs.begin_epoch(writer, clear=True)
        for turn in still_open:
            arrivals.accept(turn)
        arrivals.gap = False
        arrivals.show_waiting()

    def obey(self, command: Command, turn: TurnDocument | None) -> None:
        """Take in a command, after `take_over`; `turn` is the one that was accepted."""
        arrivals = self._heard()
        match command.kind:
            case "accepted":
                arrivals.hear(command, turn)
                self._hurry_urgent(arrivals)
            case "stop":
                arrivals.stop(command.turn_id, messages=command.number)
            case "typing":
                self._waiting.typing(command.active)
            case "deleted":
                self._forget_session(arrivals)
            case "updated":
                self._do(self._show_update(arrivals), "show update")
            case "branched":
                self._do(self._show_branch(), "show branch")
            case "remembered":
                self._do(self._show_memory(arrivals.telling, command), "show memory")
            case "read":
                self._do(self._show_read(arrivals.telling, command), "show read")
            case "feedback":
                arrivals.telling.rating(command)

    async def answer_all(self) -> None:
        """Answer what waits, until nothing does or a drain begins.

        Raises StoreUnavailable, LogUnavailable, LeaseLost.
        """
        arrivals = self._heard()
        while (first := self._waiting.first) is not None and not self.draining:
            if arrivals.gap:
                # somebody told of a turn, but nobody of one before it
                upto = arrivals.upto
                turns = await self._still_open()
                arrivals.gap = arrivals.upto > upto
                for turn in turns:
                    arrivals.accept(turn)
                continue
            await self._place(arrivals, first)
            arrivals.show_waiting()
            if not arrivals.placed(first):
                continue
            await self._waiting.released(first)
            if self._waiting and not self.draining:
                await self._next_answer(arrivals, first)

    def _heard(self) -> Arrivals:
        if self._arrivals is None:
            raise RuntimeError("nothing was taken over yet")
        return self._arrivals

    async def _still_open(self) -> list[TurnDocument]:
        return await self._documents.find(
            TURNS, "open_in_session", {"session_id": self._session_id, "open": True}
        )

    async def _in_time(self, read: Callable[[], Awaitable[R]]) -> R:
        """Read as soon as the documents can: nobody tells of it a second time."""
        while True:
            try:
                return await read()
            except StoreUnavailable:
                await asyncio.sleep(0.25)

    async def _reload(self) -> None:
        self._keep(await self._documents.get(SESSIONS, self._session_id))

    def _keep(self, session: SessionDocument | None) -> None:
        """Go on from what is stored, unless the session was deleted meanwhile."""
        if not self._deleted:
            self._session = session

    def _forget_session(self, arrivals: Arrivals) -> None:
        self._deleted = True
        self._session = None
        arrivals.clear()

    async def _show_update(self, arrivals: Arrivals) -> None:
        await self._in_time(self._reload)
        if self._session is not None:
            arrivals.telling.session(self._session, running=arrivals.current is not None)

    async def _show_branch(self) -> None:
        """Have every reader take a snapshot: another branch is shown now."""
        await self._in_time(self._reload)
        await self._begin_epoch()

    async def _show_read(self, telling: Telling, command: Command) -> None:
        """Tell how far the user has read, and how many of the answers told so far are left.

        They are counted again while turns begin or end: one is stored before its end is told.
        """
        tail = telling.writer.tail
        marks = -1
        while marks != tail.marks:
            marks = tail.marks
            left = await self._in_time(
                lambda: answered_after(self._documents, self._session_id, command.number)
            )
            session = await self._in_time(lambda: self._documents.get(SESSIONS, self._session_id))
        if session is None or session.read_upto > command.number:
            return  # what came later tells more
        unread = sum(turn.id != tail.running.turn_id for turn in left)
        telling.read(structs.replace(command, unread=unread))

    async def _show_memory(self, telling: Telling, command: Command) -> None:
        fact = await self._documents.get(FACTS, command.memory_id)
        if fact is not None and self._session is not None:
            telling.memory(command, fact, self._session)

    async def _place(self, arrivals: Arrivals, turn: TurnDocument) -> None:
        """Have readers who do not have what a fork takes out of the view take a snapshot."""
        if arrivals.placed(turn):
            return None
        begun = turn.id == arrivals.telling.writer.tail.running.turn_id
        if not begun:
            # who told of it may have tried for long, and others have answered it since
            kept = await self._in_time(lambda: self._documents.get(TURNS, turn.id))
            if kept is None or not kept.open:
                return self._waiting.drop(turn.id)
            if not await self._in_time(lambda: was_shown(self._documents, turn)):
                await self._show_branch()
        return arrivals.place(turn)

    async def _next_answer(self, arrivals: Arrivals, turn: TurnDocument) -> None:
        """Answer the first turn that waits, in a slot of its own.

        One that was stopped needs none, nor does one that calls for human help.
        """
        slot = arrivals.slot = Stop()
        if self._waiting.stopped(turn):
            slot.request()
        self._hurry_urgent(arrivals)
        async with self._means.admission.slot(turn.user_id, slot) as admitted:
            if not admitted:
                self.drain()
            elif (
                (not slot.requested or await self._needs_no_slot())
                and (first := self._waiting.first) is not None
                and arrivals.placed(first)
            ):
                await self._answer(arrivals, self._waiting.pop())

    async def _needs_no_slot(self) -> bool:
        """Tell whether the first turn that waits, for which no slot was waited, may begin so."""
        first = self._waiting.first
        return first is not None and (self._waiting.stopped(first) or await self._is_urgent())

    async def _is_urgent(self) -> bool:
        """Tell whether a turn that waits calls for human help: those before it come first."""
        return any([await is_urgent(user_text(each)) for each in tuple(self._waiting)])

    def _hurry_urgent(self, arrivals: Arrivals) -> None:
        """Wait for no slot where somebody calls for human help."""
        turn = self._waiting.first
        if turn is not None and not self._means.admission.is_free(turn.user_id):
            self._do(self._free(arrivals.slot), "wait for no slot")

    async def _free(self, slot: Stop) -> None:
        if await self._is_urgent():
            slot.request()

    async def _answer(self, arrivals: Arrivals, turn: TurnDocument) -> None:
        session, writer = self._session, arrivals.telling.writer
        if session is None:
            return  # it was deleted
        control = arrivals.current = Control(
            turn,
            started=arrivals.show_waiting,
            released=lambda: self._waiting.released(turn, breath=True),
            joined=arrivals.show,
        )
        arrivals.show(turn)
        aside = False
        try:
            aside = await self._is_aside(arrivals, turn)
            ended = await self._answered(session, writer, control, aside=aside)
            if ended is None:
                # a message has joined it, and wants an answer: in a slot
                self._waiting.put_back(control.turn)
                return
            turn = ended
        except asyncio.CancelledError:
            if self.draining:
                with suppress(TimeoutError, StoreError):
                    async with asyncio.timeout(HAND_OVER_S):
                        await self._hand_over(writer, control)
            raise
        except Conflict:
            await self._take_back(writer, turn)
            return
        finally:
            arrivals.current = None
        await self._take_in(session, turn, control)
        if aside:
            await self._show_branch()

    async def _hand_over(self, writer: Writer, control: Control) -> None:
        try:
            await self._means.engine.hand_over(control)
        except Conflict:
            # it may have been cut off when its end was stored, but not told
            await self._take_back(writer, control.turn)

    async def _take_back(self, writer: Writer, turn: TurnDocument) -> None:
        """Have readers take a snapshot in place of a turn that is deleted or ended otherwise."""
        if writer.tail.running.turn_id == turn.id:
            await self._means.logs.begin_epoch(writer, clear=True)

    async def _answered(
        self, session: SessionDocument, writer: Writer, control: Control, *, aside: bool
    ) -> TurnDocument | None:
        engine = self._means.engine
        while aside or self._waiting.stopped(control.turn):
            if (ended := await engine.end_unanswered(writer, control)) is not None:
                return ended
            if not aside:
                return None
        return await engine.answer(session, writer, control)

    async def _take_in(
        self, session: SessionDocument, turn: TurnDocument, control: Control
    ) -> None:
        """Have what a turn tells be charged, learned, remembered and noted in its session."""
        means = self._means
        if means.budget.limited:
            self._do(means.budget.charge(turn), "charge tokens")
        if not session.private:
            ended = means.learner.ended(turn, session, control.chosen, known=control.profile)
            self._do(ended, "learn from turn")
            means.remember(turn, session)
        try:
            self._keep(await means.keeper.remember(session, turn, control.summary))
        except StoreError as error:
            log.warning("session_not_updated", session_id=session.id, code=str(error.code))

    async def _is_aside(self, arrivals: Arrivals, turn: TurnDocument) -> bool:
        """Tell whether an edit that came later, but was heard of first, has left a turn behind.

        Such a turn ends as all do that are not answered yet when an edit comes.
        """
        session = self._session
        branched = arrivals.branched or (session is not None and session.branched_at is not None)
        if not branched:
            return False
        try:
            return not await is_shown(self._documents, turn.session_id, turn)
        except StoreError:
            return False
