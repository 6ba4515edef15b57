"""What a town's people have said and read, and the service that brings notifications to phones."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Accepted, Ambiguous, Outcome, Permanent, Temporary
from push.ports import Replies, Unread
from push.requests import Simple
from sessions.clock import Clock
from tests.push.week.people import Person

__all__ = ["Carrier", "Sent", "Town", "session_of"]


def session_of(user_id: str) -> str:
    """Return the one session that a person has."""
    return f"s-{user_id}"


class Town:
    """Passes the contract of push.ports.Conversations."""

    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people

    async def replies(self, user_id: str, session_id: str, numbers: Sequence[int]) -> Replies:
        """Return what of these turns' replies is unread."""
        unread = [each for each in numbers if each > self.people[user_id].read_upto]
        return Replies(count=len(unread), text=f"{max(unread, default=0)}", persona="nova")

    async def is_here(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user is looking at the session now."""
        return self.people[user_id].is_here

    async def unread(self, user_id: str) -> Unread:
        """Return how many answers are unread."""
        return Unread(count=self.people[user_id].replies - self.people[user_id].read_upto)

    async def at_risk(self, session_id: str) -> bool:
        """Tell that nobody spoke of a risk."""
        return False

    async def wrote_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a user wrote after a time."""
        return bool(self.people[user_id].wrote) and self.people[user_id].wrote[-1] > since


class Sent(Struct, frozen=True):
    """A request that may have made a phone ring, and whether its owner wanted peace then."""

    at: datetime
    user_id: str
    message: PushMessage
    was_quiet: bool
    was_read: bool


class Carrier:
    """Passes the contract of push.ports.Sender; it fails now and then, and knows dead addresses."""

    def __init__(self, town: Town, clock: Clock, random: Random) -> None:
        self.sent: list[Sent] = []
        self.requests = 0
        self.alive: set[str] = set()
        self._town = town
        self._clock = clock
        self._random = random

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple:
        """Return a request, which is taken, mostly."""
        return Simple(lambda: self._take(device, message))

    async def aclose(self) -> None:
        """Close nothing."""

    async def _take(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        self.requests += 1
        if self._random.random() < 0.03:
            wait = timedelta(seconds=self._random.choice([10, 90, 600]))
            return Temporary(reason="UNAVAILABLE", retry_after=wait)
        if device.address not in self.alive:
            return Permanent(reason="UNREGISTERED", address="gone")
        now, person = self._clock.now(), self._town.people[device.user_id]
        newest = int(message.body) if message.body.isdecimal() else person.replies
        self.sent.append(
            Sent(
                now,
                device.user_id,
                message,
                person.is_quiet(now),
                message.kind == "reply_ready" and newest <= person.read_upto,
            )
        )
        lost = self._random.random() < 0.01
        return Ambiguous(reason="dropped") if lost else Accepted(message_id="m")
