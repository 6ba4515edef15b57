"""What push keeps of a visitor, when the visitor turns out to be a user."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import TypeVar

from msgspec import structs

from push.budgets import united
from push.documents import (
    BUDGETS,
    CHECK_INS,
    DEVICES,
    OUTBOX,
    PUSH_SETTINGS,
    CheckInDocument,
    DeviceDocument,
    NotificationDocument,
)
from push.rows import was_asked
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Collection, Documents
from sessions.stores.paging import everything

__all__ = ["PushMoving"]

Owned = TypeVar("Owned", DeviceDocument, CheckInDocument, NotificationDocument)


class PushMoving:
    """Passes the contract of sessions.merging.ports.PushMoves; raises StoreUnavailable.

    What was still to be told is not moved: whoever it was for is here. What phones may show is, as
    it is taken away from them when what it tells of is read or deleted.
    """

    def __init__(self, *, documents: Documents) -> None:
        self._documents = documents

    async def move_user(self, visitor: str, user_id: str) -> Mapping[str, int]:
        """Make all that lasts the other user's, who keeps their own settings."""
        mine = {"user_id": visitor}
        devices = everything(self._documents, DEVICES, "by_user", mine)
        check_ins = everything(self._documents, CHECK_INS, "by_user", mine)
        rows = everything(self._documents, OUTBOX, "by_user", mine)
        told = (row async for row in rows if _is_shown(row))
        await self._budget(visitor, user_id)
        return {
            DEVICES.name: await self._given(DEVICES, devices, visitor, user_id),
            CHECK_INS.name: await self._given(CHECK_INS, check_ins, visitor, user_id),
            OUTBOX.name: await self._given(OUTBOX, told, visitor, user_id),
            PUSH_SETTINGS.name: await self._settings(visitor, user_id),
        }

    async def _given(
        self, collection: Collection[Owned], found: AsyncIterator[Owned], visitor: str, user_id: str
    ) -> int:
        count = 0
        async for each in found:
            stored: Owned | None = each
            while stored is not None and stored.user_id == visitor:
                try:
                    stored = await self._documents.replace(
                        collection, structs.replace(stored, user_id=user_id)
                    )
                    count += 1
                except Conflict:
                    stored = await self._documents.get(collection, each.id)
        return count

    async def _budget(self, visitor: str, user_id: str) -> None:
        """Have what the visitor was written to first count for the user too (G7)."""
        used = await self._documents.get(BUDGETS, visitor)
        while used is not None:
            stored = await self._documents.get(BUDGETS, user_id)
            try:
                if stored is None:
                    await self._documents.insert(BUDGETS, structs.replace(used, id=user_id))
                else:
                    await self._documents.replace(BUDGETS, united(stored, used))
            except (Conflict, Duplicate):
                continue
            await self._documents.delete(BUDGETS, visitor)
            return

    async def _settings(self, visitor: str, user_id: str) -> int:
        stored = await self._documents.get(PUSH_SETTINGS, visitor)
        if stored is None:
            return 0
        moved = 0
        with suppress(Duplicate):
            await self._documents.insert(PUSH_SETTINGS, structs.replace(stored, id=user_id))
            moved = 1
        await self._documents.delete(PUSH_SETTINGS, visitor)
        return moved


def _is_shown(row: NotificationDocument) -> bool:
    """Tell whether phones may show what a row told, or are still to take it away."""
    return row.clear if row.open else any(map(was_asked, row.deliveries))
