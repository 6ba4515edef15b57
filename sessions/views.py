"""Documents as clients see them."""

from collections.abc import Iterable

from schemas.resources import Answered, Message, Session
from sessions.archive import AnswerDocument, SessionDocument, TurnDocument

__all__ = ["message_views", "session_view"]


def session_view(session: SessionDocument, *, running: bool = False) -> Session:
    """Return a session as clients see it."""
    return Session(
        id=session.id,
        title=session.title,
        created_at=session.created_at,
        updated_at=session.updated_at,
        persona=session.persona,
        message_count=session.message_count,
        last_text=session.last_text,
        running=running,
        notice=session.notice,
    )


def message_views(
    turns: Iterable[TurnDocument], *, unanswered: str | None = None
) -> tuple[Message, ...]:
    """Return the messages of turns in order; of the turn `unanswered` without the answer."""
    messages: list[Message] = []
    for turn in turns:
        messages.extend(_asked(turn, failed=turn.failure if turn.id != unanswered else None))
        if turn.answer is not None and turn.id != unanswered:
            messages.append(_answered(turn, turn.answer))
    return tuple(messages)


def _asked(turn: TurnDocument, *, failed: str | None) -> list[Message]:
    return [
        Message(
            id=each.id,
            role="user",
            text=each.text,
            created_at=each.created_at,
            client_msg_id=each.client_msg_id,
            turn_id=turn.id,
            failed=failed,
        )
        for each in turn.messages
    ]


def _answered(turn: TurnDocument, answer: AnswerDocument) -> Message:
    routing = turn.routing
    return Message(
        id=answer.message_id,
        role="assistant",
        text=answer.text,
        created_at=answer.created_at,
        turn_id=turn.id,
        answered=Answered(
            turn_id=turn.id,
            persona=answer.persona,
            choices=routing.choices if routing else (),
            resonance_key=routing.resonance_key if routing else "",
            finish_reason=answer.finish_reason,
            model=answer.model,
            resources=answer.resources,
        ),
    )
