"""Sessions in which a fact was told, after their user has corrected it: title and progress."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from msgspec import structs

from sessions.archive import SESSIONS, SessionDocument
from sessions.branches import load_shown
from sessions.clock import Clock
from sessions.command import Command
from sessions.context import RECENT_TURNS, past_turn
from sessions.conversation import Conversation, PastTurn, Remembered
from sessions.errors import Conflict, LogUnavailable
from sessions.stores.documents import Documents
from sessions.titles import title_from

from .documents import FactDocument
from .putting_right import put_right
from .remembered import remembered_fact

__all__ = ["Retelling"]


class Retelling:
    """Writes sessions anew as if what was corrected had been told so to begin with.

    `tell` passes commands to the owner of a session.
    """

    def __init__(
        self, *, documents: Documents, clock: Clock, tell: Callable[[str, Command], Awaitable[None]]
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._tell = tell

    async def corrected(self, fact: FactDocument) -> None:
        """Have the sessions that told a fact show it as it is now; raises StoreUnavailable."""
        for session_id in fact.session_ids if fact.edited and fact.current else ():
            if await self._retold(fact, session_id):
                with suppress(LogUnavailable):
                    await self._tell(session_id, Command(kind="updated"))

    async def _retold(self, fact: FactDocument, session_id: str) -> bool:
        """Write a session, and tell whether there was anything to change."""
        by = remembered_fact(fact, session_id)
        while True:
            session = await self._documents.get(SESSIONS, session_id)
            if session is None or session.user_id != fact.user_id:
                return False
            turns = await load_shown(self._documents, session, limit=RECENT_TURNS)
            told = [past_turn(each) for each in turns if not each.open and each.messages]
            changed = await asyncio.to_thread(_changed, session, told, by)
            if changed == session:
                return False
            # a turn that began before must not bring back what its summary says
            changed = structs.replace(
                changed, changed_at=self._clock.now(), emptied=session.emptied + 1
            )
            try:
                await self._documents.replace(SESSIONS, changed)
            except Conflict:
                continue
            return True


def _changed(
    session: SessionDocument, turns: Sequence[PastTurn], by: Remembered
) -> SessionDocument:
    talk = Conversation(session_id=session.id, recent=tuple(turns), summary=session.summary)
    right = put_right(talk, [by])
    earlier = put_right(structs.replace(talk, summary=session.earlier), [by])
    return structs.replace(
        session,
        summary=right.summary,
        earlier=earlier.summary,
        title=_title(session, turns, right.recent),
    )


def _title(session: SessionDocument, turns: Sequence[PastTurn], right: Sequence[PastTurn]) -> str:
    """Return the title, made anew when it was made of words that were corrected."""
    if session.titled_by != "rules":
        return session.title
    for before, after in zip(turns, right, strict=True):
        if before != after and session.title == title_from(before.user_text):
            return title_from(after.user_text)
    return session.title
