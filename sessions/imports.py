"""Exchanges that were said elsewhere, as turns of a session."""

from collections.abc import Sequence
from datetime import datetime

from schemas.resources import Usage
from sessions.archive import AnswerDocument, TurnDocument, UserMessage
from sessions.exchanges import Exchange
from sessions.ids import answer_id, new_id
from sessions.text import MAX_TEXT_CHARS

__all__ = ["IMPORTED", "imported"]

IMPORTED = "imported"
_MOST_ANSWER_CHARS = 16_000


def imported(
    user_id: str, session_id: str, exchanges: Sequence[Exchange], now: datetime
) -> list[TurnDocument]:
    """Return a session's first turns; of texts that are too long only the beginning is kept."""
    return [
        _turn(user_id, session_id, number, exchange, now)
        for number, exchange in enumerate(exchanges, 1)
    ]


def _turn(
    user_id: str, session_id: str, number: int, exchange: Exchange, now: datetime
) -> TurnDocument:
    turn_id, key = new_id("t", now), f"{IMPORTED}-{number}"
    said = UserMessage(
        id=new_id("m", now),
        client_msg_id=key,
        text=exchange.said[:MAX_TEXT_CHARS],
        created_at=now,
    )
    answer = AnswerDocument(
        message_id=answer_id(turn_id),
        text=exchange.answer[:_MOST_ANSWER_CHARS],
        persona="",
        finish_reason="stop",
        usage=Usage(prompt_tokens=0, completion_tokens=0),
        model=IMPORTED,
        created_at=now,
    )
    return TurnDocument(
        id=turn_id,
        session_id=session_id,
        user_id=user_id,
        number=number,
        messages=(said,),
        client_msg_ids=(key,),
        created_at=now,
        updated_at=now,
        open=False,
        state="done",
        answer=answer,
    )
