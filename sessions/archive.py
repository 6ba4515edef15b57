"""The documents of sessions: one per session, one per turn, users and their refresh tokens."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from schemas.resources import Choice, FinishReason, HelpLine, Usage
from sessions.conversation import Summary
from sessions.stores.documents import Collection, Document, Index, UniqueKey

__all__ = [
    "COLLECTIONS",
    "PROBES",
    "REFRESH_TOKENS",
    "SESSIONS",
    "TURNS",
    "USERS",
    "AnswerDocument",
    "ProbeDocument",
    "RefreshTokenDocument",
    "RoutingDocument",
    "SessionDocument",
    "TurnDocument",
    "TurnState",
    "UserDocument",
    "UserMessage",
]

TurnState = Literal["accepted", "running", "done", "failed", "stopped"]


class UserMessage(Struct, frozen=True, kw_only=True):
    """What the user wrote."""

    id: str
    client_msg_id: str
    text: str
    created_at: datetime


class RoutingDocument(Struct, frozen=True, kw_only=True):
    """Who was chosen to answer, and why."""

    persona: str
    choices: tuple[Choice, ...]
    resonance_key: str
    resonance_confidence: float
    override: bool
    language: str


class AnswerDocument(Struct, frozen=True, kw_only=True):
    """The answer as it was finished."""

    message_id: str
    text: str
    persona: str
    finish_reason: FinishReason
    usage: Usage
    model: str
    created_at: datetime
    memories_used: tuple[str, ...] = ()
    resources: tuple[HelpLine, ...] = ()


class TurnDocument(Document, frozen=True, kw_only=True):
    """A prompt and its answer: accept and finish are single writes of this document.

    `number` counts a session's turns from 1; `open` is true until the turn is done, failed or
    stopped; `client_msg_ids` repeats the messages' keys for the unique index; `attempt` counts
    the processes that began to answer.
    """

    session_id: str
    user_id: str
    number: int
    messages: tuple[UserMessage, ...]
    client_msg_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    open: bool = True
    state: TurnState = "accepted"
    attempt: int = 0
    persona: str | None = None
    routing: RoutingDocument | None = None
    answer: AnswerDocument | None = None
    failure: str | None = None


class SessionDocument(Document, frozen=True, kw_only=True):
    """A conversation; `persona` is the user's own choice, None leaves it to the router."""

    user_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    persona: str | None = None
    locale: str = ""
    timezone: str = ""
    message_count: int = 0
    last_text: str = ""
    notice: str = ""
    summary: Summary = Summary()


class UserDocument(Document, frozen=True, kw_only=True):
    """Someone who talks; anonymous until an identity is exchanged."""

    created_at: datetime
    kind: Literal["anonymous"] = "anonymous"


class RefreshTokenDocument(Document, frozen=True, kw_only=True):
    """A refresh token by its SHA-256 (the id).

    A rotated one that is shown again ends its whole family.
    """

    user_id: str
    family: str
    created_at: datetime
    expires_at: datetime
    rotated_at: datetime | None = None


class ProbeDocument(Document, frozen=True, kw_only=True):
    """Written to learn whether the documents can be written."""

    at: datetime


SESSIONS = Collection(
    name="sessions",
    type=SessionDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "updated_at"),
            serves="a user's sessions, the last used first",
        ),
    ),
)
TURNS = Collection(
    name="turns",
    type=TurnDocument,
    unique=(
        UniqueKey(name="client_msg_id", fields=("session_id", "client_msg_ids")),
        UniqueKey(name="number", fields=("session_id", "number")),
    ),
    indexes=(
        Index(
            name="by_session",
            fields=("session_id", "number"),
            serves="a session's history, in order",
        ),
        Index(
            name="by_client_msg_id",
            fields=("session_id", "client_msg_ids", "number"),
            serves="the ack of a repeated send",
        ),
        Index(
            name="open_in_session",
            fields=("session_id", "open", "number"),
            serves="what a session has still to answer",
        ),
        Index(
            name="open_of_user",
            fields=("user_id", "open", "updated_at"),
            serves="which of a user's sessions are being answered",
        ),
        Index(
            name="open", fields=("open", "updated_at"), serves="turns whose process may have died"
        ),
    ),
)
USERS = Collection(name="users", type=UserDocument)
REFRESH_TOKENS = Collection(
    name="refresh_tokens",
    type=RefreshTokenDocument,
    indexes=(
        Index(
            name="by_family",
            fields=("family", "created_at"),
            serves="ending a stolen token's family",
        ),
    ),
    expires="expires_at",
)
PROBES = Collection(name="probes", type=ProbeDocument)
COLLECTIONS: tuple[
    Collection[SessionDocument]
    | Collection[TurnDocument]
    | Collection[UserDocument]
    | Collection[RefreshTokenDocument]
    | Collection[ProbeDocument],
    ...,
] = (
    SESSIONS,
    TURNS,
    USERS,
    REFRESH_TOKENS,
    PROBES,
)
