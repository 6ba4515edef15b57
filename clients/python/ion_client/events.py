"""What a conversation tells its user, in the order in which it happens."""

from msgspec import Struct

from .resources import Choice, HelpLine, Message, RunningTurn, SessionInfo, Usage

__all__ = [
    "Acked",
    "Delta",
    "Done",
    "Event",
    "Failed",
    "MessageAdded",
    "Notice",
    "Rated",
    "Read",
    "Refreshed",
    "Remembered",
    "Restarted",
    "Routed",
    "Safety",
    "Superseded",
    "TurnEvent",
    "Updated",
]


class Acked(Struct, frozen=True, kw_only=True):
    """The message is durable: the server answers it even if this program ends now.

    `duplicate` says that the server had it already.
    """

    client_msg_id: str
    session_id: str
    turn_id: str
    duplicate: bool = False


class Routed(Struct, frozen=True, kw_only=True):
    """Who answers, and why; `override` says that the user chose."""

    turn_id: str
    persona: str
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    override: bool = False


class Delta(Struct, frozen=True, kw_only=True):
    """The next piece of the answer."""

    turn_id: str
    text: str


class Restarted(Struct, frozen=True, kw_only=True):
    """The answer begins anew: drop the text shown so far."""

    turn_id: str


class Safety(Struct, frozen=True, kw_only=True):
    """The user's words call for human help: ways to reach it."""

    turn_id: str
    category: str
    resources: tuple[HelpLine, ...] = ()


class Done(Struct, frozen=True, kw_only=True):
    """The answer is whole: `text` is all the deltas since the last restart.

    `usage` is None when the answer was found in a snapshot, which does not carry it.
    """

    turn_id: str
    message_id: str
    persona: str
    text: str
    finish_reason: str = "stop"
    model: str = ""
    usage: Usage | None = None
    memories_used: tuple[str, ...] = ()


class Failed(Struct, frozen=True, kw_only=True):
    """The turn could not be answered; the message is kept."""

    turn_id: str
    code: str
    message: str = ""
    retryable: bool = False


class Notice(Struct, frozen=True, kw_only=True):
    """Something the user should know once, such as that an AI answers."""

    code: str
    text: str


class MessageAdded(Struct, frozen=True, kw_only=True):
    """A message of the user was accepted, from this device or another."""

    message: Message


class Superseded(Struct, frozen=True, kw_only=True):
    """A turn takes the place of another, which left the session's messages with all after it."""

    turn_id: str
    by: str


class Rated(Struct, frozen=True, kw_only=True):
    """An answer was rated: -1, 1, or 0 when that was taken back."""

    turn_id: str
    rating: int


class Read(Struct, frozen=True, kw_only=True):
    """The user has read up to a message, on any device; `unread` answers are left."""

    message_id: str
    unread: int


class Remembered(Struct, frozen=True, kw_only=True):
    """Something is remembered of the user from now on, known from these messages of a turn.

    `kind` is name, role, goal, deadline, obstacle, person, preference, commitment or promise.
    """

    memory_id: str
    kind: str
    text: str
    turn_id: str
    message_ids: tuple[str, ...] = ()


class Updated(Struct, frozen=True, kw_only=True):
    """Title or persona of the session changed."""

    session: SessionInfo


class Refreshed(Struct, frozen=True, kw_only=True):
    """The server sent the whole state: it replaces what was known of the session."""

    session: SessionInfo
    messages: tuple[Message, ...]
    running: RunningTurn | None = None


TurnEvent = Routed | Delta | Restarted | Safety | Done | Failed
Event = (
    Acked
    | TurnEvent
    | Notice
    | MessageAdded
    | Superseded
    | Rated
    | Read
    | Remembered
    | Updated
    | Refreshed
)
