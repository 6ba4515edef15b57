"""Notifications of what is erased: off the screens that may show them, and out of the outbox."""

from collections.abc import Iterable, Sequence, Set

from push.devices import clears
from push.documents import OUTBOX, DeviceDocument, NotificationDocument
from push.doorbell import Doorbell
from push.rows import erased, may_show, settle, tag_of
from push.tally import Tally
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.stores.documents import Documents

__all__ = ["Clearing", "covered"]

# phones show the newest, and few
_SHOWN = 20


class Clearing:
    """Ends rows of what is erased; raises StoreUnavailable.

    By the one write that erases a row which a phone may show, it becomes what takes that away: it
    has no words, goes out like all others, and is deleted when that is done, or within an hour. So
    a process that dies loses none, and nobody who erases waits for a push service. Where nobody
    sends (`is_on`), and of what no phone shows, nothing is left.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        doorbell: Doorbell,
        tally: Tally,
        is_on: bool = True,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._doorbell = doorbell
        self._tally = tally
        self._is_on = is_on

    async def of_session(
        self,
        rows: Sequence[NotificationDocument],
        user_id: str,
        devices: Iterable[DeviceDocument],
    ) -> list[NotificationDocument]:
        """End rows of a user's session, or the visitor's whom they were; return them as they were.

        `devices` are the user's: what others show is not touched.
        """
        return await self._end(rows, user_id, self._phones(devices), carried=False)

    async def of_account(
        self, rows: Sequence[NotificationDocument], devices: Iterable[DeviceDocument]
    ) -> list[NotificationDocument]:
        """End rows of an account whose `devices` end with it; return them as they were.

        Addresses stay in what takes them away; to be called before they are deleted.
        """
        return await self._end(rows, "", self._phones(devices), carried=True)

    def _phones(self, devices: Iterable[DeviceDocument]) -> dict[str, DeviceDocument]:
        return {each.id: each for each in devices if self._is_on and clears(each)}

    async def _end(
        self,
        rows: Sequence[NotificationDocument],
        user_id: str,
        phones: dict[str, DeviceDocument],
        *,
        carried: bool,
    ) -> list[NotificationDocument]:
        behind = covered(rows)
        ended: list[NotificationDocument] = []
        for row in rows:
            current: NotificationDocument | None = row
            while current is not None:
                shown = [
                    phones[each]
                    for each in may_show(current)
                    if each in phones and (row.id, each) not in behind
                ]
                try:
                    await self._written(current, shown, user_id, carried=carried)
                except Conflict:
                    # a worker is at it
                    current = await self._documents.get(OUTBOX, row.id)
                    continue
                ended.append(current)
                break
        return ended

    async def _written(
        self,
        row: NotificationDocument,
        shown: Sequence[DeviceDocument],
        user_id: str,
        *,
        carried: bool,
    ) -> None:
        """Erase a row as it was read, so that nothing goes out any more; raises Conflict."""
        now = self._clock.now()
        if shown:
            ids = [each.id for each in shown]
            clear = erased(row, ids, now, user_id=user_id, devices=shown if carried else ())
            await self._documents.replace(OUTBOX, clear)
        elif row.open:
            await self._documents.replace(OUTBOX, settle(row, "cancelled", "deleted", now))
        if row.open:
            self._tally.count("cancelled", row.kind, "deleted")
        self._tally.count("erased", row.kind)
        if shown:
            self._tally.count("enqueued", row.kind, "clear")
            self._doorbell.ring()
        else:
            await self._documents.delete(OUTBOX, row.id)


def covered(rows: Iterable[NotificationDocument]) -> Set[tuple[str, str]]:
    """Return rows, each with a device that shows a later one of its tag, or much that is newer.

    What a device only may show takes no card's place: by now it may have been refused.
    """
    cards: dict[str, dict[str, list[str]]] = {}
    asked: set[tuple[str, str]] = set()
    for row in sorted(rows, key=lambda each: each.created_at):
        for device_id in may_show(row):
            asked.add((row.id, device_id))
            shown = cards.setdefault(device_id, {})
            before = shown.pop(tag_of(row), [])
            shown[tag_of(row)] = [*([] if _shows(row, device_id) else before), row.id]
    last = {
        (row_id, device_id)
        for device_id, shown in cards.items()
        for row_ids in list(shown.values())[-_SHOWN:]
        for row_id in row_ids
    }
    return asked - last


def _shows(row: NotificationDocument, device_id: str) -> bool:
    """Tell whether a device was sent a row for certain, or is still to take it away."""
    if row.erased and row.open:
        return True
    return any(each.device_id == device_id and each.state == "accepted" for each in row.deliveries)
