"""What changed, for an app that wakes up."""

from msgspec import UNSET, Struct, UnsetType

from schemas.memory import Memory
from schemas.profiles import Profile

from .messages import Message
from .sessions import Session

__all__ = [
    "SyncPage",
    "SyncedSession",
]


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
