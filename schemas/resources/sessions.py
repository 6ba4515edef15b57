"""Resources that frames and REST bodies share: sessions, messages, personas, tokens."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from .memory import Memory
from .profiles import Profile

__all__ = [
    "Answered",
    "Choice",
    "CreateSession",
    "Device",
    "EditMessage",
    "ExchangeRequest",
    "Exchanged",
    "GiveFeedback",
    "Health",
    "HelpLine",
    "LogoutRequest",
    "MarkRead",
    "MergeState",
    "Message",
    "MessagePage",
    "PersonaInfo",
    "PersonaList",
    "Problem",
    "Progress",
    "Rating",
    "ReadMark",
    "RefreshRequest",
    "RegenerateTurn",
    "RunningTurn",
    "SendMessage",
    "Session",
    "SessionPage",
    "SessionState",
    "ShowTyping",
    "StopTurn",
    "SyncPage",
    "SyncedSession",
    "TokenPair",
    "UpdateSession",
    "Usage",
    "VisitorRequest",
]

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Platform = Literal["ios", "android", "web", "cli"]
Role = Literal["user", "assistant"]
FinishReason = Literal["stop", "length", "stopped", "safety"]
Rating = Literal[-1, 0, 1]
MergeState = Literal["nothing", "running", "moved"]
SessionState = Literal["active", "idle", "closed"]


class Device(Struct, frozen=True, kw_only=True):
    """The device a connection comes from."""

    installation_id: Annotated[str, Meta(max_length=128)]
    platform: Platform
    app_version: Annotated[str, Meta(max_length=64)] = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    timezone: Annotated[str, Meta(max_length=64)] = ""


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens of one turn; estimated when the provider does not count them."""

    prompt_tokens: int
    completion_tokens: int


class Choice(Struct, frozen=True, kw_only=True):
    """One persona that could answer, how likely it fits (0 to 1), and why."""

    persona: str
    probability: float
    reason: str


class HelpLine(Struct, frozen=True, kw_only=True):
    """A way to reach a human, with where and when it was checked."""

    name: str
    contact: str
    url: str
    hours: str
    languages: tuple[str, ...]
    source: str
    checked: str


class Answered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an assistant message came to be: what `routed`, `safety` and `turn_done` said of it."""

    turn_id: str
    persona: str
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    finish_reason: FinishReason = "stop"
    model: str = ""
    resources: tuple[HelpLine, ...] = ()
    rating: Rating = 0
    memories_used: tuple[str, ...] = ()


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of a session.

    `answered` stands on the assistant's messages, `failed` (a code) on a user's whose turn failed.
    `supersedes` names the message it took the place of, `siblings` the turns that stand for one
    another at its place, in order, when there are several.
    """

    id: str
    role: Role
    text: str
    created_at: datetime
    client_msg_id: str | None = None
    turn_id: str | None = None
    supersedes: str | None = None
    answered: Answered | None = None
    failed: str | None = None
    siblings: tuple[str, ...] = ()


class RunningTurn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A turn that is being answered, with all its text up to the snapshot's `seq`."""

    turn_id: str
    message_id: str
    message_ids: tuple[str, ...]
    attempt: int
    text: str
    persona: str | None = None
    choices: tuple[Choice, ...] = ()
    resonance_key: str = ""
    supersedes: str | None = None


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the user stands: what they want, what they tried, and what is next, that first.

    All in the words of the session, noted by rules.
    """

    goal: str = ""
    tried: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One conversation of one user; `notice` says who answers, as the `notice` frame did.

    `message_count` counts superseded messages too, `unread` the answers not read yet.

    A session that nobody speaks in becomes idle and, at `closes_at`, closed; a message opens it
    again. To who comes back to a closed one, `recap` says in a line what it was about and what is
    next, until the next answer is there. Nothing is remembered of a `private` one outside of it,
    and it is deleted when it closes.
    """

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    persona: str | None = None
    message_count: int = 0
    last_text: str = ""
    running: bool = False
    notice: str = ""
    unread: int = 0
    state: SessionState = "active"
    closes_at: datetime | None = None
    recap: str = ""
    progress: Progress | None = None
    private: bool = False


class ReadMark(Struct, frozen=True, kw_only=True):
    """How far a user has read a session: up to the answer `message_id`, as the `read` frame says.

    null: nothing yet. `unread` answers are left; `moved` tells whether this request made it so.
    """

    session_id: str
    message_id: str | None
    unread: int
    moved: bool


class SessionPage(Struct, frozen=True, kw_only=True):
    """Sessions, the last used first; `next` continues, null at the end."""

    sessions: tuple[Session, ...]
    next: str | None


class MessagePage(Struct, frozen=True, kw_only=True):
    """Messages in order of time; `before` reaches further back, null at the start."""

    messages: tuple[Message, ...]
    before: str | None


