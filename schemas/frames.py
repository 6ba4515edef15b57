"""Frames of protocol 2.1: what clients send, what the server answers, what a log holds."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from .memory import MemoryKind
from .resources import (
    Choice,
    Device,
    FinishReason,
    HelpLine,
    Message,
    Rating,
    RunningTurn,
    Session,
    Usage,
)

__all__ = [
    "CLIENT_FRAMES",
    "CONNECTION_FRAMES",
    "LOG_FRAMES",
    "Ack",
    "Attach",
    "AttachPoint",
    "Attached",
    "ClientFrame",
    "Delta",
    "Detach",
    "Drain",
    "Edit",
    "Error",
    "Feedback",
    "FeedbackFrame",
    "Hello",
    "Limits",
    "LogFrame",
    "MemorySaved",
    "MessageFrame",
    "Notice",
    "Ping",
    "Policy",
    "Pong",
    "Read",
    "ReadFrame",
    "Regenerate",
    "Routed",
    "Safety",
    "Send",
    "ServerFrame",
    "SessionUpdated",
    "Snapshot",
    "Stop",
    "TurnDone",
    "TurnFailed",
    "TurnRestarted",
    "TurnStarted",
    "Typing",
    "Welcome",
]

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Seq = Annotated[int, Meta(ge=0)]
Policy = Literal["merge", "queue", "interrupt", "reject"]


class _Client(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    pass


class AttachPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session and the reader's cursor in it; without `after`: snapshot, then live."""

    session_id: Id
    epoch: Annotated[str, Meta(max_length=64)] | None = None
    after: Seq | None = None


class Hello(_Client, frozen=True, kw_only=True, tag="hello"):
    """First frame of a connection."""

    token: Annotated[str, Meta(max_length=4096)] | None = None
    device: Device | None = None
    attach: Annotated[tuple[AttachPoint, ...], Meta(max_length=16)] = ()


class Attach(_Client, frozen=True, kw_only=True, tag="attach"):
    """Read a session from a cursor."""

    session_id: Id
    epoch: Annotated[str, Meta(max_length=64)] | None = None
    after: Seq | None = None


class Detach(_Client, frozen=True, kw_only=True, tag="detach"):
    """Stop reading a session."""

    session_id: Id


class Send(_Client, frozen=True, kw_only=True, tag="send"):
    """Say something; without `session_id` a new session is made and attached."""

    client_msg_id: Id
    text: str
    session_id: Id | None = None
    persona: Annotated[str, Meta(max_length=64)] | None = None
    policy: Policy = "merge"


class Stop(_Client, frozen=True, kw_only=True, tag="stop"):
    """End the running turn; what was written stays."""

    session_id: Id
    turn_id: Id | None = None


class Regenerate(_Client, frozen=True, kw_only=True, tag="regenerate"):
    """Answer a turn again; the old answer becomes a sibling."""

    session_id: Id
    turn_id: Id
    client_msg_id: Id
    persona: Annotated[str, Meta(max_length=64)] | None = None


class Edit(_Client, frozen=True, kw_only=True, tag="edit"):
    """Replace a message of the user: a new branch from there."""

    session_id: Id
    message_id: Id
    client_msg_id: Id
    text: str


class Feedback(_Client, frozen=True, kw_only=True, tag="feedback"):
    """What the user thinks of an answer: -1, 1, or 0 to take it back; 1 to 5 `stars` say more."""

    session_id: Id
    turn_id: Id
    rating: Rating
    reason: Annotated[str, Meta(max_length=1000)] = ""
    stars: Annotated[int, Meta(ge=1, le=5)] | None = None


class Read(_Client, frozen=True, kw_only=True, tag="read"):
    """Read up to a message, or up to `seq` of `epoch` (left out: the present one)."""

    session_id: Id
    seq: Seq | None = None
    epoch: Annotated[str, Meta(max_length=64)] | None = None
    message_id: Id | None = None


class Typing(_Client, frozen=True, kw_only=True, tag="typing"):
    """The user writes, or has stopped; it expires by itself after 6 s."""

    session_id: Id
    active: bool


class Ping(_Client, frozen=True, kw_only=True, tag="ping"):
    """Ask for a `pong` with the same nonce."""

    nonce: Annotated[str, Meta(max_length=64)] | None = None


ClientFrame = (
    Hello | Attach | Detach | Send | Stop | Regenerate | Edit | Feedback | Read | Typing | Ping
)
CLIENT_FRAMES: tuple[type[ClientFrame], ...] = (
    Hello,
    Attach,
    Detach,
    Send,
    Stop,
    Regenerate,
    Edit,
    Feedback,
    Read,
    Typing,
    Ping,
)


