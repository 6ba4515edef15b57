"""Messages that are kept in a session without being answered."""

from contextlib import suppress

from msgspec import structs

from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument, UserMessage
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, NotFound, TurnRunning
from sessions.ids import new_id
from sessions.stores.documents import Documents
from sessions.text import title_of

__all__ = ["Jotting"]


class Jotting:
    """Keeps messages as turns that were stopped before they began; raises StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def keep(self, user_id: str, session_id: str, text: str) -> int:
        """Keep a checked text and return how many turns the session has.

        Raises NotFound, TurnRunning (a turn of the session is being answered).
        """
        while True:
            session = await self._documents.get(SESSIONS, session_id)
            if session is None or session.user_id != user_id:
                raise NotFound("there is no such session")
            newest = await self._documents.find(
                TURNS, "by_session", {"session_id": session_id}, descending=True, limit=1
            )
            if newest and newest[0].open:
                raise TurnRunning("a turn is running")
            number = newest[0].number + 1 if newest else 1
            try:
                await self._documents.insert(TURNS, self._turn(session, number, text))
            except Duplicate:
                continue  # another message took the number
            await self._touch(session, text)
            return number

    def _turn(self, session: SessionDocument, number: int, text: str) -> TurnDocument:
        now = self._clock.now()
        key = new_id("k", now)
        return TurnDocument(
            id=new_id("t", now),
            session_id=session.id,
            user_id=session.user_id,
            number=number,
            messages=(
                UserMessage(id=new_id("m", now), client_msg_id=key, text=text, created_at=now),
            ),
            client_msg_ids=(key,),
            created_at=now,
            updated_at=now,
            open=False,
            state="stopped",
        )

    async def _touch(self, session: SessionDocument, text: str) -> None:
        """Have the session listed as spoken in just now; who wrote it meanwhile did that too."""
        now = self._clock.now()
        spoken = structs.replace(session, updated_at=now, changed_at=now, last_text=title_of(text))
        with suppress(Conflict):
            await self._documents.replace(SESSIONS, spoken)
