"""What push keeps of a user or a session: shown to them, and removed with them."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Set
from contextlib import suppress
from typing import Any, TypeVar

from app.pushing.clearing import Clearing
from push.budgets import give_back_unused
from push.devices import Devices
from push.documents import (
    BUDGETS,
    CHECK_INS,
    DEVICES,
    OUTBOX,
    PUSH_SETTINGS,
    NotificationDocument,
)
from push.outbox import Outbox
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.memory.paging import everything
from sessions.stores.documents import Collection, Document, Documents

__all__ = ["PushForgetting"]

T = TypeVar("T", bound=Document)
_PAGE = 200


class PushForgetting:
    """Passes the contract of sessions.erasure.ports.PushForgets; raises StoreUnavailable.

    What phones show of it is taken away meanwhile: asked for before anything is deleted, so that
    nothing is left out where deleting is cut off and done again.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        devices: Devices,
        outbox: Outbox,
        clearing: Clearing,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._devices = devices
        self._outbox = outbox
        self._clearing = clearing

    async def take_back(self, user_id: str, session_id: str, numbers: Set[int]) -> None:
        """Have nobody told, and no phone show, what these turns of a session said."""
        if numbers:
            await self._outbox.withdraw(user_id, session_id, numbers)

    async def forget_session(self, user_id: str, session_id: str) -> Mapping[str, int]:
        """Delete what was or is to be told of a user's session, and its check-ins.

        The mentor may write first once more instead of what nobody was told.
        """
        counts: Counter[str] = Counter()
        of_session = {"session_id": session_id}
        named = [of_session | {"open": is_open} for is_open in (True, False)]
        seen = [row for each in named for row in await self._rows("open_of_session", each)]
        self._clearing.begin(user_id, seen)
        await self._all(CHECK_INS, "by_session", of_session, counts)
        rows: list[NotificationDocument] = []
        for each in named:
            rows += await self._all(OUTBOX, "open_of_session", each, counts)
        self._clearing.begin(user_id, _changed(rows, seen))
        for row in rows:
            with suppress(Conflict):
                await give_back_unused(self._documents, self._clock, row)
        return counts

    async def forget_user(self, user_id: str) -> Mapping[str, int]:
        """Delete devices, settings, check-ins and notifications of a user."""
        counts: Counter[str] = Counter()
        by_user = {"user_id": user_id}
        phones = await self._devices.of_user(user_id)
        seen = await self._rows("by_user", by_user)
        self._clearing.begin(user_id, seen, phones)
        await self._all(DEVICES, "by_user", by_user, counts)
        await self._all(CHECK_INS, "by_user", by_user, counts)
        rows = await self._all(OUTBOX, "by_user", by_user, counts)
        self._clearing.begin(user_id, _changed(rows, seen), phones)
        counts[PUSH_SETTINGS.name] += await self._documents.delete(PUSH_SETTINGS, user_id)
        counts[BUDGETS.name] += await self._documents.delete(BUDGETS, user_id)
        return counts

    def known(self, user_id: str) -> Mapping[str, AsyncIterator[Document]]:
        """Return all that is kept of a user, by name."""
        by_user = {"user_id": user_id}
        return {
            "devices": everything(self._documents, DEVICES, "by_user", by_user),
            "notifications": everything(self._documents, OUTBOX, "by_user", by_user),
            "check_ins": everything(self._documents, CHECK_INS, "by_user", by_user),
            "notification_settings": self._one(PUSH_SETTINGS, user_id),
            "notification_budgets": self._one(BUDGETS, user_id),
        }

    async def _rows(self, index: str, equals: Mapping[str, Any]) -> list[NotificationDocument]:
        return [row async for row in everything(self._documents, OUTBOX, index, equals)]

    async def _one(self, collection: Collection[T], document_id: str) -> AsyncIterator[Document]:
        if (found := await self._documents.get(collection, document_id)) is not None:
            yield found

    async def _all(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        counts: Counter[str],
    ) -> list[T]:
        """Delete all along an index, and return them as they were read."""
        gone: list[T] = []
        while found := await self._documents.find(collection, index, equals, limit=_PAGE):
            for each in found:
                counts[collection.name] += await self._documents.delete(collection, each.id)
            gone += found
        return gone


def _changed(
    rows: Iterable[NotificationDocument], seen: Iterable[NotificationDocument]
) -> list[NotificationDocument]:
    """Return what came or was sent since it was seen."""
    known = {(row.id, row.version) for row in seen}
    return [row for row in rows if (row.id, row.version) not in known]
