"""Documents as clients see them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from schemas.resources import Answered, Message, Session
from sessions.archive import AnswerDocument, SessionDocument, TurnDocument
from sessions.ids import answer_id
from sessions.life import Life
from sessions.progress import progress_of, recap

__all__ = ["ViewSession", "message_views", "session_view"]

_NO_SIBLINGS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


class ViewSession(Protocol):
    """Shows sessions as of now."""

    def __call__(self, session: SessionDocument, *, running: bool = False) -> Session:
        """Return a session as clients see it now."""
        ...


def session_view(
    session: SessionDocument,
    *,
    running: bool = False,
    life: Life = Life(),  # noqa: B008 - a frozen value
    now: datetime | None = None,
) -> Session:
    """Return a session as clients see it at `now`, by default the moment of its last change."""
    now = now or session.changed_at
    state = life.state(session, now, running=running)
    came_back = session.resumed_at is not None and session.resumed_at > session.updated_at
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
        unread=session.unread,
        state=state,
        closes_at=life.closes_at(session),
        recap=recap(session.summary) if state == "closed" or came_back else "",
        progress=progress_of(session.summary),
        private=session.private,
    )


def message_views(
    turns: Iterable[TurnDocument],
    *,
    unanswered: str | None = None,
    siblings: Mapping[int, tuple[str, ...]] = _NO_SIBLINGS,
) -> tuple[Message, ...]:
    """Return the messages of turns in order; of the turn `unanswered` without the answer.

    `siblings` are the ids of turns that stand for one another, by the number of each.
    """
    messages: list[Message] = []
    for turn in turns:
        others = siblings.get(turn.number, ())
        shown = turn.id != unanswered
        messages.extend(_asked(turn, failed=turn.failure if shown else None, siblings=others))
        if turn.answer is not None and shown:
            messages.append(_answered(turn, turn.answer, siblings=others))
    return tuple(messages)


def _asked(turn: TurnDocument, *, failed: str | None, siblings: tuple[str, ...]) -> list[Message]:
    return [
        Message(
            id=each.id,
            role="user",
            text=each.text,
            created_at=each.created_at,
            client_msg_id=each.client_msg_id,
            turn_id=turn.id,
            supersedes=each.supersedes,
            failed=failed,
            siblings=siblings,
        )
        for each in turn.messages
    ]


def _answered(turn: TurnDocument, answer: AnswerDocument, *, siblings: tuple[str, ...]) -> Message:
    routing = turn.routing
    return Message(
        id=answer.message_id,
        role="assistant",
        text=answer.text,
        created_at=answer.created_at,
        turn_id=turn.id,
        supersedes=answer_id(turn.supersedes) if turn.supersedes else None,
        answered=Answered(
            turn_id=turn.id,
            persona=answer.persona,
            choices=routing.choices if routing else (),
            resonance_key=routing.resonance_key if routing else "",
            finish_reason=answer.finish_reason,
            model=answer.model,
            resources=answer.resources,
            rating=turn.feedback.rating if turn.feedback else 0,
            memories_used=answer.memories_used,
        ),
        siblings=siblings,
    )
