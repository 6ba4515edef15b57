"""Messages that are kept in a session without being answered."""

from contextlib import suppress

from msgspec import structs

from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument, UserMessage
from sessions.branches import leaf_of
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, KeyReused, NotFound, TurnRunning
from sessions.ids import new_id
from sessions.stores.documents import Documents
from sessions.text import opening_of

__all__ = ["Jotting"]


class Jotting:
    """Keeps messages as turns that were stopped before they began; raises StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def keep(self, user_id: str, session_id: str, text: str, *, client_msg_id: str) -> int:
        """Keep a checked text and return its turn's number; one that comes again is kept once.

        Raises NotFound, TurnRunning (a turn of the session is being answered), KeyReused (what was
        kept under this id is another text).
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
                turn = self._turn(session, number, text, client_msg_id)
                await self._documents.insert(TURNS, turn)
            except Duplicate:
                if (known := await self._known(session_id, client_msg_id, text)) is not None:
                    return known.number
                continue  # another message took the number
            await self._touch(session, text)
            return number

    async def _known(self, session_id: str, client_msg_id: str, text: str) -> TurnDocument | None:
        asked = {"session_id": session_id, "client_msg_ids": client_msg_id}
        found = await self._documents.find(TURNS, "by_client_msg_id", asked, limit=1)
        if not found:
            return None
        said = {each.client_msg_id: each.text for each in found[0].messages}
        if said.get(client_msg_id) != text:
            raise KeyReused
        return found[0]

    def _turn(
        self, session: SessionDocument, number: int, text: str, client_msg_id: str
    ) -> TurnDocument:
        now = self._clock.now()
        leaf = leaf_of(session, number - 1)
        message = UserMessage(
            id=new_id("m", now), client_msg_id=client_msg_id, text=text, created_at=now
        )
        return TurnDocument(
            id=new_id("t", now),
            session_id=session.id,
            user_id=session.user_id,
            number=number,
            messages=(message,),
            client_msg_ids=(client_msg_id,),
            created_at=now,
            updated_at=now,
            open=False,
            state="stopped",
            follows=leaf if leaf != number - 1 else None,
        )

    async def _touch(self, session: SessionDocument, text: str) -> None:
        """Have the session listed as spoken in just now; who wrote it meanwhile did that too."""
        now = self._clock.now()
        spoken = structs.replace(
            session, updated_at=now, changed_at=now, last_text=opening_of(text)
        )
        with suppress(Conflict):
            await self._documents.replace(SESSIONS, spoken)
