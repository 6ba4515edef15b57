"""A conversation as a page shows it: what was said, what still waits, and what is being written."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

from msgspec import Struct

from .channel import Channel, Sending
from .resources import Message
from .turns import Turn

__all__ = ["Shown", "Status", "shown"]

Status = Literal["queued", "sent", "streaming", "done", "stopped", "failed"]


class Shown(Struct, frozen=True, kw_only=True):
    """One message as it stands now; `key` never changes while it is shown.

    Of the user: queued (only here), sent (the server has it) or failed (refused for good, `error`
    is the code). Of the assistant: streaming, then done, stopped or failed.
    """

    key: str
    id: str | None
    role: Literal["user", "assistant"]
    text: str
    status: Status
    turn_id: str | None = None
    client_msg_id: str | None = None
    persona: str | None = None
    error: str | None = None


def shown(channel: Channel) -> tuple[Shown, ...]:
    """Return what of a session is shown, in the order of the conversation."""
    return tuple(_all(channel))


def _all(channel: Channel) -> Iterator[Shown]:
    running = {each.turn_id: each for each in channel.view.turns if each.message_id}
    for turn_id, messages in groupby(channel.view.messages, lambda each: each.turn_id):
        yield from _of_turn(turn_id, list(messages))
        if turn := running.pop(turn_id or "", None):
            yield _streaming(turn)
    yield from map(_streaming, running.values())
    yield from (_mine(each, "sent") for each in channel.accepted)
    for sending, error in channel.refused:
        if sending.kind == "send":
            yield _mine(sending, "failed", error.code)
    yield from (_mine(each, "queued") for each in channel.outbox if each.kind == "send")


def _of_turn(turn_id: str | None, messages: Iterable[Message]) -> Iterator[Shown]:
    failure = None
    for message in messages:
        failure = message.failed or failure
        yield _answer(message) if message.role == "assistant" else _said(message)
    if failure and turn_id:
        yield Shown(
            key=turn_id,
            id=None,
            role="assistant",
            text="",
            status="failed",
            turn_id=turn_id,
            error=failure,
        )


def _said(message: Message) -> Shown:
    return Shown(
        key=message.client_msg_id or message.id,
        id=message.id,
        role="user",
        text=message.text,
        status="sent",
        turn_id=message.turn_id,
        client_msg_id=message.client_msg_id,
    )


def _answer(message: Message) -> Shown:
    answered = message.answered
    stopped = answered is not None and answered.finish_reason == "stopped"
    return Shown(
        key=message.id,
        id=message.id,
        role="assistant",
        text=message.text,
        status="stopped" if stopped else "done",
        turn_id=message.turn_id,
        persona=answered.persona if answered else None,
    )


def _streaming(turn: Turn) -> Shown:
    return Shown(
        key=turn.message_id or turn.turn_id,
        id=turn.message_id,
        role="assistant",
        text=turn.text,
        status="streaming",
        turn_id=turn.turn_id,
        persona=turn.routed.persona if turn.routed else None,
    )


def _mine(sending: Sending, status: Status, error: str | None = None) -> Shown:
    return Shown(
        key=sending.client_msg_id,
        id=None,
        role="user",
        text=sending.text,
        status=status,
        turn_id=sending.turn_id,
        client_msg_id=sending.client_msg_id,
        error=error,
    )
