"""Facts as their user sees them, with the messages they come from."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from schemas.memory import EarlierMemory, Memory, MemorySource
from sessions.archive import SessionDocument, TurnDocument

from .documents import FactDocument, Source
from .quoting import quoted

__all__ = ["Said", "memory_view", "saved_fields"]


class Said(Struct, frozen=True, kw_only=True):
    """What was said where facts come from: turns and sessions that are still there, by id."""

    turns: Mapping[str, TurnDocument]
    sessions: Mapping[str, SessionDocument]


def memory_view(
    fact: FactDocument,
    said: Said,
    *,
    sources: Iterable[Source],
    earlier: Iterable[FactDocument] = (),
) -> Memory:
    """Return a fact as its user sees it, from those of `sources` that are still there."""
    found = (_source(fact, each, said) for each in sources)
    return Memory(
        id=fact.id,
        kind=fact.kind,
        text=fact.text,
        language=fact.language,
        confidence=fact.confidence,
        sensitivity=fact.sensitivity,
        sharing=fact.sharing,
        persona=fact.persona,
        due=fact.due,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        superseded_by=fact.superseded_by,
        created_at=fact.created_at,
        updated_at=fact.updated_at,
        pinned=fact.pinned,
        edited=fact.edited,
        left=not fact.shown,
        sources=tuple(each for each in found if each is not None),
        source_count=len(fact.sources),
        earlier=tuple(
            EarlierMemory(
                id=each.id, text=each.text, valid_from=each.valid_from, valid_to=each.valid_to
            )
            for each in earlier
        ),
    )


def _source(fact: FactDocument, source: Source, said: Said) -> MemorySource | None:
    turn = said.turns.get(source.turn_id)
    session = said.sessions.get(source.session_id)
    message = _message(turn, source.message_id) if turn else None
    if session is None or message is None:
        return None
    role, text, at = message
    return MemorySource(
        session_id=source.session_id,
        session_title=session.title,
        turn_id=source.turn_id,
        message_id=source.message_id,
        role=role,
        text=quoted(text, fact.text),
        at=at,
    )


def _message(
    turn: TurnDocument, message_id: str
) -> tuple[Literal["user", "assistant"], str, datetime] | None:
    for each in turn.messages:
        if each.id == message_id:
            return "user", each.text, each.created_at
    answer = turn.answer
    if answer is not None and answer.message_id == message_id:
        return "assistant", answer.text, answer.created_at
    return None


def saved_fields(fact: FactDocument, turn_id: str) -> dict[str, Any]:
    """Return what the frame `memory_saved` says of a fact that a turn taught."""
    return {
        "memory_id": fact.id,
        "kind": fact.kind,
        "text": fact.text,
        "turn_id": turn_id,
        "message_ids": tuple(each.message_id for each in fact.sources if each.turn_id == turn_id),
    }
