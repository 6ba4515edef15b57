"""What phones would show of the notifications that go nowhere in development."""

from collections import OrderedDict
from datetime import datetime
from typing import Any

from msgspec import Struct

from push.documents import DeviceDocument
from push.kinds import Kind
from push.message import PushMessage
from push.outcomes import Accepted, Outcome
from push.ports import Sender
from push.requests import Simple, send
from sessions.clock import Clock

__all__ = ["Card", "Screen", "Screens"]

_MOST_SCREENS = 200
_MOST_CARDS = 30
_MOST_THREADS = 200


class Card(Struct, frozen=True, kw_only=True):
    """A notification on a locked screen."""

    tag: str
    notification_id: str
    kind: Kind
    title: str
    body: str
    shown_at: datetime


class Screen:
    """A locked screen: its cards, the newest first, and the number on the app's icon.

    A message under a tag takes the place of the one before, one that clears takes it away, and one
    that comes after a later one of its thread is dropped (D5); the badge is absolute (D10).
    """

    def __init__(self) -> None:
        self.badge = 0
        self._cards: OrderedDict[str, Card] = OrderedDict()
        self._numbers: OrderedDict[str, int] = OrderedDict()

    @property
    def cards(self) -> tuple[Card, ...]:
        """What is shown, the newest first."""
        return tuple(reversed(self._cards.values()))

    def take(self, message: PushMessage, now: datetime) -> None:
        """Show a message, or clear what it takes away."""
        self.badge = message.badge
        if message.number < self._numbers.get(message.thread, 0):
            return
        self._numbers[message.thread] = message.number
        self._cards.pop(message.tag, None)
        if not message.clear:
            self._cards[message.tag] = Card(
                tag=message.tag,
                notification_id=message.notification_id,
                kind=message.kind,
                title=message.title,
                body=message.body,
                shown_at=now,
            )
        _trim(self._cards, _MOST_CARDS)
        _trim(self._numbers, _MOST_THREADS)

    def dismiss(self, tag: str) -> None:
        """Take a card away, as who swipes it or opens it does."""
        self._cards.pop(tag, None)


class Screens:
    """A sender that keeps in this process's memory what each device would show; for development.

    It tells what it took to `sender` too. What an owner was shown stays theirs when a device
    becomes another's.
    """

    def __init__(self, sender: Sender, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock
        self._screens: OrderedDict[tuple[str, str], Screen] = OrderedDict()

    def of(self, device: DeviceDocument) -> Screen:
        """Return what a device shows to its owner of now."""
        who = (device.user_id, device.id)
        screen = self._screens.setdefault(who, Screen())
        self._screens.move_to_end(who)
        _trim(self._screens, _MOST_SCREENS)
        return screen

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple:
        """Return a request that shows a message on the device's screen if `sender` takes it."""
        return Simple(lambda: self._show(device, message))

    async def aclose(self) -> None:
        """Close `sender`."""
        await self._sender.aclose()

    async def _show(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        outcome = await send(self._sender, device, message)
        if isinstance(outcome, Accepted):
            for screen in self._all(device):
                screen.take(message, self._clock.now())
        return outcome

    def _all(self, device: DeviceDocument) -> list[Screen]:
        """Return the device's screen; of one that is nobody's any more, all that it showed."""
        if device.user_id:
            return [self.of(device)]
        return [each for (_, device_id), each in self._screens.items() if device_id == device.id]


def _trim(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
