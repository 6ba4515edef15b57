"""What people can do with sessions: the one door for every transport."""

from datetime import datetime

from msgspec import UNSET, Struct, structs

from schemas.frames import Ack, Policy, Send
from schemas.resources import (
    CreateSession,
    Device,
    MessagePage,
    Session,
    SessionPage,
    UpdateSession,
)
from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument, UserMessage
from sessions.clock import Clock
from sessions.errors import BadRequest, Conflict, Duplicate, NotFound, TurnRunning
from sessions.ids import new_id, session_id_of
from sessions.log import Logs
from sessions.owner import Command
from sessions.owners import Owners
from sessions.personas.catalogue import Catalogue
from sessions.reading import Reading
from sessions.stores.documents import Documents, Range
from sessions.tail import Wake
from sessions.tasks import Tasks
from sessions.text import checked_text, title_of
from sessions.views import message_views, session_view

__all__ = ["Accepted", "Sessions"]


class Accepted(Struct, frozen=True, kw_only=True):
    """A message that is durable; `turn` is None when it was a repetition."""

    ack: Ack
    turn: TurnDocument | None


class Sessions:
    """Sessions of users. What belongs to somebody else does not exist: NotFound.

    Every method raises StoreUnavailable when the documents can't be reached.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        logs: Logs,
        owners: Owners,
        catalogue: Catalogue,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._documents = documents
        self._logs = logs
        self._owners = owners
        self._catalogue = catalogue
        self._clock = clock
        self._tasks = tasks

    async def send(self, user_id: str, frame: Send, *, device: Device | None = None) -> Accepted:
        """Make a message durable; `begin` then has it answered.

        A repeated client_msg_id gives the first ack again, as a duplicate. Raises TextInvalid,
        TextTooLong, TurnRunning (policy `reject`), BadRequest (no such persona).
        """
        text = checked_text(frame.text)
        self._check_persona(frame.persona)
        if frame.session_id is None:
            session_id = session_id_of(user_id, frame.client_msg_id)
            new = CreateSession(title=title_of(text))
            await self._create(user_id, session_id, new, device=device)
        else:
            session_id = (await self._session(user_id, frame.session_id)).id
        if (ack := await self._repeated(session_id, frame.client_msg_id)) is not None:
            return Accepted(ack=ack, turn=None)
        running = await self._running_turn(session_id, frame.policy)
        accepted = await self._insert(user_id, session_id, frame, text)
        if running is not None and accepted.turn is not None:
            command = Command(kind="stop", turn_id=running)
            self._tasks.start(self._owners.insist(session_id, command), name="interrupt")
        return accepted

    def begin(self, accepted: Accepted) -> None:
        """Have an accepted message answered, in the background."""
        if (turn := accepted.turn) is not None:
            command = Command(kind="accepted", turn_id=turn.id)
            self._tasks.start(
                self._owners.insist(turn.session_id, command, turn), name="begin turn"
            )

    async def stop(self, user_id: str, session_id: str, turn_id: str | None = None) -> None:
        """End the running turn, or the one named; what was written stays. Raises NotFound."""
        await self._session(user_id, session_id)
        if await self._open_turns(session_id):
            await self._owners.tell(session_id, Command(kind="stop", turn_id=turn_id))

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
        tail = await self._logs.watch(session_id, wake)
        if from_start:
            epoch, after = tail.epoch, 0
        return Reading(
            tail, wake, logs=self._logs, documents=self._documents, epoch=epoch, after=after
        )

    async def create(
        self, user_id: str, new: CreateSession, *, device: Device | None = None
    ) -> Session:
        """Make an empty session; raises BadRequest (no such persona)."""
        self._check_persona(new.persona)
        session_id = new_id("s", self._clock.now())
        return session_view(await self._create(user_id, session_id, new, device=device))

    async def page(self, user_id: str, *, before: datetime | None, limit: int) -> SessionPage:
        """Return the user's sessions, the last used first, from before a time."""
        documents = await self._documents.find(
            SESSIONS,
            "by_user",
            {"user_id": user_id},
            bounds=Range(lt=before) if before else None,
            descending=True,
            limit=limit,
        )
        running = await self._documents.find(
            TURNS, "open_of_user", {"user_id": user_id, "open": True}
        )
        busy = {turn.session_id for turn in running}
        views = tuple(session_view(each, running=each.id in busy) for each in documents)
        more = len(documents) == limit
        return SessionPage(
            sessions=views, next=documents[-1].updated_at.isoformat() if more else None
        )

    async def get(self, user_id: str, session_id: str) -> Session:
        """Return one session; raises NotFound."""
        session = await self._session(user_id, session_id)
        return session_view(session, running=bool(await self._open_turns(session_id)))

    async def update(self, user_id: str, session_id: str, changes: UpdateSession) -> Session:
        """Change title or persona; raises NotFound, BadRequest (no such persona)."""
        if changes.persona is not UNSET:
            self._check_persona(changes.persona)
        fields = {
            name: value for name, value in structs.asdict(changes).items() if value is not UNSET
        }
        while True:
            session = await self._session(user_id, session_id)
            try:
                stored = await self._documents.replace(SESSIONS, structs.replace(session, **fields))
            except Conflict:
                continue
            break
        self._tasks.start(
            self._owners.insist(session_id, Command(kind="updated")), name="tell update"
        )
        return session_view(stored)

    async def delete(self, user_id: str, session_id: str) -> None:
        """Delete a session and all that was said in it; raises NotFound."""
        await self._session(user_id, session_id)
        await self._documents.delete(SESSIONS, session_id)
        await self._delete_turns(session_id)
        command = Command(kind="deleted")
        self._tasks.start(self._owners.insist(session_id, command), name="tell deletion")

    async def messages(
        self, user_id: str, session_id: str, *, before: int | None, limit: int
    ) -> MessagePage:
        """Return messages of turns before turn number `before`, at most `limit` turns of them."""
        await self._session(user_id, session_id)
        turns = await self._documents.find(
            TURNS,
            "by_session",
            {"session_id": session_id},
            bounds=Range(lt=before) if before else None,
            descending=True,
            limit=limit,
        )
        more = len(turns) == limit and turns[-1].number > 1
        return MessagePage(
            messages=message_views(reversed(turns)),
            before=str(turns[-1].number) if more else None,
        )

    async def _session(self, user_id: str, session_id: str) -> SessionDocument:
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            raise NotFound("there is no such session")
        return session

    async def _open_turns(self, session_id: str) -> list[TurnDocument]:
        return await self._documents.find(
            TURNS, "open_in_session", {"session_id": session_id, "open": True}, limit=1
        )

    async def _create(
        self, user_id: str, session_id: str, new: CreateSession, *, device: Device | None
    ) -> SessionDocument:
        now = self._clock.now()
        session = SessionDocument(
            id=session_id,
            user_id=user_id,
            title=new.title,
            persona=new.persona,
            created_at=now,
            updated_at=now,
            locale=device.locale if device else "",
            timezone=device.timezone if device else "",
        )
        try:
            await self._documents.insert(SESSIONS, session)
        except Duplicate:
            return await self._session(user_id, session_id)
        return session

    async def _repeated(self, session_id: str, client_msg_id: str) -> Ack | None:
        turns = await self._documents.find(
            TURNS,
            "by_client_msg_id",
            {"session_id": session_id, "client_msg_ids": client_msg_id},
            limit=1,
        )
        return _ack(turns[0], client_msg_id, duplicate=True) if turns else None

    async def _running_turn(self, session_id: str, policy: Policy) -> str | None:
        """Return the turn that a message interrupts; raises TurnRunning when it may not wait."""
        if policy not in ("reject", "interrupt"):
            return None
        turns = await self._open_turns(session_id)
        if turns and policy == "reject":
            raise TurnRunning("a turn is running")
        return turns[0].id if turns and turns[0].state == "running" else None

    async def _insert(self, user_id: str, session_id: str, frame: Send, text: str) -> Accepted:
        while True:
            turn = await self._next_turn(user_id, session_id, frame, text)
            try:
                await self._documents.insert(TURNS, turn)
            except Duplicate:
                # the same message by another way, or another message took the number
                ack = await self._repeated(session_id, frame.client_msg_id)
                if ack is not None:
                    return Accepted(ack=ack, turn=None)
                continue
            return Accepted(ack=_ack(turn, frame.client_msg_id, duplicate=False), turn=turn)

    async def _next_turn(
        self, user_id: str, session_id: str, frame: Send, text: str
    ) -> TurnDocument:
        last = await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, descending=True, limit=1
        )
        now = self._clock.now()
        message = UserMessage(
            id=new_id("m", now), client_msg_id=frame.client_msg_id, text=text, created_at=now
        )
        return TurnDocument(
            id=new_id("t", now),
            session_id=session_id,
            user_id=user_id,
            number=last[0].number + 1 if last else 1,
            messages=(message,),
            client_msg_ids=(frame.client_msg_id,),
            created_at=now,
            updated_at=now,
            persona=frame.persona,
        )

    async def _delete_turns(self, session_id: str) -> None:
        while turns := await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, limit=200
        ):
            for turn in turns:
                await self._documents.delete(TURNS, turn.id)

    def _check_persona(self, persona: str | None) -> None:
        if persona is not None and persona not in self._catalogue.ids:
            raise BadRequest(
                f"there is no such persona; known are {', '.join(self._catalogue.ids)}"
            )


def _ack(turn: TurnDocument, client_msg_id: str, *, duplicate: bool) -> Ack:
    message = next(each for each in turn.messages if each.client_msg_id == client_msg_id)
    return Ack(
        client_msg_id=client_msg_id,
        session_id=turn.session_id,
        turn_id=turn.id,
        message_id=message.id,
        duplicate=duplicate,
    )
