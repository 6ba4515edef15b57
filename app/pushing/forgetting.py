"""What push keeps of a user or a session: shown to them, and removed with them."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from contextlib import suppress
from typing import Any, TypeVar

from push.budgets import give_back_unused
from push.clearing import Clearing
from push.devices import Devices
from push.documents import (
    BUDGETS,
    CHECK_INS,
    DEVICES,
    OUTBOX,
    PUSH_SETTINGS,
    DeviceDocument,
    NotificationDocument,
)
from push.outbox import Outbox
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.stores.documents import Collection, Document, Documents
from sessions.stores.paging import everything

__all__ = ["PushForgetting"]

T = TypeVar("T", bound=Document)
_PAGE = 200


class PushForgetting:
    """Passes the contract of sessions.erasure.ports.PushForgets; raises StoreUnavailable.

    Each may be cut off anywhere and done again.
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
        await self._all(CHECK_INS, "by_session", {"session_id": session_id}, counts)
        phones = await self._devices.of_user(user_id)
        while rows := await self._of_session(session_id):
            ended = await self._clearing.of_session(rows, user_id, phones)
            counts[OUTBOX.name] += len(ended)
            for row in ended:
                with suppress(Conflict):
                    await give_back_unused(self._documents, self._clock, row)
        return counts

    async def forget_user(self, user_id: str) -> Mapping[str, int]:
        """Delete devices, settings, check-ins and notifications of a user."""
        counts: Counter[str] = Counter()
        by_user = {"user_id": user_id}
        phones = await self._devices.of_user(user_id)
        # before the addresses, which are needed where this is cut off
        await self._rows(user_id, phones, counts)
        await self._all(DEVICES, "by_user", by_user, counts)
        await self._all(CHECK_INS, "by_user", by_user, counts)
        await self._rows(user_id, phones, counts)
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

    async def _of_session(self, session_id: str) -> list[NotificationDocument]:
        """Return rows of a session but those that only take something away by now."""
        return [
            row
            for is_open in (True, False)
            async for row in everything(
                self._documents,
                OUTBOX,
                "open_of_session",
                {"session_id": session_id, "open": is_open},
            )
            if not row.erased
        ]

    async def _rows(
        self, user_id: str, phones: Sequence[DeviceDocument], counts: Counter[str]
    ) -> None:
        by_user = {"user_id": user_id}
        while rows := [
            row async for row in everything(self._documents, OUTBOX, "by_user", by_user)
        ]:
            counts[OUTBOX.name] += len(await self._clearing.of_account(rows, phones))

    async def _one(self, collection: Collection[T], document_id: str) -> AsyncIterator[Document]:
        if (found := await self._documents.get(collection, document_id)) is not None:
            yield found

    async def _all(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        counts: Counter[str],
    ) -> None:
        while found := await self._documents.find(collection, index, equals, limit=_PAGE):
            for each in found:
                counts[collection.name] += await self._documents.delete(collection, each.id)
