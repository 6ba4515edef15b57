"""Turns and sessions as documents, for tests of what is read from them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.resources import Usage
from sessions.archive import AnswerDocument, SessionDocument, TurnDocument, UserMessage

__all__ = ["AT", "answer", "message", "session", "turn"]

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def answer(text: str = "yes", *, turn_id: str = "t_1") -> AnswerDocument:
    """Return a whole answer."""
    return AnswerDocument(
        message_id="a" + turn_id[1:],
        text=text,
        persona="lua",
        finish_reason="stop",
        usage=Usage(prompt_tokens=1, completion_tokens=1),
        model="scripted",
        created_at=AT,
    )


def message(text: str) -> UserMessage:
    """Return a message of the user."""
    return UserMessage(id="m_1", client_msg_id="c1", text=text, created_at=AT)


def turn(number: int, *, done: bool = True, **fields: Any) -> TurnDocument:
    """Return a turn of session s_1 with one message, answered when it is done."""
    turn_id = f"t_{number}"
    key = f"c{number}"
    made: dict[str, Any] = {
        "id": turn_id,
        "session_id": "s_1",
        "user_id": "u1",
        "number": number,
        "messages": (
            UserMessage(id=f"m_{number}", client_msg_id=key, text=f"said {number}", created_at=AT),
        ),
        "client_msg_ids": (key,),
        "created_at": AT,
        "updated_at": AT + timedelta(seconds=number),
        "open": not done,
        "state": "done" if done else "accepted",
        "answer": answer(f"answer {number}", turn_id=turn_id) if done else None,
    }
    return TurnDocument(**(made | fields))


def session(**fields: Any) -> SessionDocument:
    """Return session s_1 of user u1."""
    made: dict[str, Any] = {
        "id": "s_1",
        "user_id": "u1",
        "title": "",
        "created_at": AT,
        "updated_at": AT,
        "changed_at": AT,
    }
    return SessionDocument(**(made | fields))
