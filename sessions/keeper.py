"""What a session keeps of a turn that has ended: counts, last words, summary."""

from collections.abc import Callable

from msgspec import structs

from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.context import folded, load_conversation, user_text
from sessions.conversation import Summary
from sessions.errors import Conflict
from sessions.stores.documents import Documents
from sessions.tally import load_uncounted, tallied
from sessions.titles import is_weak, title_from

__all__ = ["Keeper"]

_LAST_TEXT_CHARS = 120


class Keeper:
    """Writes ended turns into their sessions; `notice_for` says who answered the first one.

    `kept` is told of each session that was written, and must not wait for anything.
    """

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        notice_for: Callable[[TurnDocument], str],
        kept: Callable[[SessionDocument], None] = lambda _: None,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._notice_for = notice_for
        self._kept = kept

    async def remember(
        self, session: SessionDocument, turn: TurnDocument, before: Summary | None
    ) -> SessionDocument:
        """Store what the turn changed in its session; a later turn makes up for a failure.

        `before` is the summary of its branch before it, when that is known.
        """
        if before is None:
            before = await self._before(session, turn)
        while True:
            changed = await self._with_turn(session, turn, before)
            try:
                stored = await self._documents.replace(SESSIONS, changed)
            except Conflict:
                newer = await self._documents.get(SESSIONS, session.id)
                if newer is None:
                    raise
                if newer.emptied != session.emptied:
                    # what was taken out meanwhile must not come back
                    left = await self._documents.get(TURNS, turn.id)
                    if left is None or left.empty:
                        return newer
                    turn, before = left, await self._before(newer, left)
                session = newer
            else:
                self._kept(stored)
                return stored

    async def _before(self, session: SessionDocument, turn: TurnDocument) -> Summary:
        return (await load_conversation(self._documents, session, turn)).summary

    async def _with_turn(
        self, session: SessionDocument, turn: TurnDocument, before: Summary
    ) -> SessionDocument:
        behind = session.counted != turn.number - 1
        turns = await load_uncounted(self._documents, session) if behind else [turn]
        said = user_text(turn)
        last = turn.answer.text if turn.answer else said
        before = _with_told(before, session.summary)
        return structs.replace(
            _titled(tallied(session, turns), said),
            updated_at=turn.updated_at,
            changed_at=self._clock.now(),
            last_text=last[:_LAST_TEXT_CHARS],
            notice=session.notice or self._notice_for(turn),
            summary=folded(before, turn),
            earlier=before,
        )


def _with_told(before: Summary, stored: Summary) -> Summary:
    """Return the summary with what a language model told of the same turns meanwhile."""
    if stored.upto != before.upto or stored.told_upto <= before.told_upto:
        return before
    return structs.replace(before, told=stored.told, told_upto=stored.told_upto)


def _titled(session: SessionDocument, said: str) -> SessionDocument:
    """Return the session with a title of what was said, when it has none that says anything."""
    named = session.titled_by in ("user", "provider")
    if named or not is_weak(session.title) or is_weak(better := title_from(said)):
        return session
    return structs.replace(session, title=better, titled_by="rules")
