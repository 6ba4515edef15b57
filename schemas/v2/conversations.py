"""Bodies of /conversations and of their turns."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.resources import HelpLine, Message, Session
from schemas.v2.parts import Part, Routing, Share, Text, UserId

__all__ = [
    "Conversation",
    "ConversationClosed",
    "ConversationList",
    "ConversationPage",
    "ConversationRemoved",
    "StartConversation",
    "TakeTurn",
    "TurnReply",
    "TurnRunning",
]


class StartConversation(Struct, frozen=True, kw_only=True):
    """Body of POST /conversations; `user_id` is checked and not kept."""

    user_id: UserId | None = None
    title: Annotated[str, Meta(max_length=200)] = ""
    persona: Part | None = None


class Conversation(Struct, frozen=True, kw_only=True):
    """A conversation: a session, by the id that its client knows."""

    conversation_id: str
    status: Literal["active", "closed"]
    session: Session


class ConversationList(Struct, frozen=True, kw_only=True):
    """The conversations of the token's user, the last used first; without a token none."""

    conversations: tuple[Conversation, ...]
    next: str | None


class ConversationPage(Struct, frozen=True, kw_only=True):
    """A conversation and its messages in order; `before` reaches further back."""

    conversation: Conversation
    messages: tuple[Message, ...]
    before: str | None


class ConversationClosed(Struct, frozen=True, kw_only=True):
    """The conversation takes no more turns; the summary is null while an answer still ends."""

    success: bool
    conversation_id: str
    status: Literal["closed"]
    summary: str | None


class ConversationRemoved(Struct, frozen=True, kw_only=True):
    """The conversation and all that was said in it is deleted."""

    success: bool
    conversation_id: str


class TakeTurn(Struct, frozen=True, kw_only=True):
    """Body of POST /conversations/{id}/turns; the same `client_msg_id` is answered once."""

    user_input: Text
    client_msg_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    persona: Part | None = None


class TurnReply(Struct, frozen=True, kw_only=True):
    """An answer in a conversation; `duplicate` says that the message had come before."""

    success: bool
    conversation_id: str
    turn_id: str
    client_msg_id: str
    duplicate: bool
    status: Literal["done"]
    content: str
    persona_used: str
    resonance_key: str
    routing: Routing
    confidence: Share
    finish_reason: Literal["stop", "length", "stopped", "safety"]
    resources: tuple[HelpLine, ...]
    timestamp: datetime
    request_id: str


class TurnRunning(Struct, frozen=True, kw_only=True):
    """The answer takes longer than was waited: it will be at `location`."""

    success: bool
    conversation_id: str
    turn_id: str
    client_msg_id: str
    duplicate: bool
    status: Literal["running"]
    location: str
    timestamp: datetime
    request_id: str
