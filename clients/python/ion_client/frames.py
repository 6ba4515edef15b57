"""The wire: frames of protocol 2.1 to bytes and back, in JSON or MessagePack."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from .resources import Choice, Device, HelpLine, Message, RunningTurn, SessionInfo, Usage

__all__ = [
    "Ack",
    "Attach",
    "AttachPoint",
    "Attached",
    "ClientFrame",
    "Codec",
    "Delta",
    "Detach",
    "Drain",
    "Edit",
    "Error",
    "FeedbackFrame",
    "Format",
    "Hello",
    "Limits",
    "LogFrame",
    "MemorySaved",
    "MessageFrame",
    "Notice",
    "Other",
    "Ping",
    "Pong",
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

Format = Literal["json", "msgpack"]


class AttachPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session and the cursor in it."""

    session_id: str
    epoch: str | None = None
    after: int | None = None


class _Client(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    pass


class Hello(_Client, frozen=True, kw_only=True, tag="hello"):
    """The first frame."""

    token: str | None = None
    device: Device | None = None
    attach: tuple[AttachPoint, ...] = ()


class Attach(_Client, frozen=True, kw_only=True, tag="attach"):
    """Read a session; without a cursor from a snapshot on."""

    session_id: str
    epoch: str | None = None
    after: int | None = None


class Detach(_Client, frozen=True, kw_only=True, tag="detach"):
    """Read a session no more."""

    session_id: str


class Send(_Client, frozen=True, kw_only=True, tag="send"):
    """A message; without `session_id` it begins a session."""

    client_msg_id: str
    text: str
    session_id: str | None = None
    persona: str | None = None
    policy: str = "merge"


class Stop(_Client, frozen=True, kw_only=True, tag="stop"):
    """End a turn; what was written stays."""

    session_id: str
    turn_id: str | None = None


class Regenerate(_Client, frozen=True, kw_only=True, tag="regenerate"):
    """Answer a turn again."""

    session_id: str
    turn_id: str
    client_msg_id: str
    persona: str | None = None


class Edit(_Client, frozen=True, kw_only=True, tag="edit"):
    """Put other words in the place of a message."""

    session_id: str
    message_id: str
    client_msg_id: str
    text: str


class Typing(_Client, frozen=True, kw_only=True, tag="typing"):
    """The user writes, or has stopped."""

    session_id: str
    active: bool


class Ping(_Client, frozen=True, kw_only=True, tag="ping"):
    """Ask for a sign of life."""

    nonce: str | None = None


ClientFrame = Hello | Attach | Detach | Send | Stop | Regenerate | Edit | Typing | Ping


class Limits(Struct, frozen=True, kw_only=True):
    """What this connection may do."""

    text_chars: int = 8000
    frame_bytes: int = 65_536
    sessions: int = 16


class Welcome(Struct, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    """The server took the hello."""

    connection_id: str = ""
    user_id: str = ""
    limits: Limits = Limits()


class Attached(Struct, frozen=True, kw_only=True, tag_field="type", tag="attached"):
    """Reading goes on after `seq`, or from a snapshot when it is not `recovered`."""

    session_id: str
    epoch: str
    seq: int
    recovered: bool


class Snapshot(Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """A session as of `seq`."""

    session: SessionInfo
    messages: tuple[Message, ...]
    epoch: str
    seq: int
    running_turn: RunningTurn | None = None


class Ack(Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """The message is durable."""

    client_msg_id: str
    session_id: str
    turn_id: str
    message_id: str = ""
    duplicate: bool = False


class Pong(Struct, frozen=True, kw_only=True, tag_field="type", tag="pong"):
    """A sign of life."""

    nonce: str | None = None


class Error(Struct, frozen=True, kw_only=True, tag_field="type", tag="error"):
    """What was wrong with the frame that `ref` names."""

    code: str
    message: str = ""
    retryable: bool = False
    retry_after_ms: int | None = None
    ref: str | None = None


class Drain(Struct, frozen=True, kw_only=True, tag_field="type", tag="drain"):
    """The server is leaving."""

    reconnect_in_ms: int = 0


class _Log(Struct, frozen=True, kw_only=True, tag_field="type"):
    session_id: str
    seq: int
    at: datetime


class MessageFrame(_Log, frozen=True, kw_only=True, tag="message"):
    """A message of the user was accepted."""

    message: Message


class TurnStarted(_Log, frozen=True, kw_only=True, tag="turn_started"):
    """A turn begins to be answered, again when messages joined it."""

    turn_id: str
    message_ids: tuple[str, ...] = ()
    attempt: int = 1
    supersedes: str | None = None


class Routed(_Log, frozen=True, kw_only=True, tag="routed"):
    """Who answers."""

    turn_id: str
    persona: str
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    override: bool = False


class Delta(_Log, frozen=True, kw_only=True, tag="delta"):
    """The next piece of text."""

    turn_id: str
    text: str
    message_id: str = ""


class TurnRestarted(_Log, frozen=True, kw_only=True, tag="turn_restarted"):
    """The text so far is void."""

    turn_id: str
    attempt: int = 2


class TurnDone(_Log, frozen=True, kw_only=True, tag="turn_done"):
    """The answer is whole."""

    turn_id: str
    message_id: str
    text: str
    persona: str = ""
    finish_reason: str = "stop"
    usage: Usage | None = None
    model: str = ""
    memories_used: tuple[str, ...] = ()


class TurnFailed(_Log, frozen=True, kw_only=True, tag="turn_failed"):
    """The turn has no answer."""

    turn_id: str
    code: str
    message: str = ""
    retryable: bool = False


class SessionUpdated(_Log, frozen=True, kw_only=True, tag="session_updated"):
    """Title or persona changed."""

    session: SessionInfo


class Safety(_Log, frozen=True, kw_only=True, tag="safety"):
    """Ways to reach human help."""

    turn_id: str
    category: str
    resources: tuple[HelpLine, ...] = ()


class FeedbackFrame(_Log, frozen=True, kw_only=True, tag="feedback"):
    """An answer was rated."""

    turn_id: str
    rating: int


class ReadFrame(_Log, frozen=True, kw_only=True, tag="read"):
    """The user has read up to a message."""

    message_id: str
    unread: int = 0


class MemorySaved(_Log, frozen=True, kw_only=True, tag="memory_saved"):
    """Something is remembered from now on."""

    memory_id: str
    kind: str = ""
    text: str = ""
    turn_id: str = ""
    message_ids: tuple[str, ...] = ()


class Notice(_Log, frozen=True, kw_only=True, tag="notice"):
    """Something to know once."""

    code: str
    text: str


class Other(Struct, frozen=True, kw_only=True):
    """A frame of the log that this client does not know: it only moves the cursor."""

    type: str
    session_id: str | None = None
    seq: int | None = None


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
_Known = Welcome | Attached | Snapshot | Ack | Pong | Error | Drain | LogFrame
ServerFrame = _Known | Other


class Codec:
    """One of the two subprotocols; both carry the same keys and values."""

    def __init__(self, format_: Format = "json") -> None:
        self.subprotocol = f"ion.v2.1.{format_}"
        json = format_ == "json"
        self._json = json
        decoder: Any = msgspec.json.Decoder if json else msgspec.msgpack.Decoder
        self._decoders: list[Any] = [decoder(_Known), decoder(Other)]

    def encode(self, frame: ClientFrame) -> str | bytes:
        """Return what goes into one WebSocket message."""
        return msgspec.json.encode(frame).decode() if self._json else msgspec.msgpack.encode(frame)

    def decode(self, data: str | bytes) -> ServerFrame | None:
        """Return the frame in a WebSocket message, None when it is none at all.

        One of an unknown type, or of a known one with unknown contents, becomes `Other`.
        """
        for decoder in self._decoders:
            try:
                frame: ServerFrame = decoder.decode(data)
            except (msgspec.DecodeError, UnicodeError):
                continue
            return frame
        return None
