"""What push asks of others: of conversations, and of those who carry a message."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Configuration, Held, Outcome, Permanent, Temporary

__all__ = ["Conversations", "Replies", "Request", "Sender", "Unasked", "Unread"]

# why there is no request
Unasked: TypeAlias = Held | Permanent | Temporary | Configuration


class Replies(Struct, frozen=True, kw_only=True):
    """Of some replies in a session those that are still to be told: unread and not deleted.

    `text` is the newest one's, `at` when it ended; `count` how many there are. What may be about a
    risk is `at_risk`: its words are on no lock screen.
    """

    count: int
    text: str
    persona: str
    at: datetime | None = None
    at_risk: bool = False


class Unread(Struct, frozen=True, kw_only=True):
    """How many answers a user has not read, and in which sessions; None: in too many to know."""

    count: int
    sessions: tuple[str, ...] | None = None


class Conversations(Protocol):
    """What is said and read, as it is now; all methods raise StoreUnavailable."""

    async def replies(self, user_id: str, session_id: str, numbers: Sequence[int]) -> Replies:
        """Return what of these turns' replies is unread; a count of 0 when all is, or is gone."""
        ...

    async def is_here(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user is looking at the session now, on any device."""
        ...

    async def unread(self, user_id: str) -> Unread:
        """Return what a user has not read, over all sessions (D10)."""
        ...

    async def at_risk(self, session_id: str) -> bool:
        """Tell whether a session spoke of a risk, so that nobody is nudged about it."""
        ...

    async def wrote_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a user came back and wrote after a time."""
        ...


class Request(Protocol):
    """A request that can be made now: its slot, room and signature are there.

    It is made once, or dropped.
    """

    async def make(self) -> Outcome:
        """Make it and tell what it came to; never raises but when cancelled."""
        ...

    def drop(self) -> None:
        """Give back what was taken for it."""
        ...


class Sender(Protocol):
    """Carries messages to one kind of address; it never retries by itself (A19)."""

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Request | Unasked:
        """Take all that one request waits for, and return it, or why there is none.

        Nothing has left when this ends, so who is killed in it leaves no doubt (A16).
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
