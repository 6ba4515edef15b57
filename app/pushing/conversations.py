"""What is said and read, as push asks for it."""

from collections.abc import Sequence
from datetime import datetime

from app.pushing.presence import Presence
from push.ports import Replies, Unread
from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.life import Life
from sessions.stores.documents import Documents, Range
from sessions.tally import answered

__all__ = ["DocumentConversations"]

_MOST_TURNS = 200
_MOST_SESSIONS = 200
# a message has room for so many
_MOST_NAMED = 32
# so many turns after a risk an answer may still be about it
_NEAR = 5
_NONE = Replies(count=0, text="", persona="")


class DocumentConversations:
    """Passes the contract of push.ports.Conversations."""

    def __init__(
        self, *, documents: Documents, presence: Presence, clock: Clock, life: Life
    ) -> None:
        self._documents = documents
        self._presence = presence
        self._clock = clock
        self._life = life

    async def replies(self, user_id: str, session_id: str, numbers: Sequence[int]) -> Replies:
        """Return what of these turns' replies is unread; a count of 0 when all is, or is gone.

        It is at risk when one of them, or of the five turns before the last, spoke of a risk.
        """
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or not numbers or not _belongs(session, user_id):
            return _NONE
        turns = await self._documents.find(
            TURNS,
            "by_session",
            {"session_id": session_id},
            bounds=Range(gt=min(session.read_upto, max(numbers) - _NEAR - 1), lte=max(numbers)),
            descending=True,
            limit=_MOST_TURNS,
        )
        unread = [
            turn
            for turn in turns
            if turn.number > session.read_upto and turn.number in numbers and _to_tell(turn)
        ]
        if not unread or (newest := unread[0].answer) is None:
            return _NONE
        return Replies(
            count=len(unread),
            text=newest.text,
            persona=newest.persona,
            at=newest.created_at,
            at_risk=any(map(_at_risk, turns)),
        )

    async def is_here(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user did something in the session a moment ago."""
        return await self._presence.is_here(user_id, session_id)

    async def unread(self, user_id: str) -> Unread:
        """Return what a user has not read, in the 200 sessions last used."""
        sessions = await self._documents.find(
            SESSIONS, "by_user", {"user_id": user_id}, descending=True, limit=_MOST_SESSIONS
        )
        now = self._clock.now()
        left = [each for each in sessions if each.unread and not self._life.gone(each, now)]
        are_all = len(sessions) < _MOST_SESSIONS and len(left) <= _MOST_NAMED
        return Unread(
            count=sum(each.unread for each in left),
            sessions=tuple(each.id for each in left) if are_all else None,
        )

    async def at_risk(self, session_id: str) -> bool:
        """Tell whether one of a session's last 200 turns spoke of a risk."""
        turns = await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, descending=True, limit=_MOST_TURNS
        )
        return any(map(_at_risk, turns))

    async def wrote_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a user came back and wrote after a time."""
        for is_open in (True, False):
            turns = await self._documents.find(
                TURNS,
                "open_of_user",
                {"user_id": user_id, "open": is_open},
                bounds=Range(gt=since),
                descending=True,
                limit=_MOST_TURNS,
            )
            if any(each.created_at > since for turn in turns for each in turn.messages):
                return True
        return False


def _belongs(session: SessionDocument, user_id: str) -> bool:
    """Tell whether a user may be told of a session: it is theirs, and not private."""
    return session.user_id == user_id and not session.private


def _to_tell(turn: TurnDocument) -> bool:
    return not turn.open and answered(turn)


def _at_risk(turn: TurnDocument) -> bool:
    return turn.answer is not None and turn.answer.finish_reason == "safety"
