"""What people can do with sessions: the one door for every transport."""

from msgspec import structs

from schemas.frames import Edit, Feedback, Read, Regenerate, Send, Typing
from schemas.resources import CreateSession, Device, ReadMark, SyncPage
from sessions.admission import Admission
from sessions.archive import SESSIONS, Opening, SessionDocument, TurnDocument
from sessions.branches import load_shown
from sessions.budget import Budget
from sessions.clock import Clock
from sessions.command import Command
from sessions.deletions import Deletions
from sessions.errors import BudgetSpent, Conflict, Overloaded
from sessions.intake import Accepted, Intake
from sessions.life import Life
from sessions.log import Logs
from sessions.marks import Marks
from sessions.merging.first import first_session_id
from sessions.owners import Owners
from sessions.personas.catalogue import Catalogue
from sessions.personas.resonance import ResonanceKey
from sessions.profiles.learner import Learner
from sessions.reach import Nobody, Reach
from sessions.reading import Reading
from sessions.shelf import Shelf
from sessions.stores.documents import Documents
from sessions.stores.log import LogStore
from sessions.sync import Sync
from sessions.tail import Wake
from sessions.tasks import Tasks
from sessions.text import checked_text
from sessions.titles import title_from
from sessions.urgency import is_urgent

__all__ = ["Accepted", "Sessions"]

_MOST_IN_VIEW = 500


