"""What readers are told of a turn before its first word: that it runs, and who answers."""

from schemas.frames import Notice, Routed, TurnRestarted, TurnStarted
from sessions.archive import SessionDocument
from sessions.control import Control
from sessions.conversation import Conversation
from sessions.log import Writer
from sessions.safety.policy import first_notice

__all__ = ["announce", "start"]


def announce(
    control: Control,
    conversation: Conversation,
    session: SessionDocument,
    writer: Writer,
    *,
    language: str,
    provider: str,
) -> None:
    """Write that the turn runs and how it was routed; at first, what answers here."""
    turn = control.turn
    if conversation.count == 0 and not session.notice:
        writer.write(Notice, code="ai", text=first_notice(language, provider))
    start(control, writer)
    if turn.attempt > 1:
        writer.write(TurnRestarted, turn_id=turn.id, attempt=turn.attempt)
    if (routing := turn.routing) is not None:
        writer.write(
            Routed,
            turn_id=turn.id,
            persona=routing.persona,
            choices=routing.choices,
            resonance_key=routing.resonance_key,
            resonance_confidence=routing.resonance_confidence,
            override=routing.override,
        )


def start(control: Control, writer: Writer) -> None:
    """Write that the turn runs, unless the log says so already of the same messages."""
    turn = control.turn
    ids = tuple(message.id for message in turn.messages)
    running = writer.tail.running
    if (running.turn_id, running.message_ids) != (turn.id, ids):
        writer.write(
            TurnStarted,
            turn_id=turn.id,
            message_ids=ids,
            attempt=max(turn.attempt, 1),
            supersedes=turn.supersedes,
        )
        control.started()
