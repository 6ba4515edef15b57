"""What is kept of a turn: what was said, who answered, and how it ended."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from schemas.resources import Choice, FinishReason, HelpLine, Rating, Usage
from sessions.stores.documents import Collection, Document, Index, UniqueKey

__all__ = [
    "TURNS",
    "AnswerDocument",
    "FeedbackDocument",
    "Opening",
    "OpeningKind",
    "RoutingDocument",
    "TurnDocument",
    "TurnState",
    "UserMessage",
]

TurnState = Literal["accepted", "running", "streaming", "done", "failed", "stopped"]
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
    these siblings, `supersedes` the id of the one it was made from. What is not answered yet ends
    for it. `interrupts` is the number of the turn that was being answered when one came that ends
    it, 0 for any other.

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
    failed_for_good: bool = False
    feedback: FeedbackDocument | None = None
    joinable: bool = False
    interrupts: int = 0
    follows: int | None = None
    forked: bool = False
    origin: int | None = None
    supersedes: str | None = None
    push: PushState = ""
    push_at: datetime | None = None
    opening: Opening | None = None

    @property
    def ends_upto(self) -> int:
        """Return up to which number open turns end for this one."""
        return self.number - 1 if self.forked else self.interrupts

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left of what was said in it."""
        return not self.messages and self.opening is None


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
