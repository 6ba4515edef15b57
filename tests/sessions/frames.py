"""Frames of a log, made short."""

from datetime import UTC, datetime

from schemas.frames import (
    Delta,
    LogFrame,
    MessageFrame,
    Routed,
    TurnDone,
    TurnFailed,
    TurnRestarted,
    TurnStarted,
)
from schemas.resources import Choice, Message, Usage

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TURN = "t_1"


def started(seq: int, *, turn_id: str = TURN, attempt: int = 1) -> LogFrame:
    return TurnStarted(
        session_id="s1", seq=seq, at=AT, turn_id=turn_id, message_ids=("m_1",), attempt=attempt
    )


def restarted(seq: int, *, attempt: int = 2) -> LogFrame:
    return TurnRestarted(session_id="s1", seq=seq, at=AT, turn_id=TURN, attempt=attempt)


def routed(seq: int) -> LogFrame:
    return Routed(
        session_id="s1",
        seq=seq,
        at=AT,
        turn_id=TURN,
        persona="lua",
        choices=(Choice(persona="lua", probability=0.8, reason="you sound worn out"),),
        resonance_key="anxious-medium-seek_advice",
        resonance_confidence=0.7,
        override=False,
    )


def delta(seq: int, text: str) -> LogFrame:
    return Delta(session_id="s1", seq=seq, at=AT, turn_id=TURN, message_id="a_1", text=text)


def done(seq: int, text: str) -> LogFrame:
    return TurnDone(
        session_id="s1",
        seq=seq,
        at=AT,
        turn_id=TURN,
        message_id="a_1",
        persona="lua",
        text=text,
        finish_reason="stop",
        usage=Usage(prompt_tokens=1, completion_tokens=1),
        model="scripted",
        memories_used=(),
    )


def failed(seq: int) -> LogFrame:
    return TurnFailed(
        session_id="s1",
        seq=seq,
        at=AT,
        turn_id=TURN,
        code="provider_unavailable",
        message="",
        retryable=True,
    )


def said(seq: int) -> LogFrame:
    message = Message(id="m_1", role="user", text="hi", created_at=AT)
    return MessageFrame(session_id="s1", seq=seq, at=AT, message=message)
