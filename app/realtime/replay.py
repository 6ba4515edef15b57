"""Frames of a turn made from what is stored of it, for a reader that missed them."""

from typing import Any, TypeAlias

from schemas.frames import Delta, Routed, Safety, TurnDone, TurnFailed, TurnStarted
from schemas.resources import RunningTurn
from sessions.archive import TurnDocument
from sessions.ids import answer_id

__all__ = ["Told", "finished", "so_far"]

Told: TypeAlias = TurnStarted | Routed | Safety | Delta | TurnDone | TurnFailed


def so_far(turn: TurnDocument, running: RunningTurn, *, seq: int) -> list[Told]:
    """Return a running turn up to a snapshot's `seq`; a `routed` frame without its confidence."""
    head = _head(turn, seq)
    told: list[Told] = [
        TurnStarted(message_ids=running.message_ids, attempt=running.attempt, **head)
    ]
    if running.persona is not None:
        routed = Routed(
            persona=running.persona,
            choices=running.choices,
            resonance_key=running.resonance_key,
            resonance_confidence=0,
            override=False,
            **head,
        )
        told.append(routed)
    return [*told, *_text(turn, running.text, head)]


def finished(turn: TurnDocument, *, seq: int) -> list[Told]:
    """Return all that there was of a turn that has ended; a `safety` frame without its category."""
    head = _head(turn, seq)
    ids = tuple(message.id for message in turn.messages)
    told: list[Told] = [TurnStarted(message_ids=ids, attempt=max(turn.attempt, 1), **head)]
    told += _routed(turn, head)
    answer = turn.answer
    if answer is None:
        code = turn.failure or "internal"
        again = not turn.failed_for_good
        failed = TurnFailed(code=code, message="the turn failed", retryable=again, **head)
        return [*told, failed]
    if answer.resources:
        told.append(Safety(category="", resources=answer.resources, **head))
    done = TurnDone(
        message_id=answer.message_id,
        persona=answer.persona,
        text=answer.text,
        finish_reason=answer.finish_reason,
        usage=answer.usage,
        model=answer.model,
        memories_used=answer.memories_used,
        **head,
    )
    return [*told, *_text(turn, answer.text, head), done]


def _head(turn: TurnDocument, seq: int) -> dict[str, Any]:
    return {"session_id": turn.session_id, "seq": seq, "at": turn.updated_at, "turn_id": turn.id}


def _routed(turn: TurnDocument, head: dict[str, Any]) -> list[Told]:
    if (routing := turn.routing) is None:
        return []
    return [
        Routed(
            persona=routing.persona,
            choices=routing.choices,
            resonance_key=routing.resonance_key,
            resonance_confidence=routing.resonance_confidence,
            override=routing.override,
            **head,
        )
    ]


def _text(turn: TurnDocument, text: str, head: dict[str, Any]) -> list[Told]:
    return [Delta(message_id=answer_id(turn.id), text=text, **head)] if text else []
