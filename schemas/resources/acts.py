"""Bodies of what a user does in a session."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .ids import Id
from .messages import Rating

__all__ = [
    "EditMessage",
    "GiveFeedback",
    "MarkRead",
    "RegenerateTurn",
    "SendMessage",
    "ShowTyping",
    "StopTurn",
]


class SendMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/messages: the `send` frame without `type` and `session_id`."""

    client_msg_id: Id
    text: str
    persona: Annotated[str, Meta(max_length=64)] | None = None
    policy: Literal["merge", "queue", "interrupt", "reject"] = "merge"


class StopTurn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/stop: the turn to end, or the running one."""

    turn_id: Id | None = None


class RegenerateTurn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/regenerate."""

    turn_id: Id
    client_msg_id: Id
    persona: Annotated[str, Meta(max_length=64)] | None = None


class EditMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/edit."""

    message_id: Id
    client_msg_id: Id
    text: str


class GiveFeedback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/feedback."""

    turn_id: Id
    rating: Rating
    reason: Annotated[str, Meta(max_length=1000)] = ""
    stars: Annotated[int, Meta(ge=1, le=5)] | None = None


class MarkRead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/read: up to a message, or up to `seq` of `epoch`."""

    seq: Annotated[int, Meta(ge=0)] | None = None
    epoch: Annotated[str, Meta(max_length=64)] | None = None
    message_id: Id | None = None


class ShowTyping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions/{id}/typing."""

    active: bool
