"""Rows whose worker is gone, taken over by whoever has watched them for a whole lease."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from msgspec import structs

from push.documents import OUTBOX, NotificationDocument
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.stores.documents import Documents

from .deliveries import recovered
from .watch import Watch

__all__ = ["Succession"]

_WATCHED = 1000
_AGAIN_S = 0.05
_LOOKS = 2


class Succession:
    """Looks twice in `poll_s` at what is being sent, by whomever; raises StoreUnavailable.

    A lease counts from when a row is seen, so half of it is left for taking over.
    A row that is taken over is held for `hold`. That its request is in doubt is written down first:
    should the heir die too, the next need not watch for a lease again.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        lease_s: float,
        poll_s: float,
        hold: timedelta,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._watch = Watch(lease_s=lease_s)
        self._look_s = poll_s / _LOOKS
        self._hold = hold
        self._look_at = 0.0

    @property
    def rest_s(self) -> float:
        """Return the seconds until the next look."""
        return max(0.0, self._look_at - self._clock.monotonic())

    async def look(self, *, limit: int) -> list[NotificationDocument]:
        """Take over at most `limit` rows, those that are being sent for longest first."""
        at = self._clock.monotonic()
        if at < self._look_at:
            return []
        self._look_at = at + self._look_s
        sending = await self._documents.find(
            OUTBOX, "by_state", {"state": "sending"}, limit=_WATCHED
        )
        self._watch.saw(sending, at)
        left_s = [self._watch.left_s(row, at) for row in sending]
        self._look_in(min((each for each in left_s if each), default=self._look_s))
        over = [row for row, each in zip(sending, left_s, strict=True) if not each]
        if over[limit:]:
            self._look_in(0.0)
        return await self._taken(over[:limit])

    async def take(self, claimed: Sequence[NotificationDocument]) -> list[NotificationDocument]:
        """Return what of the claimed rows may be gone on with; the others are put back."""
        at = self._clock.monotonic()
        left_s = {row.id: self._watch.left_s(row, at) for row in claimed if row.state == "sending"}
        early = [row for row in claimed if left_s.get(row.id)]
        await asyncio.gather(*(self._put_back(row, left_s[row.id]) for row in early))
        over = [row for row in claimed if left_s.get(row.id) == 0]
        return [
            *(row for row in claimed if row.id not in left_s),
            *await self._taken(over),
        ]

    def forget(self) -> None:
        """Give all a whole lease: nobody could write for a while."""
        self._watch.forget()

    async def _taken(self, rows: Sequence[NotificationDocument]) -> list[NotificationDocument]:
        taken = await asyncio.gather(*map(self._doubted, rows))
        return [row for row in taken if row is not None]

    async def _doubted(self, row: NotificationDocument) -> NotificationDocument | None:
        now = self._clock.now()
        doubted = structs.replace(
            recovered(row, now), state="pending", due_at=now + self._hold, updated_at=now
        )
        try:
            return await self._documents.replace(OUTBOX, doubted)
        except Conflict:
            # another heir has it, or only put it back
            self._look_in(_AGAIN_S)
            return None

    async def _put_back(self, row: NotificationDocument, left_s: float) -> None:
        rest_s = min(left_s, self._look_s)
        due_at = self._clock.now() + timedelta(seconds=rest_s)
        # who writes what came of it in the meantime is right
        with suppress(Conflict):
            await self._documents.replace(OUTBOX, structs.replace(row, due_at=due_at))

    def _look_in(self, seconds: float) -> None:
        self._look_at = min(self._look_at, self._clock.monotonic() + seconds)
