"""The documents of sessions: one per session, one per turn, users and their refresh tokens."""

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from schemas.resources import Choice, FinishReason, HelpLine, Rating, Usage
from sessions.conversation import Summary
from sessions.erasure.documents import ERASURES, ErasureDocument
from sessions.experiments.documents import (
    EXPERIMENTS,
    EXPOSURES,
    ExperimentDocument,
    ExposureDocument,
)
from sessions.memory.documents import (
    FACTS,
    MEMORY_SETTINGS,
    REFUSALS,
    FactDocument,
    MemorySettings,
    RefusalDocument,
)
from sessions.memory.recall.documents import RECALL, RECALL_STATES, RecallState, Segment
from sessions.merging.documents import IDENTITIES, MERGES, IdentityDocument, MergeDocument
from sessions.profiles.documents import (
    CHOICES,
    POLICIES,
    PROFILES,
    ChoiceDocument,
    PolicyDocument,
    ProfileDocument,
)
from sessions.stores.documents import Collection, Document, Index, UniqueKey

__all__ = [
    "ADVICE",
    "BOOKMARKS",
    "COLLECTIONS",
    "PROBES",
    "REFRESH_TOKENS",
    "SESSIONS",
    "SPENDING",
    "TOMBSTONES",
    "TURNS",
    "USERS",
    "AdviceDocument",
    "AnswerDocument",
    "BookmarkDocument",
    "FeedbackDocument",
    "Opening",
    "OpeningKind",
    "ProbeDocument",
    "RefreshTokenDocument",
    "RoutingDocument",
    "SessionDocument",
    "SpendingDocument",
    "TitledBy",
    "TombstoneDocument",
    "TurnDocument",
    "TurnState",
    "UserDocument",
    "UserMessage",
]

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TurnState = Literal["accepted", "running", "streaming", "done", "failed", "stopped"]
TitledBy = Literal["", "rules", "provider", "user"]
PushState = Literal["", "pending", "handed"]
OpeningKind = Literal["check_in", "reminder", "nudge"]


class UserMessage(Struct, frozen=True, kw_only=True):
    """What the user wrote; `supersedes` names the message it was edited from."""

    id: str
    client_msg_id: str
    text: str
    created_at: datetime
    supersedes: str | None = None


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


class FeedbackDocument(Struct, frozen=True, kw_only=True):
    """What the user thinks of an answer; `stars`, 1 to 5, say more than the thumb."""

    rating: Rating
    reason: str
    at: datetime
    stars: int | None = None


class Opening(Struct, frozen=True, kw_only=True):
    """Words with which a mentor begins of its own accord, where no message of the user asked.

    `memories` are ids of the facts that they come back to; `kind` is why it begins.
    """

    text: str
    persona: str
    language: str
    memories: tuple[str, ...] = ()
    kind: OpeningKind = "check_in"


class TurnDocument(Document, frozen=True, kw_only=True):
    """A prompt and its answer: accept, join and finish are single writes of this document.

    `number` counts a session's turns from 1; `open` is true until the turn is done, failed or
    stopped; `client_msg_ids` holds the keys of the sends that made and joined it, for the unique
    index; `attempt` counts the processes that began to answer, `handed_over` those that left in
    between by intention. `joinable` lets further messages
    join until the state is `streaming`: its first delta is out.

    `follows` is the number of the turn before it on its branch, None the one just before. A turn
    that was made to stand in another's place is `forked`: `origin` is the number of the first of
    these siblings, `supersedes` the id of the one it was made from.

    `key` is the resonance key that the client named; it decides who answers as long as the user
    has chosen nobody, and is no choice of the user's.

    A turn with an `opening` has no messages: its answer are these words, and its key in
    `client_msg_ids` says what they were written for. One with neither has been emptied by its
    user: it only holds its place.

    `push` is "pending" from its end on until it is known, at `push_at` or later, whether its answer
    has to be told to the user's devices; then it is "handed" over.
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
    handed_over: int = 0
    persona: str | None = None
    key: str | None = None
    routing: RoutingDocument | None = None
    answer: AnswerDocument | None = None
    failure: str | None = None
    feedback: FeedbackDocument | None = None
    joinable: bool = False
    follows: int | None = None
    forked: bool = False
    origin: int | None = None
    supersedes: str | None = None
    push: PushState = ""
    push_at: datetime | None = None
    opening: Opening | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left of what was said in it."""
        return not self.messages and self.opening is None


class SessionDocument(Document, frozen=True, kw_only=True):
    """A conversation; `persona` is the user's own choice, None leaves it to the router.

    `updated_at` is when somebody spoke, `changed_at` when anything changed. `message_count` and
    `unread` are true up to turn `counted`; `read_upto` is the last turn whose answer was read.
    `earlier` is the summary before the newest turn, for one that takes its place. The branch that
    is shown ends with the newest turn, or with turn `chosen` as long as `chosen_at`
    is the newest; `branched_at` is when that last changed.

    `closed_at` is when the user closed it, `resumed_at` when somebody last came back to it after it
    had closed, of itself or by the user; whether it is open is worked out from these and the clock.
    Nothing of a `private` one is learned, extracted or indexed, and it goes when it closes.
    `titled_by` says whose words the title is; "" for one from before that was kept.
    `emptied` counts how often messages were taken out of it, so that a turn that began before does
    not bring them back with its summary.
    """

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
    changed_at: datetime = _LONG_AGO
    earlier: Summary = Summary()
    unread: int = 0
    counted: int = 0
    read_upto: int = 0
    chosen: int = 0
    chosen_at: int = 0
    branched_at: datetime | None = None
    closed_at: datetime | None = None
    resumed_at: datetime | None = None
    private: bool = False
    titled_by: TitledBy = ""
    emptied: int = 0


