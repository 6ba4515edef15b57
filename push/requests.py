"""Requests that senders prepare, and one from its beginning to its end."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Outcome
from push.ports import Sender, Unasked

__all__ = ["Placed", "Simple", "send"]


class Simple(Struct, frozen=True):
    """Passes the contract of push.ports.Request where nothing has to be had first."""

    ask: Callable[[], Awaitable[Outcome]]

    async def make(self) -> Outcome:
        """Make it."""
        return await self.ask()

    def drop(self) -> None:
        """Give nothing back."""


class Placed(Struct, frozen=True):
    """Passes it for a request that has a place among few, which it leaves."""

    ask: Callable[[], Awaitable[Outcome]]
    leave: Callable[[], None]

    async def make(self) -> Outcome:
        """Make it, and leave."""
        try:
            return await self.ask()
        finally:
            self.leave()

    def drop(self) -> None:
        """Leave."""
        self.leave()


async def send(sender: Sender, device: DeviceDocument, message: PushMessage) -> Outcome:
    """Make at most one request and tell what it came to; never raises but when cancelled."""
    prepared = await sender.prepare(device, message)
    if isinstance(prepared, Unasked):
        return prepared
    return await prepared.make()
