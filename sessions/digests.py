"""Summaries for people: what was said in a session, line by line, and what was noted of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from sessions.archive import SESSIONS, SessionDocument
from sessions.branches import load_shown
from sessions.context import RECENT_TURNS, summarised
from sessions.conversation import PastTurn, Summary
from sessions.exchanges import Exchange
from sessions.history import fold
from sessions.personas.language import detect_language
from sessions.personas.prompts.texts import texts
from sessions.stores.documents import Documents

__all__ = ["Digest", "Digests", "digest_of", "digest_text"]

Status = Literal["not_found", "generating", "failed", "completed"]


class Digest(Struct, frozen=True, kw_only=True):
    """A session's summary: there is none while an answer is on its way, or when all failed."""

    status: Status
    text: str | None = None


class Digests:
    """Summaries of the sessions of users; raises StoreUnavailable."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def of(self, user_id: str, session_id: str) -> Digest:
        """Return the summary of a session; one of somebody else's does not exist."""
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            return Digest(status="not_found")
        return await self._read(session)

    async def _read(self, session: SessionDocument) -> Digest:
        turns = await load_shown(self._documents, session, limit=RECENT_TURNS)
        if any(turn.open for turn in turns):
            return Digest(status="generating")
        if turns and all(turn.failure is not None for turn in turns):
            return Digest(status="failed")
        leaf = turns[-1].number if turns else 0
        summary = await summarised(self._documents, session, turns, leaf=leaf)
        return Digest(status="completed", text=digest_text(summary))


async def digest_of(exchanges: Sequence[Exchange], now: datetime) -> str:
    """Return the summary that a conversation would have."""
    return await asyncio.to_thread(_digest_of, exchanges, now)


def _digest_of(exchanges: Sequence[Exchange], now: datetime) -> str:
    summary = Summary()
    for number, exchange in enumerate(exchanges, 1):
        turn = PastTurn(
            turn_id=f"h{number}",
            user_text=exchange.said,
            answer=exchange.answer,
            persona="",
            at=now,
        )
        summary = fold(summary, turn, number=number)
    return digest_text(summary)


def digest_text(summary: Summary) -> str:
    """Return a summary as lines: what was said, oldest first, and then what was noted."""
    said = "\n".join((*summary.story, *summary.pending))
    kinds = texts(detect_language(said) or "en")["kinds"]
    noted = dict.fromkeys(
        f"{kinds.get(note.kind, note.kind)}: {note.text}" for note in summary.notes
    )
    return "\n".join(filter(None, (said, *noted)))
