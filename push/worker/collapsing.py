"""Replies in one session are told by one row, the newest (G4), whoever works on them meanwhile."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from push.documents import OUTBOX, NotificationDocument
from push.doorbell import Doorbell
from push.rows import settle
from push.tally import Tally
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.stores.documents import Documents, Range

__all__ = ["Collapsing", "told_with"]

_PAUSE = timedelta(seconds=2)
_MOST = 100


class Collapsing:
    """Rows of one session; raises StoreUnavailable.

    First the newest row gets the numbers of an older one, then that one ends: killed in between,
    both are there and the same is done again.
    """

    def __init__(
        self, *, documents: Documents, clock: Clock, doorbell: Doorbell, tally: Tally
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._doorbell = doorbell
        self._tally = tally

    async def beside(self, row: NotificationDocument) -> list[NotificationDocument]:
        """Return the other open rows of the session that tell of replies."""
        return await self._of_session(row, is_open=True) if _collapses(row) else []

    async def yielded(
        self, row: NotificationDocument, beside: Iterable[NotificationDocument]
    ) -> bool:
        """Leave a claimed row's replies to a newer row, or wait for one; tell whether it did.

        Raises Conflict when somebody else is at one of them.
        """
        newest = await self._newest(row, beside)
        if newest is None:
            return False
        if newest.open and not set(row.numbers) <= set(newest.numbers):
            if newest.state == "sending":
                at = self._clock.now() + _PAUSE
                await self._documents.replace(
                    OUTBOX, structs.replace(row, state="pending", due_at=at)
                )
                return True
            await self._widen(newest, row)
        await self._end(row, newest)
        return True

    async def end(self, rows: Iterable[NotificationDocument], newest: NotificationDocument) -> None:
        """End rows whose replies are told by `newest`, as it is stored now."""
        for row in rows:
            try:
                await self._end(row, newest)
            except Conflict:
                continue  # who has it now finds the newer row

    async def _newest(
        self, row: NotificationDocument, beside: Iterable[NotificationDocument]
    ) -> NotificationDocument | None:
        if not _collapses(row):
            return None
        told = await self._of_session(row, is_open=False, since=row.created_at)
        rows = [*beside, *(each for each in told if each.state == "sent")]
        newer = [each for each in rows if _key(each) > _key(row)]
        return max(newer, key=_key, default=None)

    async def _of_session(
        self, row: NotificationDocument, *, is_open: bool, since: datetime | None = None
    ) -> list[NotificationDocument]:
        rows = await self._documents.find(
            OUTBOX,
            "open_of_session",
            {"session_id": row.session_id, "open": is_open},
            bounds=Range(gte=since),
            limit=_MOST,
        )
        return [
            each
            for each in rows
            if _collapses(each) and each.user_id == row.user_id and each.id != row.id
        ]

    async def _widen(self, newest: NotificationDocument, row: NotificationDocument) -> None:
        widened = structs.replace(
            newest,
            numbers=tuple(sorted({*newest.numbers, *row.numbers})),
            # it is told no later than the older one would have been
            due_at=min(newest.due_at, self._clock.now()),
        )
        await self._documents.replace(OUTBOX, widened)
        self._doorbell.ring()

    async def _end(self, row: NotificationDocument, newest: NotificationDocument) -> None:
        ended = settle(row, "collapsed", newest.id, self._clock.now())
        await self._documents.replace(OUTBOX, ended)
        self._tally.count("collapsed", row.kind)


def told_with(
    row: NotificationDocument, beside: Iterable[NotificationDocument]
) -> list[NotificationDocument]:
    """Return the older rows whose replies `row` can tell of too."""
    return [each for each in beside if each.state == "pending" and _key(each) < _key(row)]


def _collapses(row: NotificationDocument) -> bool:
    return row.kind == "reply_ready" and bool(row.session_id) and not row.clear


def _key(row: NotificationDocument) -> tuple[int, datetime, str]:
    return max(row.numbers, default=0), row.created_at, row.id
