"""Sessions, and the bodies that make and change them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from .ids import Id

__all__ = [
    "CreateSession",
    "Progress",
    "ReadMark",
    "Session",
    "SessionPage",
    "SessionState",
    "UpdateSession",
]

SessionState = Literal["active", "idle", "closed"]


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


class CreateSession(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /sessions; of a `private` session nothing is left when it closes."""

    title: Annotated[str, Meta(max_length=200)] = ""
    persona: Annotated[str, Meta(max_length=64)] | None = None
    private: bool = False


class UpdateSession(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /sessions/{id}; a null persona gives the choice back to the router.

    `branch` names a turn: the newest branch that runs through it is shown and gone on with.
    `state` closes the session or opens it again; closing a private one deletes it.
    """

    title: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    persona: Annotated[str, Meta(max_length=64)] | UnsetType | None = UNSET
    branch: Id | UnsetType = UNSET
    state: Literal["active", "closed"] | UnsetType = UNSET
