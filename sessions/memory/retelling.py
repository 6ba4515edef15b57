"""Sessions in which a fact was told, after their user has corrected it: title and progress."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

from msgspec import Struct, structs

from sessions.archive import SESSIONS, SessionDocument
from sessions.branches import followed, load_shown
from sessions.clock import Clock
from sessions.command import Command
from sessions.context import MOST_TURNS, past_turn, summarised
from sessions.conversation import Conversation, PastTurn, Summary
from sessions.errors import Conflict, LogUnavailable
from sessions.stores.documents import Documents
from sessions.titling import titled_anew

from .documents import FactDocument
from .putting_right import put_right
from .remembered import corrections

__all__ = ["Retelling", "Told", "retell", "told_anew"]


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
            if await retell(self._documents, fact.user_id, session_id, clock=self._clock):
                with suppress(LogUnavailable):
                    await self._tell(session_id, Command(kind="updated"))


class Told(Struct, frozen=True, kw_only=True):
    """The turns of a shown conversation as they were said, and the conversation put right.

    `whole`: there are no turns before these.
    """

    said: tuple[PastTurn, ...]
    talk: Conversation
    whole: bool

    @property
    def changed(self) -> tuple[PastTurn, ...]:
        """Return the turns that were put right, as they were said."""
        pairs = zip(self.said, self.talk.recent, strict=True)
        return tuple(said for said, right in pairs if said != right)


async def retell(
    documents: Documents,
    user_id: str,
    session_id: str,
    *,
    clock: Clock,
    without: Collection[str] = (),
) -> bool:
    """Write a user's session anew from its turns and what was corrected of them; tell if it was.

    Corrections of facts `without` do not count any more. Raises StoreUnavailable.
    """
    while True:
        session = await documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            return False
        told = await told_anew(documents, session, without=without)
        changed = structs.replace(
            session,
            summary=told.talk.summary,
            earlier=Summary(),
            title=await asyncio.to_thread(_title, session, told, forgotten=bool(without)),
            changed_at=clock.now(),
            # a turn that began before must not bring back what its summary says
            emptied=session.emptied + 1,
        )
        with suppress(Conflict):
            await documents.replace(SESSIONS, changed)
            return True


async def told_anew(
    documents: Documents, session: SessionDocument, *, without: Collection[str] = ()
) -> Told:
    """Return the shown conversation from the turns themselves, put right.

    Corrections of facts `without` do not count. Raises StoreUnavailable.
    """
    blank = structs.replace(session, summary=Summary(), earlier=Summary())
    shown = await load_shown(documents, session, limit=MOST_TURNS)
    ended = [turn for turn in shown if not turn.open]
    said = tuple(past_turn(turn) for turn in ended if turn.messages)
    talk = Conversation(session_id=session.id, recent=said)
    by = await corrections(documents, session, without=without)
    right = await asyncio.to_thread(put_right, talk, by) if by else talk
    leaf = ended[-1].number if ended else 0
    summary = await summarised(documents, blank, ended, leaf=leaf, without=without)
    return Told(
        said=said,
        talk=structs.replace(right, summary=summary),
        whole=not ended or followed(ended[0]) == 0,
    )


def _title(session: SessionDocument, told: Told, *, forgotten: bool) -> str:
    if session.titled_by not in ("rules", "provider"):
        return session.title
    # what a forgotten correction said is in none of the turns
    lost = None if forgotten else told.changed
    return titled_anew(session, told.talk.recent, lost=lost, whole=told.whole)
