"""What a user has read, and what the user thinks of answers."""

from datetime import datetime

from msgspec import Struct, structs

from schemas.frames import Feedback, Read
from sessions.archive import SESSIONS, TURNS, FeedbackDocument, SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.ends import first_unseen
from sessions.errors import BadRequest, Conflict, NotFound
from sessions.ids import answer_id
from sessions.stores.documents import Documents, Range
from sessions.stores.log import LogStore
from sessions.tally import MOST_COUNTED, answered_after

__all__ = ["Mark", "Marks"]


class Mark(Struct, frozen=True, kw_only=True):
    """A read mark at turn `number`, whose answer is `message_id`; `unread` answers are left.

    Before the first one that was read the number is 0 and the id "".
    """

    number: int
    message_id: str
    unread: int


class Marks:
    """Read marks and ratings; all methods raise StoreUnavailable."""

    def __init__(self, *, documents: Documents, store: LogStore, clock: Clock) -> None:
        self._documents = documents
        self._store = store
        self._clock = clock

    async def read(self, session: SessionDocument, frame: Read) -> Mark | None:
        """Move the read mark; return where to, or None when nothing more was read than before.

        Raises BadRequest when the frame names no place, NotFound when it names one that is not
        there, LogUnavailable.
        """
        turn = await self._last_read(session.id, frame)
        if turn is None or turn.number <= session.read_upto:
            return None
        while True:
            unread = await answered_after(self._documents, session.id, turn.number)
            changed = structs.replace(
                session,
                read_upto=turn.number,
                unread=sum(each.number <= session.counted for each in unread),
                changed_at=self._clock.now(),
            )
            try:
                await self._documents.replace(SESSIONS, changed)
            except Conflict:
                newer = await self._documents.get(SESSIONS, session.id)
                if newer is None or newer.read_upto >= turn.number:
                    return None
                session = newer
            else:
                return Mark(number=turn.number, message_id=answer_id(turn.id), unread=len(unread))

    async def at(self, session: SessionDocument) -> Mark:
        """Return where the read mark is."""
        number = session.read_upto
        unread = await answered_after(self._documents, session.id, number)
        turn = await self._ended_before(session.id, number + 1) if number else None
        message_id = answer_id(turn.id) if turn is not None else ""
        return Mark(number=number, message_id=message_id, unread=len(unread))

    async def rate(self, session_id: str, frame: Feedback) -> TurnDocument:
        """Keep a rating and return the turn; raises NotFound, BadRequest without an answer."""
        while True:
            turn = await self._documents.get(TURNS, frame.turn_id)
            if turn is None or turn.session_id != session_id:
                raise NotFound("there is no such turn")
            if turn.answer is None:
                raise BadRequest("the turn has no answer yet")
            try:
                return await self._documents.replace(TURNS, _rated(turn, frame, self._clock.now()))
            except Conflict:
                continue

    async def _last_read(self, session_id: str, frame: Read) -> TurnDocument | None:
        if frame.message_id is not None:
            return await self._turn_of(session_id, frame.message_id)
        if frame.seq is None:
            raise BadRequest("name a seq or a message_id")
        unseen = await first_unseen(self._store, session_id, epoch=frame.epoch, seq=frame.seq)
        if unseen is None:
            return None
        if unseen.turn_id is None:
            return await self._ended_before(session_id, None)
        turn = await self._turn(session_id, unseen.turn_id)
        return await self._ended_before(session_id, turn.number)

    async def _turn_of(self, session_id: str, message_id: str) -> TurnDocument | None:
        """Return the turn of an answer, or the one that ended before a user's message."""
        if message_id.startswith("a"):
            turn = await self._turn(session_id, "t" + message_id[1:])
            return await self._ended_before(session_id, turn.number) if turn.open else turn
        turns = await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, descending=True, limit=MOST_COUNTED
        )
        for turn in turns:
            if any(message.id == message_id for message in turn.messages):
                return await self._ended_before(session_id, turn.number)
        raise NotFound("there is no such message")

    async def _turn(self, session_id: str, turn_id: str) -> TurnDocument:
        turn = await self._documents.get(TURNS, turn_id)
        if turn is None or turn.session_id != session_id:
            raise NotFound("there is no such message")
        return turn

    async def _ended_before(self, session_id: str, number: int | None) -> TurnDocument | None:
        turns = await self._documents.find(
            TURNS,
            "by_session",
            {"session_id": session_id},
            bounds=Range(lt=number),
            descending=True,
            limit=MOST_COUNTED,
        )
        return next((turn for turn in turns if not turn.open), None)


def _rated(turn: TurnDocument, frame: Feedback, now: datetime) -> TurnDocument:
    feedback = FeedbackDocument(rating=frame.rating, reason=frame.reason, at=now, stars=frame.stars)
    return structs.replace(turn, feedback=feedback, updated_at=now)