class _Server(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    pass


class Limits(Struct, frozen=True, kw_only=True):
    """What a connection may do."""

    text_chars: int
    frame_bytes: int
    sessions: int


class Welcome(_Server, frozen=True, kw_only=True, tag="welcome"):
    """Answer to `hello`."""

    connection_id: str
    user_id: str
    protocol: str
    server_time: datetime
    heartbeat_s: int
    limits: Limits


class Attached(_Server, frozen=True, kw_only=True, tag="attached"):
    """Reading begins after `seq`; `recovered` is false when a snapshot replaces what was missed."""

    session_id: str
    epoch: str
    seq: int
    recovered: bool


class Snapshot(_Server, frozen=True, kw_only=True, tag="snapshot"):
    """A session as of `seq`: replaces all a reader knew of it."""

    session: Session
    messages: tuple[Message, ...]
    epoch: str
    seq: int
    running_turn: RunningTurn | None = None


class Ack(_Server, frozen=True, kw_only=True, tag="ack"):
    """The message is in the durable archive."""

    client_msg_id: str
    session_id: str
    turn_id: str
    message_id: str
    duplicate: bool


class Pong(_Server, frozen=True, kw_only=True, tag="pong"):
    """Answer to `ping`."""

    nonce: str | None = None


class Error(_Server, frozen=True, kw_only=True, tag="error"):
    """What was wrong with the frame that `ref` names (its client_msg_id or session_id)."""

    code: str
    message: str
    retryable: bool
    retry_after_ms: int | None = None
    ref: str | None = None


class Drain(_Server, frozen=True, kw_only=True, tag="drain"):
    """The server is leaving: come back after `reconnect_in_ms`."""

    reconnect_in_ms: int


class _Log(_Server, frozen=True, kw_only=True):
    session_id: str
    seq: int
    at: datetime


class MessageFrame(_Log, frozen=True, kw_only=True, tag="message"):
    """A message of the user was accepted.

    When it supersedes another, that one and all that came after it leave the view.
    """

    message: Message


class TurnStarted(_Log, frozen=True, kw_only=True, tag="turn_started"):
    """A turn begins to be answered; again with more `message_ids` when a message joined it.

    When it supersedes another turn, that one's answer and all that came after it leave the view.
    Without `message_ids` the mentor writes first: nobody asked.
    """

    turn_id: str
    message_ids: tuple[str, ...]
    attempt: int
    supersedes: str | None = None


class Routed(_Log, frozen=True, kw_only=True, tag="routed"):
    """Who answers, and why."""

    turn_id: str
    persona: str
    choices: tuple[Choice, ...]
    resonance_key: str
    resonance_confidence: float
    override: bool


class Delta(_Log, frozen=True, kw_only=True, tag="delta"):
    """The next piece of the answer's text."""

    turn_id: str
    message_id: str
    text: str


class TurnRestarted(_Log, frozen=True, kw_only=True, tag="turn_restarted"):
    """Another process goes on with the turn; readers drop the partial text."""

    turn_id: str
    attempt: int


class TurnDone(_Log, frozen=True, kw_only=True, tag="turn_done"):
    """The answer is whole and durable."""

    turn_id: str
    message_id: str
    persona: str
    text: str
    finish_reason: FinishReason
    usage: Usage
    model: str
    memories_used: tuple[str, ...]


class TurnFailed(_Log, frozen=True, kw_only=True, tag="turn_failed"):
    """The turn could not be answered; the user's message is kept."""

    turn_id: str
    code: str
    message: str
    retryable: bool


class SessionUpdated(_Log, frozen=True, kw_only=True, tag="session_updated"):
    """Title or persona of the session changed."""

    session: Session


class Safety(_Log, frozen=True, kw_only=True, tag="safety"):
    """The user's words call for human help: ways to reach it."""

    turn_id: str
    category: str
    resources: tuple[HelpLine, ...]


class FeedbackFrame(_Log, frozen=True, kw_only=True, tag="feedback"):
    """An answer was rated."""

    turn_id: str
    rating: Rating


class ReadFrame(_Log, frozen=True, kw_only=True, tag="read"):
    """The user has read up to a message; `unread` answers are left."""

    message_id: str
    unread: int


class MemorySaved(_Log, frozen=True, kw_only=True, tag="memory_saved"):
    """Something is remembered from now on, or another than before: see GET /memory/{memory_id}.

    `message_ids` are the messages of this session that it is known from.
    """

    memory_id: str
    kind: MemoryKind
    text: str
    turn_id: str
    message_ids: tuple[str, ...]


class Notice(_Log, frozen=True, kw_only=True, tag="notice"):
    """Something the user should know, once: that an AI answers, and which."""

    code: str
    text: str


LogFrame = (
    MessageFrame
    | TurnStarted
    | Routed
    | Delta
    | TurnRestarted
    | TurnDone
    | TurnFailed
    | SessionUpdated
    | Safety
    | Notice
    | FeedbackFrame
    | ReadFrame
    | MemorySaved
)
LOG_FRAMES: tuple[type[LogFrame], ...] = (
    MessageFrame,
    TurnStarted,
    Routed,
    Delta,
    TurnRestarted,
    TurnDone,
    TurnFailed,
    SessionUpdated,
    Safety,
    Notice,
    FeedbackFrame,
    ReadFrame,
    MemorySaved,
)
ConnectionFrame = Welcome | Attached | Snapshot | Ack | Pong | Error | Drain
CONNECTION_FRAMES: tuple[type[ConnectionFrame], ...] = (
    Welcome,
    Attached,
    Snapshot,
    Ack,
    Pong,
    Error,
    Drain,
)
ServerFrame = ConnectionFrame | LogFrame
