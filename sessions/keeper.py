"""What a session keeps of a turn that has ended: counts, last words, summary."""

from collections.abc import Callable

from msgspec import structs

from sessions.archive import SESSIONS, SessionDocument, TurnDocument
from sessions.branches import followed
from sessions.context import load_conversation, past_turn, user_text
from sessions.errors import Conflict
from sessions.history import fold
from sessions.stores.documents import Documents
from sessions.tally import load_uncounted, tallied

__all__ = ["Keeper"]

_LAST_TEXT_CHARS = 120


class Keeper:
    """Writes ended turns into their sessions; `notice_for` says who answered the first one."""

    def __init__(self, documents: Documents, notice_for: Callable[[TurnDocument], str]) -> None:
        self._documents = documents
        self._notice_for = notice_for

    async def remember(self, session: SessionDocument, turn: TurnDocument) -> SessionDocument:
        """Store what the turn changed in its session; a later turn makes up for a failure."""
        while True:
            changed = await self._with_turn(session, turn)
            try:
                return await self._documents.replace(SESSIONS, changed)
            except Conflict:
                newer = await self._documents.get(SESSIONS, session.id)
                if newer is None:
                    raise
                session = newer

    async def _with_turn(self, session: SessionDocument, turn: TurnDocument) -> SessionDocument:
        summary = session.summary
        if summary.upto != followed(turn):
            summary = (await load_conversation(self._documents, session, turn)).summary
        behind = session.counted < turn.number - 1
        turns = await load_uncounted(self._documents, session) if behind else [turn]
        last = turn.answer.text if turn.answer else user_text(turn)
        return structs.replace(
            tallied(session, turns),
            updated_at=turn.updated_at,
            changed_at=turn.updated_at,
            last_text=last[:_LAST_TEXT_CHARS],
            notice=session.notice or self._notice_for(turn),
            summary=fold(summary, past_turn(turn), number=turn.number),
        )