class TombstoneDocument(Document, frozen=True, kw_only=True):
    """A deleted session or fact, for devices that have not heard of it; its id is what that had.

    Until it is `finished`, something that was said in a session may be left.
    """

    user_id: str
    deleted_at: datetime
    expires_at: datetime
    finished: bool = False
    kind: Literal["session", "fact"] = "session"


class BookmarkDocument(Document, frozen=True, kw_only=True):
    """Where a client that knows no session ids left off; the id is a hash of what it does know.

    `digest` tells one request from another that came with the same key.
    """

    session_id: str
    client_msg_id: str
    expires_at: datetime
    digest: str = ""


class UserDocument(Document, frozen=True, kw_only=True):
    """Someone who talks: anonymous, at a site's page a visitor, or whom somebody vouched for."""

    created_at: datetime
    kind: Literal["anonymous", "visitor", "known"] = "anonymous"


class RefreshTokenDocument(Document, frozen=True, kw_only=True):
    """A refresh token by its SHA-256 (the id).

    A rotated one that is shown again ends its whole family. One with a `site` is of use to that
    site's pages of its `origin` alone.
    """

    user_id: str
    family: str
    created_at: datetime
    expires_at: datetime
    rotated_at: datetime | None = None
    site: str = ""
    origin: str = ""


class SpendingDocument(Document, frozen=True, kw_only=True):
    """The tokens a user took on one UTC day; `turns` are the last that were counted.

    An answer without a turn has an id of its own among them.
    """

    tokens: int
    turns: tuple[str, ...]
    expires_at: datetime


class AdviceDocument(Document, frozen=True, kw_only=True):
    """A recommendation that a user asked for, without the words it was made from.

    `user` is a pseudonym.
    """

    user: str
    at: datetime
    persona: str
    confidence: float
    scores: dict[str, float]
    resonance_key: str
    expires_at: datetime
    rating: Rating = 0


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
        Index(
            name="changed",
            fields=("user_id", "changed_at"),
            serves="what an app that wakes up has missed",
        ),
        Index(
            name="private",
            fields=("private", "updated_at"),
            serves="private sessions that have closed of themselves, others that became quiet",
        ),
    ),
)
TOMBSTONES = Collection(
    name="tombstones",
    type=TombstoneDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "deleted_at"),
            serves="sessions and facts an app that wakes up must forget",
        ),
        Index(
            name="unfinished",
            fields=("finished", "deleted_at"),
            serves="deletions that may have been cut off",
        ),
    ),
    expires="expires_at",
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
            serves="which of a user's sessions are being answered, and which turns changed",
        ),
        Index(
            name="siblings",
            fields=("session_id", "origin"),
            serves="the siblings of a session's turns",
        ),
        Index(
            name="open", fields=("open", "updated_at"), serves="turns whose process may have died"
        ),
        Index(
            name="to_hand_over",
            fields=("push", "push_at"),
            serves="answers that a user's devices may have to be told of",
        ),
    ),
)
BOOKMARKS = Collection(
    name="bookmarks",
    type=BookmarkDocument,
    indexes=(
        Index(
            name="by_session",
            fields=("session_id", "expires_at"),
            serves="bookmarks that go with a session",
        ),
    ),
    expires="expires_at",
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
        Index(
            name="by_user",
            fields=("user_id", "created_at"),
            serves="ending all tokens of an account that is erased",
        ),
    ),
    expires="expires_at",
)
SPENDING = Collection(name="spending", type=SpendingDocument, expires="expires_at")
ADVICE = Collection(
    name="advice",
    type=AdviceDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user", "at"),
            serves="a user's recommendations, the newest first, and erasing them",
        ),
    ),
    expires="expires_at",
)
PROBES = Collection(name="probes", type=ProbeDocument)
COLLECTIONS: tuple[
    Collection[SessionDocument]
    | Collection[TurnDocument]
    | Collection[TombstoneDocument]
    | Collection[BookmarkDocument]
    | Collection[UserDocument]
    | Collection[RefreshTokenDocument]
    | Collection[SpendingDocument]
    | Collection[AdviceDocument]
    | Collection[ProbeDocument]
    | Collection[ErasureDocument]
    | Collection[IdentityDocument]
    | Collection[MergeDocument]
    | Collection[ProfileDocument]
    | Collection[ChoiceDocument]
    | Collection[ExperimentDocument]
    | Collection[ExposureDocument]
    | Collection[PolicyDocument]
    | Collection[FactDocument]
    | Collection[RefusalDocument]
    | Collection[MemorySettings]
    | Collection[Segment]
    | Collection[RecallState],
    ...,
] = (
    SESSIONS,
    TURNS,
    TOMBSTONES,
    BOOKMARKS,
    USERS,
    REFRESH_TOKENS,
    SPENDING,
    ADVICE,
    PROBES,
    ERASURES,
    IDENTITIES,
    MERGES,
    PROFILES,
    CHOICES,
    EXPERIMENTS,
    EXPOSURES,
    POLICIES,
    FACTS,
    REFUSALS,
    MEMORY_SETTINGS,
    RECALL,
    RECALL_STATES,
)
