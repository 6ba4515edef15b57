"""What phones show of something that is erased is taken away from their screens."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

import structlog

from app.telemetry.logs import described
from push.devices import Devices, clears
from push.documents import DeviceDocument, DeviceKind, NotificationDocument
from push.kinds import KINDS
from push.message import PushMessage
from push.outcomes import Accepted, Held, Outcome
from push.ports import Conversations, Sender
from push.requests import send
from push.retries import GiveUp, retry_at
from push.rows import LATER, clear_id_of, tag_of, was_asked
from sessions.clock import Clock
from sessions.errors import StoreUnavailable
from sessions.tasks import Tasks

__all__ = ["Clearing"]

log = structlog.get_logger(__name__)
# phones show the newest, and few
_SHOWN = 20
_HELD = timedelta(seconds=1)


class Clearing:
    """Asks devices to take away what they show, in the background, when all else is forgotten.

    Only this process's memory knows of it, for `patience_s` at most: nobody who erases waits for a
    push service, and nothing is written. So it is no promise: who dies meanwhile leaves the card.
    A request that is on its way ends first, within `on_its_way_s`.
    """

    def __init__(
        self,
        *,
        devices: Devices,
        conversations: Conversations,
        senders: Mapping[DeviceKind, Sender],
        clock: Clock,
        tasks: Tasks,
        random: Random,
        on_its_way_s: float = 20.0,
        patience_s: float = 60.0,
    ) -> None:
        self._devices = devices
        self._conversations = conversations
        self._senders = senders
        self._clock = clock
        self._tasks = tasks
        self._random = random
        self._on_its_way_s = on_its_way_s
        self._patience = timedelta(seconds=patience_s)

    def begin(
        self,
        user_id: str,
        rows: Iterable[NotificationDocument],
        devices: Sequence[DeviceDocument] | None = None,
    ) -> None:
        """Have rows, as they were, taken away from a user's screens, and from nobody else's.

        The rows may be those of a visitor who turned out to be the user. `devices` are those of an
        account that ends, so that nothing is unread any more; without them they are looked up.
        """
        told = [row for row in rows if not row.clear and any(map(was_asked, row.deliveries))]
        if told and self._senders:
            self._tasks.start(self._take_away(user_id, told, devices), name="clear screens")

    async def _take_away(
        self,
        user_id: str,
        rows: Sequence[NotificationDocument],
        devices: Sequence[DeviceDocument] | None,
    ) -> None:
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                badge = 0
                if devices is None:
                    devices = await self._devices.of_user(user_id)
                    badge = await self._conversations.unread(user_id)
                phones = [each for each in devices if each.kind in self._senders and clears(each)]
                await asyncio.gather(
                    *(
                        self._clear(phone, row, badge)
                        for phone in phones
                        for row in _cards(rows, phone.id)
                    )
                )
        except StoreUnavailable as error:
            log.warning("screens_not_cleared", **described(error))
        except TimeoutError:
            log.warning("screens_not_cleared", code="push_service")

    async def _clear(self, phone: DeviceDocument, row: NotificationDocument, badge: int) -> None:
        if any(each.device_id == phone.id and each.state == "sending" for each in row.deliveries):
            await asyncio.sleep(self._on_its_way_s)
        first_at = self._clock.now()
        message = PushMessage(
            notification_id=clear_id_of(row),
            kind=row.kind,
            title="",
            body="",
            tag=tag_of(row),
            thread=tag_of(row),
            badge=badge,
            # after what it takes away (D5)
            number=int((row.created_at + LATER).timestamp() * 1000),
            # as long as a phone that is off may still get that
            ttl=KINDS[row.kind].ttl,
            created_at=first_at,
            clear=True,
        )
        attempts = 0
        while True:
            outcome = await send(self._senders[phone.kind], phone, message)
            attempts += not isinstance(outcome, Held)
            wait = self._wait(outcome, attempts, first_at)
            if wait is None:
                return
            await asyncio.sleep(wait.total_seconds())

    def _wait(self, outcome: Outcome, attempts: int, first_at: datetime) -> timedelta | None:
        """Return after what time to ask again, which does no harm; None for not at all."""
        if isinstance(outcome, Accepted):
            return None
        if isinstance(outcome, Held):
            return max(outcome.retry_after, _HELD)
        now = self._clock.now()
        at = retry_at(
            outcome,
            now,
            self._random,
            attempts=attempts,
            first_at=first_at,
            useful_until=first_at + self._patience,
        )
        return None if isinstance(at, GiveUp) else at - now


def _cards(rows: Iterable[NotificationDocument], device_id: str) -> list[NotificationDocument]:
    """Return what a device shows last under each tag, the newest of that."""
    cards: dict[str, NotificationDocument] = {}
    for row in sorted(rows, key=lambda each: each.created_at):
        if any(each.device_id == device_id and was_asked(each) for each in row.deliveries):
            cards.pop(tag_of(row), None)
            cards[tag_of(row)] = row
    return list(cards.values())[-_SHOWN:]
