"""Sessions of clients that know no session ids: found by a name, or by what was said in them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from msgspec import Struct

from sessions.archive import SESSIONS, TOMBSTONES, TURNS, SessionDocument, TurnDocument
from sessions.bookmarks import Bookmarks
from sessions.branches import load_shown
from sessions.clock import Clock
from sessions.context import user_text
from sessions.errors import BadRequest, Duplicate, NotFound
from sessions.exchanges import Exchange, fingerprint, one_ends_the_other
from sessions.ids import session_id_of
from sessions.imports import imported
from sessions.stores.documents import Documents
from sessions.titles import title_from

__all__ = ["MAX_NAME_CHARS", "Place", "Threads"]

MAX_NAME_CHARS = 256
_MOST_IMPORTED = 20
_COMPARED = 50
_KEEP = timedelta(days=90)


class Place(Struct, frozen=True, kw_only=True):
    """A session to go on in; `again` is the turn that held the same message, to be made again."""

    session_id: str
    again: str | None = None


class Threads:
    """What other protocols call threads or chats, as sessions; raises StoreUnavailable."""

    def __init__(self, *, documents: Documents, bookmarks: Bookmarks, clock: Clock) -> None:
        self._documents = documents
        self._bookmarks = bookmarks
        self._clock = clock

    @staticmethod
    def session_id(user_id: str, name: str) -> str:
        """Return the id of the user's session of a name, whether there is one or not.

        A name that begins with `s_` is an id. Raises BadRequest (the name is empty or has more
        than 256 characters).
        """
        if not 0 < len(name) <= MAX_NAME_CHARS:
            raise BadRequest(f"a session's name has 1 to {MAX_NAME_CHARS} characters")
        return name if name.startswith("s_") else session_id_of(user_id, f"named\0{name}")

    async def named(self, user_id: str, name: str, *, text: str) -> str:
        """Return the user's session of a name, made and titled after `text` when it is new.

        Raises BadRequest as `session_id` does, NotFound (no session of this user has that id).
        """
        session_id = self.session_id(user_id, name)
        session = await self._documents.get(SESSIONS, session_id)
        if session is None and session_id != name:
            await self._make(user_id, session_id, text)
        elif session is None or session.user_id != user_id:
            raise NotFound("there is no such session")
        return session_id

    async def continued(
        self, user_id: str, exchanges: Sequence[Exchange], text: str
    ) -> Place | None:
        """Return where a conversation goes on that a client tells whole, None when nowhere."""
        bookmark = await self._bookmarks.find(user_id, "said", fingerprint(exchanges))
        if bookmark is None:
            return None
        return await self.place(user_id, bookmark.session_id, exchanges, text)

    async def place(
        self, user_id: str, session_id: str, exchanges: Sequence[Exchange], text: str
    ) -> Place | None:
        """Return where `text` goes in a session whose end is what a client says was said before.

        None when that is not the session's end, somebody waits for an answer in it, or it is no
        session of the user's.
        """
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            return None
        turns = await load_shown(self._documents, session, limit=_COMPARED)
        if any(turn.open for turn in turns):
            return None
        # other protocols are told of no answer that nobody asked for
        turns = [turn for turn in turns if turn.opening is None]
        if not turns:
            return None
        last = turns[-1]
        same = " ".join(user_text(last).split()) == " ".join(text.split())
        told = _told(turns)
        if _ends(told, exchanges):
            failed = last.id if same and last.failure is not None else None
            return Place(session_id=session_id, again=failed)
        if same and last.answer is not None and _ends(told[:-1], exchanges):
            return Place(session_id=session_id, again=last.id)
        return None

    async def begun(self, user_id: str, client_msg_id: str, exchanges: Sequence[Exchange]) -> str:
        """Return the session that a `send` of this client_msg_id makes, with earlier exchanges.

        The last 20 become turns of it, as if they had been said here. Again changes nothing.
        """
        session_id = session_id_of(user_id, client_msg_id)
        kept = exchanges[-_MOST_IMPORTED:]
        await self._make(user_id, session_id, kept[0].said, known=len(kept))
        turns = imported(user_id, session_id, kept, self._clock.now())
        await asyncio.gather(*map(self._keep, turns))
        return session_id

    async def remember(self, user_id: str, session_id: str, exchanges: Sequence[Exchange]) -> None:
        """Let `continued` find a session by what was said in it so far."""
        mark = fingerprint(exchanges)
        await self._bookmarks.put(user_id, "said", mark, session_id=session_id, keep=_KEEP)

    async def turn(self, session_id: str, turn_id: str) -> TurnDocument:
        """Return a turn as it is stored; raises NotFound when it was deleted."""
        turn = await self._documents.get(TURNS, turn_id)
        if turn is None or turn.session_id != session_id:
            raise NotFound("there is no such turn")
        return turn

    async def turn_of(self, session_id: str, client_msg_id: str) -> TurnDocument | None:
        """Return the turn that a message is part of."""
        turns = await self._documents.find(
            TURNS,
            "by_client_msg_id",
            {"session_id": session_id, "client_msg_ids": client_msg_id},
            limit=1,
        )
        return turns[0] if turns else None

    async def waits(self, session_id: str) -> bool:
        """Tell whether a message in the session has no answer yet."""
        asked = {"session_id": session_id, "open": True}
        return bool(await self._documents.find(TURNS, "open_in_session", asked, limit=1))

    async def _keep(self, turn: TurnDocument) -> None:
        with suppress(Duplicate):
            await self._documents.insert(TURNS, turn)

    async def _make(self, user_id: str, session_id: str, text: str, *, known: int = 0) -> None:
        now = self._clock.now()
        # devices may not know of its deletion yet: they have to drop what they show of it
        remade = await self._documents.delete(TOMBSTONES, session_id)
        session = SessionDocument(
            id=session_id,
            user_id=user_id,
            title=title_from(text),
            titled_by="rules",
            created_at=now,
            updated_at=now,
            changed_at=now,
            message_count=2 * known,
            counted=known,
            read_upto=known,
            branched_at=now if remade else None,
        )
        with suppress(Duplicate):
            await self._documents.insert(SESSIONS, session)


def _told(turns: Sequence[TurnDocument]) -> list[Exchange]:
    """Return what was said and answered, as a client sees it."""
    return [
        Exchange(user_text(turn), turn.answer.text)
        for turn in turns
        if turn.answer is not None and turn.answer.text
    ]


def _ends(told: Sequence[Exchange], exchanges: Sequence[Exchange]) -> bool:
    """Tell whether `exchanges` are all that was told; none are the end of nothing alone."""
    return one_ends_the_other(told, exchanges) if told and exchanges else not told and not exchanges