class CreateSession(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions; of a `private` session nothing is left when it closes."""

    title: Annotated[str, Meta(max_length=200)] = ""
    persona: Annotated[str, Meta(max_length=64)] | None = None
    private: bool = False


class UpdateSession(Struct, frozen=True, kw_only=True):
    """Body of PATCH /sessions/{id}; a null persona gives the choice back to the router.

    `branch` names a turn: the newest branch that runs through it is shown and gone on with.
    `state` closes the session or opens it again; closing a private one deletes it.
    """

    title: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    persona: Annotated[str, Meta(max_length=64)] | UnsetType | None = UNSET
    branch: Id | UnsetType = UNSET
    state: Literal["active", "closed"] | UnsetType = UNSET


class SendMessage(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/messages: the `send` frame without `type` and `session_id`."""

    client_msg_id: Id
    text: str
    persona: Annotated[str, Meta(max_length=64)] | None = None
    policy: Literal["merge", "queue", "interrupt", "reject"] = "merge"


class StopTurn(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/stop: the turn to end, or the running one."""

    turn_id: Id | None = None


class RegenerateTurn(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/regenerate."""

    turn_id: Id
    client_msg_id: Id
    persona: Annotated[str, Meta(max_length=64)] | None = None


class EditMessage(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/edit."""

    message_id: Id
    client_msg_id: Id
    text: str


class GiveFeedback(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/feedback."""

    turn_id: Id
    rating: Rating
    reason: Annotated[str, Meta(max_length=1000)] = ""
    stars: Annotated[int, Meta(ge=1, le=5)] | None = None


class MarkRead(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/read: up to a message, or up to `seq` of `epoch`."""

    seq: Annotated[int, Meta(ge=0)] | None = None
    epoch: Annotated[str, Meta(max_length=64)] | None = None
    message_id: Id | None = None


class ShowTyping(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/typing."""

    active: bool


class SyncedSession(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session that changed, with its messages that did.

    With `replaces` the messages are the newest ones and replace all that was known.
    """

    session: Session
    messages: tuple[Message, ...] = ()
    replaces: bool = False


class SyncPage(Struct, frozen=True, kw_only=True):
    """What changed for a user: `next` is the token to ask with, at once when there is `more`.

    `reset` says that the token was too old: what is not in the pages that begin here is gone.
    `memory` are memories that are new or have changed, `memory_deleted` the ids of those that
    are gone.
    `profile` is there when it changed; null: nothing is learned or set.
    """

    sessions: tuple[SyncedSession, ...]
    deleted: tuple[str, ...]
    next: str
    more: bool
    reset: bool
    memory: tuple[Memory, ...] = ()
    memory_deleted: tuple[str, ...] = ()
    profile: Profile | UnsetType | None = UNSET


class PersonaInfo(Struct, frozen=True, kw_only=True):
    """A persona as a picker shows it."""

    id: str
    name: str
    names: dict[str, str]
    role: str
    traits: tuple[str, ...]
    strengths: tuple[str, ...]
    color: str


class PersonaList(Struct, frozen=True, kw_only=True):
    """All personas, in their fixed order."""

    personas: tuple[PersonaInfo, ...]


class TokenPair(Struct, frozen=True, kw_only=True):
    """An access token (JWT) and the refresh token that renews it once."""

    user_id: str
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret


class Exchanged(TokenPair, frozen=True, kw_only=True):
    """Tokens of a user whom somebody vouched for, and what became of what they left before.

    `running`: it goes on by itself, and is theirs within seconds.
    """

    merged: MergeState


class RefreshRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/refresh."""

    refresh_token: Annotated[str, Meta(max_length=256)]


class VisitorRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/visitor: the public key of the site whose page asks."""

    site_key: Annotated[str, Meta(min_length=1, max_length=64)]


class ExchangeRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/exchange: an identity provider's id token, or a site's key and its word.

    The word is a JWT signed with the site's secret (HS256); `sub` names the user, `aud` is the
    key, and `exp` lies within an hour.
    """

    site_key: Annotated[str, Meta(max_length=64)] = ""
    token: Annotated[str, Meta(max_length=4096)] = ""
    id_token: Annotated[str, Meta(max_length=16_384)] = ""


class LogoutRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /auth/logout; the installation is told nothing any more."""

    refresh_token: Annotated[str, Meta(max_length=256)]
    installation_id: Annotated[str, Meta(max_length=128)] = ""


class Health(Struct, frozen=True, kw_only=True):
    """Whether the process lives and what it depends on answers.

    `router` says what the choice of a mentor leans on: the meaning of messages and their words,
    words alone, or, without a usable model, resonance and topics.
    """

    status: Literal["ok", "degraded", "down"]
    version: str
    llm: str
    router: Literal["semantic", "words", "resonance"]
    stores: dict[str, str]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details with the code and whether trying again can help.

    `limit_bytes` is how much a body may hold, where it held more.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    request_id: str
    retry_after_ms: int | None = None
    limit_bytes: int | None = None
