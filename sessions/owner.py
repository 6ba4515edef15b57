"""The owner of a session: the one writer of its log, for as long as it has turns to answer."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

import msgspec
import structlog

from schemas.frames import FeedbackFrame, MemorySaved, MessageFrame, ReadFrame, SessionUpdated
from schemas.resources import Session
from sessions.admission import Admission
from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.branches import is_shown
from sessions.budget import Budget
from sessions.command import Command
from sessions.control import Control
from sessions.errors import Conflict, LeaseLost, LogUnavailable, StoreError, StoreUnavailable
from sessions.keeper import Keeper
from sessions.log import Logs, Writer
from sessions.memory.documents import FACTS
from sessions.profiles.learner import Learner
from sessions.stop import Stop
from sessions.stores.documents import Documents
from sessions.stores.log import Flushed, Lease, LogStore
from sessions.tail import Tail
from sessions.tasks import Tasks
from sessions.turn import TurnEngine
from sessions.views import message_views
from sessions.waiting import Waiting

__all__ = ["Owner"]

log = structlog.get_logger(__name__)
_HAND_OVER_S = 3


class View(Protocol):
    """Shows a session as clients see it now."""

    def __call__(self, session: SessionDocument, *, running: bool) -> Session: ...


class Owner:
    """Answers a session's accepted turns one after the other, then gives the lease back."""

    def __init__(
        self,
        lease: Lease,
        *,
        store: LogStore,
        documents: Documents,
        logs: Logs,
        engine: TurnEngine,
        keeper: Keeper,
        admission: Admission,
        budget: Budget,
        learner: Learner,
        tasks: Tasks,
        remember: Callable[[TurnDocument, SessionDocument], None],
        view: View,
    ) -> None:
        self.lease = lease
        self.gone = asyncio.Event()
        self.decided = asyncio.Event()
        self.draining = False
        self.gave_up = False
        self._store = store
        self._documents = documents
        self._logs = logs
        self._engine = engine
        self._admission = admission
        self._budget = budget
        self._learner = learner
        self._remember = remember
        self._view = view
        self._keeper = keeper
        self._tasks = tasks
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._mending = False
        self._tail: Tail | None = None
        self._writer: Writer | None = None
        self._session: SessionDocument | None = None
        self._deleted = False
        self._upto = 0
        self._gap = False
        self._branched = False
        self._read_upto = 0
        self._commands: list[tuple[Command, TurnDocument | None]] = []
        self._waiting = Waiting()
        self._shown: set[tuple[str, str]] = set()
        self._control: Control | None = None
        self._queueing = Stop()
        self._settling: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Begin to own."""
        self._task = self._tasks.start(self._run(), name=f"owner {self.lease.session_id}")

    def tell(self, command: Command, turn: TurnDocument | None = None) -> bool:
        """Pass on a command; False while the lease is being given back, until `decided`."""
        if self._closing:
            return False
        if self._writer is None:
            self._commands.append((command, turn))
        else:
            self._obey(self._writer, command, turn)
        return True

    async def collect(self) -> list[tuple[Command, TurnDocument | None]]:
        """Fetch and obey what other processes left in the inbox; return what came too late."""
        late = []
        for raw in await self._store.take(self.lease):
            try:
                command = _decode(raw)
            except msgspec.DecodeError:
                log.warning("command_not_known", session_id=self.lease.session_id)
                continue
            turn = await self._turn_of(command)
            if not self.tell(command, turn):
                late.append((command, turn))
        return late

    async def _turn_of(self, command: Command) -> TurnDocument | None:
        if command.kind != "accepted" or command.turn_id is None:
            return None
        try:
            return await self._documents.get(TURNS, command.turn_id)
        except StoreError:
            return None  # the sweep finds the turn when this lease has been given back

    def hand_over(self) -> None:
        """Leave the running turn to another process."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._own()
        except LeaseLost:
            log.warning("lease_lost", session_id=self.lease.session_id)
        except StoreError as error:
            log.warning("owner_gave_up", session_id=self.lease.session_id, code=str(error.code))
            self.gave_up = True
        except asyncio.CancelledError:
            with suppress(TimeoutError, StoreError):
                async with asyncio.timeout(_HAND_OVER_S):
                    while not await self._let_go() and self.draining:
                        await self.collect()
            raise
        finally:
            self._leave()

    async def _own(self) -> None:
        writer = await self._logs.own(self.lease, lost=self._lost)
        self._tail = writer.tail
        await self._take_over(writer)
        while True:
            await self._answer_all(writer)
            if await self._let_go():
                break
            if not self._waiting or self.draining:
                await self.collect()
        if self._session is None:
            await self._store.forget(self.lease.session_id)

    async def _take_over(self, writer: Writer) -> None:
        """Take in what is still open, then what was told meanwhile."""
        await self._reload()
        still_open = await self._still_open()
        if self._session is None:
            for turn in still_open:
                await self._documents.delete(TURNS, turn.id)
            still_open = []
        else:
            self._read_upto = self._session.read_upto
        self._writer = writer
        for turn in still_open:
            self._accept(writer, turn)
        self._gap = False
        for command, accepted in self._commands:
            self._obey(writer, command, accepted)

    async def _answer_all(self, writer: Writer) -> None:
        while (first := self._waiting.first) is not None and not self.draining:
            if self._gap:
                # somebody told of a turn, but nobody of one before it
                self._gap = False
                for turn in await self._still_open():
                    self._accept(writer, turn)
                continue
            self._show_waiting(writer)
            await self._waiting.released(first)
            if self._waiting and not self.draining:
                await self._next_answer(writer, first)

    async def _still_open(self) -> list[TurnDocument]:
        session_id = self.lease.session_id
        return await self._documents.find(
            TURNS, "open_in_session", {"session_id": session_id, "open": True}
        )

    async def _let_go(self) -> bool:
        """Give the lease back; False when there is more to do."""
        await self._settle()
        if self._waiting and not self.draining:
            return False
        # while it is not known whether the lease is ours, commands are not taken in
        self._closing = True
        self.decided.clear()
        released = await self._store.release(self.lease)
        if not released:
            self._closing = False
            self.decided.set()
        return released

    async def _settle(self) -> None:
        """Wait until no chore runs and the log is in the store; turns that come end the wait."""
        while self._chores or self.draining or not self._waiting:
            if self._chores:
                await asyncio.wait(self._chores)
                continue
            if self._writer is None or (settling := self._writer.settling()) is None:
                return
            self._settling = settling
            await asyncio.wait([settling])

    def _leave(self) -> None:
        self._closing = True
        if self._tail is not None:
            self._logs.disown(self._tail)
            self._tasks.start(self._logs.check([self.lease.session_id]), name="check log")
        self.gone.set()
        self.decided.set()

    def drain(self) -> None:
        """Begin no more turns."""
        self.draining = True
        self._waiting.hurry()

    def _obey(self, writer: Writer, command: Command, turn: TurnDocument | None) -> None:
        match command.kind:
            case "accepted" if turn is not None:
                self._accept(writer, turn)
            case "stop":
                self._stop_turn(command.turn_id)
            case "typing":
                self._waiting.typing(command.active)
            case "deleted":
                self._deleted = True
                self._session = None
                self._waiting.clear()
                self._queueing.request()
                if self._control is not None:
                    self._control.stop.request()
            case "updated":
                self._do(self._show_update(writer), name="show update")
            case "branched":
                self._do(self._show_branch(writer), name="show branch")
            case "remembered":
                self._do(self._show_memory(writer, command), name="show memory")
            case _:
                self._pass_on(writer, command)

    def _pass_on(self, writer: Writer, command: Command) -> None:
        """Tell readers what needs nothing else."""
        if command.kind == "read" and command.number >= self._read_upto:
            self._read_upto = command.number
            writer.write(ReadFrame, message_id=command.message_id, unread=command.unread)
        elif command.kind == "feedback":
            writer.write(FeedbackFrame, turn_id=command.turn_id, rating=command.rating)

    async def _show_memory(self, writer: Writer, command: Command) -> None:
        fact = await self._documents.get(FACTS, command.memory_id)
        if fact is not None and self._session is not None:
            here = [each for each in fact.sources if each.session_id == self._session.id]
            writer.write(
                MemorySaved,
                memory_id=fact.id,
                kind=fact.kind,
                text=fact.text,
                turn_id=command.turn_id or "",
                message_ids=tuple(each.message_id for each in here),
            )

    def _do(self, chore: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run something that must have ended before the lease is given back."""
        task = self._tasks.start(chore, name=name)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _show_update(self, writer: Writer) -> None:
        await self._reload_in_time()
        if self._session is not None:
            view = self._view(self._session, running=self._control is not None)
            writer.write(SessionUpdated, session=view)

    async def _show_branch(self, writer: Writer) -> None:
        """Have every reader take a snapshot: another branch is shown now."""
        await self._reload_in_time()
        await self._begin_epoch(writer)

    async def _reload_in_time(self) -> None:
        """Reload as soon as the documents can: nobody tells it a second time."""
        while True:
            try:
                return await self._reload()
            except StoreUnavailable:
                await asyncio.sleep(0.25)

    async def _reload(self) -> None:
        self._keep(await self._documents.get(SESSIONS, self.lease.session_id))

    def _keep(self, session: SessionDocument | None) -> None:
        """Go on from what is stored, unless the session was deleted meanwhile."""
        if not self._deleted:
            self._session = session

    def _accept(self, writer: Writer, turn: TurnDocument) -> None:
        if not turn.open:
            return
        self._gap = self._gap or turn.number > self._upto + 1
        self._upto = max(self._upto, turn.number)
        self._branched = self._branched or turn.forked
        self._show(writer, turn)
        if self._control is not None and self._control.turn.id == turn.id:
            self._control.join(turn)
        else:
            self._waiting.add(turn)
            if self._settling is not None and not self._settling.done():
                self._settling.set_result(None)

    def _show(self, writer: Writer, turn: TurnDocument) -> None:
        """Tell readers of messages they have not seen; the user has said what was being typed."""
        if self._held_back(writer, turn):
            return
        edited = False
        for message in message_views([turn]):
            mine = message.client_msg_id in turn.client_msg_ids
            # what stood behind the old words left the view with them, and comes again
            edited = edited or (mine and message.supersedes is not None)
            if (mine or edited) and (turn.id, message.id) not in self._shown:
                self._shown.add((turn.id, message.id))
                writer.write(MessageFrame, message=message)
                self._waiting.spoken()

    def _show_waiting(self, writer: Writer) -> None:
        for turn in self._waiting:
            self._show(writer, turn)

    def _held_back(self, writer: Writer, turn: TurnDocument) -> bool:
        """Tell whether a second answer that is to begin would take a turn out of the view."""
        current = [self._control.turn] if self._control is not None else []
        return any(
            each.supersedes is not None
            and each.number < turn.number
            and each.id != writer.tail.running.turn_id
            for each in (*current, *self._waiting)
        )

    def _stop_turn(self, turn_id: str | None) -> None:
        current = self._control.turn.id if self._control is not None else None
        first = self._waiting.first.id if self._waiting.first is not None else None
        turn_id = turn_id or current or first
        if turn_id is None:
            return
        # also what has not come yet: it may be overtaken by its stop
        self._waiting.stop(turn_id)
        if turn_id == current and self._control is not None:
            self._control.stop.request()
        elif turn_id == first:
            self._queueing.request()

    async def _next_answer(self, writer: Writer, turn: TurnDocument) -> None:
        """Answer the first turn that waits, in a slot of its own; a stopped one needs none."""
        self._queueing = Stop()
        if self._waiting.stopped(turn.id):
            self._queueing.request()
        async with self._admission.slot(turn.user_id, self._queueing) as admitted:
            if not admitted:
                self.drain()
            elif self._waiting:
                await self._answer(writer, self._waiting.pop())

    async def _answer(self, writer: Writer, turn: TurnDocument) -> None:
        session = self._session
        if session is None:
            return  # it was deleted
        control = self._control = Control(
            turn,
            started=lambda: self._show_waiting(writer),
            released=lambda: self._waiting.released(turn),
            joined=lambda newer: self._show(writer, newer),
        )
        aside = False
        try:
            aside = await self._is_aside(turn)
            if aside or self._waiting.stopped(turn.id):
                turn = await self._engine.end_unanswered(writer, control)
            else:
                turn = await self._engine.answer(session, writer, control)
        except asyncio.CancelledError:
            if self.draining:
                with suppress(TimeoutError, StoreError):
                    async with asyncio.timeout(_HAND_OVER_S):
                        await self._engine.hand_over(control)
            raise
        except Conflict:
            # deleted, or answered elsewhere: what readers here saw of it does not stand
            if writer.tail.running.turn_id == turn.id:
                await self._logs.begin_epoch(writer, clear=True)
            return
        finally:
            self._control = None
        await self._take_in(session, turn, control)
        if aside:
            await self._show_branch(writer)

    async def _take_in(
        self, session: SessionDocument, turn: TurnDocument, control: Control
    ) -> None:
        """Have what a turn tells be charged, learned, remembered and noted in its session."""
        if self._budget.limited:
            self._do(self._budget.charge(turn), name="charge tokens")
        if not session.private:
            ended = self._learner.ended(turn, session, control.chosen, known=control.profile)
            self._do(ended, name="learn from turn")
            self._remember(turn, session)
        try:
            self._keep(await self._keeper.remember(session, turn, control.summary))
        except StoreError as error:
            log.warning("session_not_updated", session_id=session.id, code=str(error.code))

    async def _is_aside(self, turn: TurnDocument) -> bool:
        """Tell whether an edit that came later, but was heard of first, has left a turn behind.

        Such a turn ends as all do that are not answered yet when an edit comes.
        """
        session = self._session
        branched = self._branched or (session is not None and session.branched_at is not None)
        if turn.forked or not branched:
            return False
        try:
            return not await is_shown(self._documents, turn.session_id, turn)
        except StoreError:
            return False

    def _lost(self, why: Flushed) -> None:
        if why == "gap":
            if not self._mending:
                self._mending = True
                self._do(self._mend(), name="mend log")
        elif self._task is not None:
            self._task.cancel()

    async def _mend(self) -> None:
        """Give the log a new epoch after the store lost frames."""
        try:
            if self._writer is not None:
                await self._begin_epoch(self._writer)
        finally:
            self._mending = False

    async def _begin_epoch(self, writer: Writer) -> None:
        """Begin a new epoch as soon as the log store can."""
        try:
            while True:
                try:
                    return await self._logs.begin_epoch(writer)
                except LogUnavailable:
                    await asyncio.sleep(0.25)
        except LeaseLost:
            self.hand_over()


_decode = msgspec.json.Decoder(Command).decode
