"""What is to be told: rows that are put here once, may be withdrawn, and are settled for good."""

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import structs

from push.budgets import give_back_unused
from push.clearing import covered
from push.documents import DEVICES, OUTBOX, Delivery, DeviceDocument, NotificationDocument
from push.doorbell import Doorbell
from push.kinds import KINDS, Kind, News
from push.rows import (
    KEPT,
    clear_of,
    may_show,
    notification_id_of,
    settle,
    was_asked,
    with_delivery,
)
from push.tally import Tally
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, NotFound
from sessions.stores.documents import Documents

__all__ = ["Outbox"]

# replies that end within it are told together (G4)
_WINDOW = timedelta(seconds=1)
_PAGE = 200
_SHOWN = 20
# more than anybody has waiting
_MOST = 10_000


class Outbox:
    """The rows of all users; raises StoreUnavailable.

    Every change is a replace of the row as it was read, so that the version is the fence.
    """

    def __init__(
        self, *, documents: Documents, clock: Clock, doorbell: Doorbell, tally: Tally
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._doorbell = doorbell
        self._tally = tally

    async def enqueue(
        self,
        user_id: str,
        kind: Kind,
        subject_id: str,
        *,
        session_id: str = "",
        numbers: Sequence[int] = (),
        persona: str = "",
        text: str = "",
        news: News = "",
        created_at: datetime | None = None,
        due_at: datetime | None = None,
        useful_until: datetime | None = None,
    ) -> NotificationDocument:
        """Put something to be told, and return its row; the one there is when it was put before.

        (user, kind, subject) name it. `created_at` is when the reason for it came, by default now;
        `due_at` when to look at it, by default at once, or soon for what may be told together.
        """
        now = self._clock.now()
        created_at = created_at or now
        useful_until = useful_until or created_at + KINDS[kind].ttl
        row = NotificationDocument(
            id=notification_id_of(user_id, kind, subject_id),
            user_id=user_id,
            kind=kind,
            subject_id=subject_id,
            session_id=session_id,
            created_at=created_at,
            due_at=due_at or (now + _WINDOW if kind == "reply_ready" else now),
            useful_until=useful_until,
            expires_at=max(now, useful_until) + KEPT,
            updated_at=now,
            numbers=tuple(numbers),
            persona=persona,
            text=text,
            news=news,
        )
        return await self._insert(row)

    async def get(self, notification_id: str) -> NotificationDocument | None:
        """Return a row."""
        return await self._documents.get(OUTBOX, notification_id)

    async def read(self, user_id: str, session_id: str, number: int, *, device_id: str = "") -> int:
        """Take back what tells of replies up to `number`, which were read on a device (G3).

        What waits is cancelled; what was shown elsewhere is cleared there. Return how many rows.
        The session is the user's; rows may still be of the visitor they were. Of cards that took
        each other's place a phone is asked for the last alone: few may wake it (D11).
        """
        touched = 0
        rows = await self._recent(session_id)
        behind = covered(rows)
        for row in rows:
            if row.clear or not _is_up_to(row, number):
                continue
            cancelled = row.open and await self._cancel(
                row, "read", lambda now: _is_up_to(now, number)
            )
            # however it ended, also just now: a phone may have been told before
            current = await self.get(row.id) if row.open else row
            if current is not None and _is_up_to(current, number):
                cleared = await self._take_away(current, user_id, device_id, behind)
                cancelled = cancelled or cleared
            touched += cancelled
        return touched

    async def withdraw(self, user_id: str, session_id: str, numbers: Set[int]) -> int:
        """Take back what tells of replies that are deleted, on all devices; return how many rows.

        The session is the user's, as for `read`. A row that tells of other replies too, and went
        to nobody yet, goes on telling of those.
        """
        touched = 0
        for row in await self._recent(session_id):
            if row.clear or numbers.isdisjoint(row.numbers):
                continue
            touched += await self._without(row, numbers, user_id)
        return touched

    async def cancel_user(self, user_id: str, reason: str, *, kinds: Sequence[Kind] = ()) -> int:
        """Cancel what waits for a user, of some kinds or all; return how many (C6, G9).

        What takes something away is no notification and goes on.
        """
        rows = await self._open_of_user(user_id)
        chosen = [row for row in rows if not row.clear and (not kinds or row.kind in kinds)]
        return sum([await self._cancel(row, reason) for row in chosen])

    async def reconsider(self, user_id: str) -> int:
        """Have what waits for a user decided on again, as the settings or the zone changed (G5).

        What takes something away comes when the request before it has ended, whatever changes.
        """
        moved = 0
        for row in await self._open_of_user(user_id):
            if row.state != "pending" or row.clear:
                continue
            try:
                await self._documents.replace(
                    OUTBOX, structs.replace(row, due_at=self._clock.now())
                )
            except Conflict:
                continue  # somebody is at it now
            moved += 1
        if moved:
            self._doorbell.ring()
        return moved

    async def receipt(
        self,
        user_id: str,
        notification_id: str,
        device_id: str,
        *,
        opened: bool = False,
        priority: str = "",
    ) -> NotificationDocument:
        """Keep what a device tells of a notification: shown, opened, its priority (E6).

        Raises NotFound when it is not the user's, or was not sent to the device.
        """
        while True:
            row = await self.get(notification_id)
            told = [each for each in row.deliveries if each.device_id == device_id] if row else []
            if row is None or row.user_id != user_id or not told:
                raise NotFound("there is no such notification")
            now = self._clock.now()
            delivery = structs.replace(
                told[0],
                shown_at=told[0].shown_at or now,
                opened_at=told[0].opened_at or (now if opened else None),
                priority=priority or told[0].priority,
            )
            if delivery == told[0]:
                return row
            try:
                stored = await self._documents.replace(OUTBOX, with_delivery(row, delivery))
            except Conflict:
                continue
            if told[0].shown_at is None:
                self._tally.count("acked", row.kind)
            if _is_lowered(stored, delivery) and not told[0].priority:
                self._tally.count("lowered", row.kind)
            if delivery.opened_at != told[0].opened_at:
                self._tally.count("opened", row.kind)
            return stored

    async def of_user(self, user_id: str, *, limit: int = 100) -> list[NotificationDocument]:
        """Return a user's rows, the newest first."""
        return await self._documents.find(
            OUTBOX, "by_user", {"user_id": user_id}, descending=True, limit=limit
        )

    async def _insert(self, row: NotificationDocument) -> NotificationDocument:
        try:
            await self._documents.insert(OUTBOX, row)
        except Duplicate:
            return await self.get(row.id) or row
        self._tally.count("enqueued", row.kind)
        self._doorbell.ring()
        return row

    async def _take_away(
        self,
        row: NotificationDocument,
        user_id: str,
        device_id: str = "",
        behind: Set[tuple[str, str]] = frozenset(),
    ) -> bool:
        """Clear what phones may show of a row that ended, once."""
        if row.open or row.clear or row.cleared:
            return False
        # a request that is on its way may come after what takes a later card away
        on_its_way = any(each.state == "sending" for each in row.deliveries)
        shown = [
            each
            for each in may_show(row)
            if each != device_id and (on_its_way or (row.id, each) not in behind)
        ]
        return await self._clear(row, user_id, shown)

    async def _clear(self, row: NotificationDocument, user_id: str, shown: Sequence[str]) -> bool:
        """Put a row that takes `row` away from devices that show it."""
        if not shown:
            return False
        clear = clear_of(row, shown, self._clock.now(), window=_WINDOW)
        if row.user_id != user_id:
            devices = await self._devices_of({row.user_id, user_id}, shown)
            clear = structs.replace(clear, user_id=user_id, devices=tuple(devices))
        await self._insert(clear)
        with suppress(Conflict):  # a receipt: it is put again, which does nothing
            await self._documents.replace(OUTBOX, structs.replace(row, cleared=True))
        return True

    async def _devices_of(self, owners: Set[str], ids: Sequence[str]) -> list[DeviceDocument]:
        """Return those of some devices that are one of these users' now."""
        found = [await self._documents.get(DEVICES, each) for each in ids]
        return [each for each in found if each is not None and each.user_id in owners]

    async def _without(self, row: NotificationDocument, numbers: Set[int], user_id: str) -> bool:
        """Have a row tell of no reply of `numbers`, whatever others do to it."""
        current: NotificationDocument | None = row
        while current is not None and current.open and not numbers.isdisjoint(current.numbers):
            if _is_told(current, numbers):
                if await self._cancel(current, "deleted", lambda now: _is_told(now, numbers)):
                    await self._take_away(await self.get(row.id) or current, user_id)
                    return True
            else:
                kept = tuple(each for each in current.numbers if each not in numbers)
                with suppress(Conflict):
                    # also a worker that has the words at hand finds that the row has changed
                    await self._documents.replace(OUTBOX, structs.replace(current, numbers=kept))
                    return True
            current = await self.get(row.id)
        # however it ended, also just now: a phone may have been told before
        if current is None or numbers.isdisjoint(current.numbers):
            return False
        return await self._take_away(current, user_id)

    async def _cancel(
        self,
        row: NotificationDocument,
        reason: str,
        still: Callable[[NotificationDocument], bool] = lambda row: True,
    ) -> bool:
        """Cancel a row while it is open and `still` holds, whatever others do to it."""
        current: NotificationDocument | None = row
        while current is not None and current.open and still(current):
            cancelled = settle(current, "cancelled", reason, self._clock.now())
            try:
                await self._documents.replace(OUTBOX, cancelled)
            except Conflict:
                current = await self.get(row.id)
                continue
            self._tally.count("cancelled", row.kind, reason)
            with suppress(Conflict):  # the mentor writes first once less
                await give_back_unused(self._documents, self._clock, cancelled)
            return True
        return False

    async def _recent(self, session_id: str) -> list[NotificationDocument]:
        rows: list[NotificationDocument] = []
        # phones show the newest: each takes the place of the one before (E4)
        for is_open, limit in ((True, _PAGE), (False, _SHOWN)):
            rows += await self._documents.find(
                OUTBOX,
                "open_of_session",
                {"session_id": session_id, "open": is_open},
                descending=True,
                limit=limit,
            )
        return rows

    async def _open_of_user(self, user_id: str) -> list[NotificationDocument]:
        return await self._documents.find(
            OUTBOX, "open_of_user", {"user_id": user_id, "open": True}, limit=_MOST
        )


def _is_lowered(row: NotificationDocument, delivery: Delivery) -> bool:
    """Tell whether a phone got with less priority what was sent to wake it (E6)."""
    return KINDS[row.kind].high and not row.clear and delivery.priority == "normal"


def _is_told(row: NotificationDocument, numbers: Set[int]) -> bool:
    """Tell whether a row tells of replies of `numbers` alone, or a device may show them."""
    return set(row.numbers) <= numbers or any(map(was_asked, row.deliveries))


def _is_up_to(row: NotificationDocument, number: int) -> bool:
    """Tell whether all that a row tells of was read when the reply `number` was."""
    return bool(row.numbers) and max(row.numbers) <= number