class Sessions(Shelf):
    """Talking in sessions, and keeping them. What is somebody else's does not exist: NotFound.

    Every method raises StoreUnavailable when the documents can't be reached.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        store: LogStore,
        logs: Logs,
        owners: Owners,
        admission: Admission,
        budget: Budget,
        learner: Learner,
        catalogue: Catalogue,
        deletions: Deletions,
        clock: Clock,
        tasks: Tasks,
        life: Life = Life(),  # noqa: B008 - a frozen value
        reach: Reach | None = None,
    ) -> None:
        super().__init__(
            documents=documents,
            owners=owners,
            catalogue=catalogue,
            deletions=deletions,
            clock=clock,
            tasks=tasks,
            life=life,
        )
        self._logs = logs
        self._reach = reach or Nobody()
        self._admission = admission
        self._budget = budget
        self._learner = learner
        self._intake = Intake(documents, clock)
        self._marks = Marks(documents=documents, store=store, clock=clock)
        self._sync = Sync(documents=documents, clock=clock, life=life)

    async def send(
        self,
        user_id: str,
        frame: Send,
        *,
        device: Device | None = None,
        key: ResonanceKey | None = None,
    ) -> Accepted:
        """Make a message durable; `begin` then has it answered, as a named `key` says.

        A repeated client_msg_id gives the first ack again, as a duplicate. Raises TextInvalid,
        TextTooLong, TurnRunning (policy `reject`), BadRequest (no such persona), Gone, Overloaded,
        BudgetSpent.
        """
        text = checked_text(frame.text)
        self._check_persona(frame.persona)
        if frame.session_id is None:
            session_id = await self.first_session_id(user_id, frame.client_msg_id)
        else:
            session_id = (session := await self._session(user_id, frame.session_id)).id
            self._reach.active(user_id, session_id)
        try:
            await self._admit(user_id, text)
        except (Overloaded, BudgetSpent):
            if (ack := await self._intake.repeated(session_id, frame.client_msg_id)) is None:
                raise
            return Accepted(ack=ack, turn=None)
        if frame.session_id is None:
            new = CreateSession(title=title_from(text))
            session = await self._create(user_id, session_id, new, device=device, titled_by="rules")
        if frame.policy == "reject":
            ack = await self._intake.repeated(session.id, frame.client_msg_id)
            if ack is not None:
                return Accepted(ack=ack, turn=None)
        named = str(key) if key is not None else None
        interrupts = await self._answered(session.id) if frame.policy == "interrupt" else 0
        accepted = await self._intake.say(session, frame, text, key=named, interrupts=interrupts)
        if accepted.turn is not None:
            await self._wake(session)
        return accepted

    async def first_session_id(self, user_id: str, client_msg_id: str) -> str:
        """Return the id of the session of a first message; raises Overloaded, StoreUnavailable."""
        return await first_session_id(self._documents, user_id, client_msg_id)

    async def open(
        self, user_id: str, session_id: str, opening: Opening, *, key: str
    ) -> TurnDocument | None:
        """Have a mentor write first, once for each key; `show` then has it told.

        None when that was done before. Raises NotFound.
        """
        session = await self._session(user_id, session_id)
        await self._wake(session)
        return await self._intake.opened(session, opening, key)

    async def regenerate(self, user_id: str, frame: Regenerate) -> Accepted:
        """Have a turn answered again, as its sibling; what is not answered yet stops.

        Raises NotFound, BadRequest (no such persona), Overloaded, BudgetSpent.
        """
        self._check_persona(frame.persona)
        session = await self._session(user_id, frame.session_id)
        if (ack := await self._intake.repeated(session.id, frame.client_msg_id)) is not None:
            return Accepted(ack=ack, turn=None)
        await self._intake.turn(session.id, frame.turn_id)  # before anything is written
        await self._admit(user_id)
        accepted = await self._intake.again(await self._branched(session), frame)
        if accepted.turn is not None:
            await self._wake(session)
        return accepted

    async def edit(self, user_id: str, frame: Edit) -> Accepted:
        """Replace a message of the user and go on from there; what is not answered yet stops.

        Raises NotFound, TextInvalid, TextTooLong, Overloaded, BudgetSpent.
        """
        text = checked_text(frame.text)
        session = await self._session(user_id, frame.session_id)
        if (ack := await self._intake.repeated(session.id, frame.client_msg_id)) is not None:
            return Accepted(ack=ack, turn=None)
        in_view = await load_shown(self._documents, session, limit=_MOST_IN_VIEW)
        old = next((turn for turn in reversed(in_view) if _holds(turn, frame.message_id)), None)
        if old is None:
            old = await self._intake.turn_with(session.id, frame.message_id)
        await self._admit(user_id, text)
        accepted = await self._intake.edited(await self._branched(session), old, frame, text)
        if accepted.turn is not None:
            await self._wake(session)
        return accepted

    def begin(self, accepted: Accepted, *, breath: bool = False) -> None:
        """Have an accepted message answered, in the background.

        With `breath` the first word waits for another message that may follow at once.
        """
        if accepted.turn is not None:
            self.show(accepted.turn, breath=breath)

    def show(self, turn: TurnDocument, *, breath: bool = False) -> None:
        """Have a turn's owner take it up, in the background."""
        command = Command(kind="accepted", turn_id=turn.id, number=turn.ends_upto, breath=breath)
        self._tasks.start(self._owners.insist(turn.session_id, command, turn), name="begin turn")

    async def typing(self, user_id: str, frame: Typing) -> None:
        """Hold a burst open while the user writes; raises NotFound, LogUnavailable."""
        await self._session(user_id, frame.session_id)
        self._reach.active(user_id, frame.session_id)
        command = Command(kind="typing", active=frame.active)
        await self._owners.hint(frame.session_id, command)

    async def mark_read(self, user_id: str, frame: Read, *, device: Device | None = None) -> bool:
        """Take in what was read on a device, and tell all; tell whether the mark moved.

        Raises NotFound, BadRequest, and LogUnavailable when the place is named by its seq.
        """
        session = await self._session(user_id, frame.session_id)
        self._reach.active(user_id, session.id)
        moved = await self._marks.read(session, frame)
        if moved is not None:
            read_on = device.installation_id if device else ""
            self._reach.read(user_id, session.id, moved.number, read_on)
            self._tell(session.id, Command(kind="read", **structs.asdict(moved)))
        return moved is not None

    async def read_mark(self, user_id: str, session_id: str, *, moved: bool) -> ReadMark:
        """Return how far a user has read a session, and whether it has just `moved`.

        Raises NotFound.
        """
        mark = await self._marks.at(await self._session(user_id, session_id))
        return ReadMark(
            session_id=session_id,
            message_id=mark.message_id or None,
            unread=mark.unread,
            moved=moved,
        )

    async def rate(self, user_id: str, frame: Feedback) -> None:
        """Keep what the user thinks of an answer; raises NotFound, BadRequest."""
        session = await self._session(user_id, frame.session_id)
        turn = await self._marks.rate(session.id, frame)
        if not session.private:
            self._tasks.start(self._learner.rated(turn), name="learn from rating")
        self._tell(session.id, Command(kind="feedback", turn_id=frame.turn_id, rating=frame.rating))

    async def sync(self, user_id: str, since: str | None) -> SyncPage:
        """Return what changed for a user since a token; raises BadRequest."""
        return await self._sync.page(user_id, since)

    async def stop(self, user_id: str, session_id: str, turn_id: str | None = None) -> None:
        """End the running turn, or the one named; what was written stays. Raises NotFound."""
        await self._session(user_id, session_id)
        turns = await self._open_turns(session_id)
        running = [turn for turn in turns if turn.state != "accepted"]
        meant = [turn for turn in turns if turn.id == turn_id] if turn_id else running or turns
        if meant:
            messages = len(meant[0].messages)
            command = Command(kind="stop", turn_id=meant[0].id, number=messages)
            await self._owners.tell(session_id, command)

    async def read(
        self,
        user_id: str,
        session_id: str,
        wake: Wake,
        *,
        epoch: str | None = None,
        after: int | None = None,
        from_start: bool = False,
    ) -> Reading:
        """Return a reader from a cursor, or from the log's very start; `wake` tells of news.

        Raises NotFound, LogUnavailable.
        """
        await self._session(user_id, session_id)
        tail = await self._logs.watch(session_id, wake, epoch=epoch, after=after)
        if from_start:
            epoch, after = tail.epoch, 0
        return Reading(
            tail,
            wake,
            logs=self._logs,
            documents=self._documents,
            view=self._view,
            epoch=epoch,
            after=after,
        )

    async def _admit(self, user_id: str, text: str = "") -> None:
        """Raise Overloaded or BudgetSpent: later, what was accepted is answered.

        Whoever speaks of a crisis is always heard.
        """
        try:
            self._admission.check(user_id)
        except Overloaded:
            if not await is_urgent(text):
                raise
        await self._budget.check(user_id, text)

    async def _answered(self, session_id: str) -> int:
        """Return the number of the turn that is being answered, 0 when none is."""
        turns = await self._open_turns(session_id)
        return turns[0].number if turns and turns[0].state != "accepted" else 0

    async def _branched(self, session: SessionDocument) -> SessionDocument:
        """Mark that the session forks, and that all so far has been read by who does it."""
        newest = await self._intake.newest(session.id)
        while True:
            now = self._clock.now()
            changed = structs.replace(
                session,
                branched_at=now,
                changed_at=now,
                unread=0,
                read_upto=newest.number if newest else 0,
            )
            try:
                stored = await self._documents.replace(SESSIONS, changed)
            except Conflict:
                session = await self._session(session.user_id, session.id)
                continue
            self._reach.active(stored.user_id, stored.id)
            self._reach.read(stored.user_id, stored.id, stored.read_upto)
            return stored


def _holds(turn: TurnDocument, message_id: str) -> bool:
    return any(message.id == message_id for message in turn.messages)
