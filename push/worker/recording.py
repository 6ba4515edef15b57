"""What requests came to is written into the row, whatever became of it in the meantime."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from msgspec import structs

from push.budgets import give_back_unused
from push.devices import Devices
from push.documents import (
    OUTBOX,
    Delivery,
    DeliveryState,
    DeviceDocument,
    NotificationDocument,
)
from push.outcomes import Accepted, Held, Outcome, Permanent
from push.rows import clear_id_of, with_delivery
from push.tally import Event, Tally
from sessions.clock import Clock
from sessions.errors import Conflict, StoreUnavailable
from sessions.stores.documents import Documents

from .asking import Asked, Refused
from .deliveries import after, begun
from .weighing import weighed

__all__ = ["Recording"]

_SOON = timedelta(seconds=1)
_PAUSE_S = 0.1
_PAUSE_MOST_S = 1.0
_EVENTS: dict[DeliveryState, Event] = {
    "accepted": "accepted",
    "ambiguous": "ambiguous",
    "failed": "failed",
    "gone": "gone",
    "waiting": "retried",
}


class Recording:
    """Writes outcomes down; while the store is away it tries for `record_s`."""

    def __init__(
        self,
        *,
        documents: Documents,
        devices: Devices,
        clock: Clock,
        tally: Tally,
        random: Random,
        record_s: float,
    ) -> None:
        self._documents = documents
        self._devices = devices
        self._clock = clock
        self._tally = tally
        self._random = random
        self._record_s = record_s

    async def record(self, stored: NotificationDocument, asked: Sequence[Asked]) -> None:
        """Write what requests came to; after `record_s` they are left in doubt."""
        give_up_at = self._clock.monotonic() + self._record_s
        pause_s = _PAUSE_S
        while True:
            try:
                moved = [(each, await self._moved(each.device, each.outcome)) for each in asked]
                return await self._write(stored, moved)
            except StoreUnavailable:
                if self._clock.monotonic() + pause_s > give_up_at:
                    return None
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _PAUSE_MOST_S)

    async def settle(self, row: NotificationDocument) -> None:
        """Write a row that ends, or waits; raises StoreUnavailable, Conflict."""
        await self._documents.replace(OUTBOX, row)
        await self._settled(row)

    async def refused(
        self, row: NotificationDocument, refused: Sequence[Refused]
    ) -> NotificationDocument:
        """Return `row` with what is known without a request; raises StoreUnavailable."""
        now = self._clock.now()
        known = {each.device_id: each for each in row.deliveries}
        for each in refused:
            came = after(
                begun(known[each.device.id], now),
                each.outcome,
                now,
                self._random,
                useful_until=row.useful_until,
                replaced=await self._moved(each.device, each.outcome),
                clear=row.clear,
            )
            if not isinstance(each.outcome, Held):
                self._tally.count(_EVENTS[came.state], row.kind, came.reason)
            row = with_delivery(row, came)
        return row

    async def overtaken(self, row: NotificationDocument) -> None:
        """Free the slot that was taken for a row which ended before its requests were begun (G7).

        Raises StoreUnavailable, Conflict.
        """
        current = await self._documents.get(OUTBOX, row.id)
        if current is None or not current.open:
            await give_back_unused(self._documents, self._clock, current or row)

    async def _moved(self, seen: DeviceDocument, outcome: Outcome) -> bool:
        """Take a refused address out of use; tell whether the device has another one by now."""
        if not isinstance(outcome, Permanent) or outcome.address == "fine":
            return False
        state: Literal["gone", "quarantined"] = "quarantined"
        if outcome.address == "gone":
            state = "gone"
        await self._devices.prune(seen, state, reason=outcome.reason)
        device = await self._devices.get(seen.id)
        used = device is not None and device.state == "active"
        return device is not None and used and device.user_id == seen.user_id

    async def _write(
        self, stored: NotificationDocument, asked: Sequence[tuple[Asked, bool]]
    ) -> None:
        current: NotificationDocument | None = stored
        while current is not None:
            if current.erased and not stored.erased:
                # all its requests have ended
                await self._hasten(current)
                return
            now = self._clock.now()
            changed = current
            for each, moved in asked:
                changed = self._merged(changed, each, now, moved=moved)
            if changed == current:
                return
            written = weighed(changed, now)
            try:
                await self._documents.replace(OUTBOX, written)
            except Conflict:
                current = await self._documents.get(OUTBOX, stored.id)
                continue
            self._count(current, written)
            if current.open:
                await self._settled(written)
            else:
                await give_back_unused(self._documents, self._clock, written)
                await self._hasten_clear(written)
            return

    async def _hasten_clear(self, row: NotificationDocument) -> None:
        """Have what takes a row away sent now, which waited for the row's requests (G3)."""
        clear = await self._documents.get(OUTBOX, clear_id_of(row))
        if clear is not None and all(each.state != "sending" for each in row.deliveries):
            await self._hasten(clear)

    async def _hasten(self, clear: NotificationDocument) -> None:
        if clear.state != "pending":
            return
        due_at = min(clear.due_at, self._clock.now() + _SOON)
        with suppress(Conflict):  # somebody is at it
            await self._documents.replace(OUTBOX, structs.replace(clear, due_at=due_at))

    def _merged(
        self, row: NotificationDocument, asked: Asked, now: datetime, *, moved: bool
    ) -> NotificationDocument:
        """Return `row` with an outcome, unless a later request was begun meanwhile."""
        for each in row.deliveries:
            same = (each.device_id, each.attempts) == (
                asked.delivery.device_id,
                asked.delivery.attempts,
            )
            doubted = each.state in ("waiting", "ambiguous") and each.doubts > 0
            late = doubted and isinstance(asked.outcome, Accepted)
            if same and (each.state == "sending" or late):
                came = after(
                    each,
                    asked.outcome,
                    now,
                    self._random,
                    useful_until=row.useful_until,
                    replaced=moved,
                    clear=row.clear,
                )
                return with_delivery(row, came)
        return row

    def _count(self, before: NotificationDocument, written: NotificationDocument) -> None:
        known = {each.device_id: each for each in before.deliveries}
        for each in written.deliveries:
            was: Delivery | None = known.get(each.device_id)
            if (was is None or was.state != each.state) and (event := _EVENTS.get(each.state)):
                self._tally.count(event, written.kind, each.reason)

    async def _settled(self, row: NotificationDocument) -> None:
        """Count a row that ended, and free its slot when nobody was told (G7).

        One that is erased is not kept.
        """
        if row.open:
            return
        self._tally.count(_ENDS[row.state], row.kind, row.reason)
        if row.erased:
            self._tally.count("erased", row.kind)
            await self._documents.delete(OUTBOX, row.id)
            return
        await give_back_unused(self._documents, self._clock, row)


_ENDS: dict[str, Event] = {
    "sent": "sent",
    "cancelled": "cancelled",
    "expired": "expired",
    "dead": "dead",
}
