"""What operators see of the outbox: how many rows are in each state, and those that are dead."""

from datetime import timedelta
from typing import get_args

from msgspec import structs

from push.documents import OUTBOX, NotificationDocument, NotificationState
from push.doorbell import Doorbell
from push.rows import KEPT, anew
from push.tally import Event, Tally
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

__all__ = ["Ledger"]


class Ledger:
    """The rows of all users as sums, and the dead ones, which can be tried anew.

    Raises StoreUnavailable.
    """

    def __init__(
        self, *, documents: Documents, clock: Clock, doorbell: Doorbell, tally: Tally
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._doorbell = doorbell
        self._tally = tally

    async def counts(self) -> dict[NotificationState, int]:
        """Return how many rows there are in each state; together they are all that were put."""
        found: dict[NotificationState, int] = {}
        for state in get_args(NotificationState):
            found[state] = await self._count(state)
        return found

    def events(self) -> dict[Event, int]:
        """Return how often each event came in this process since it started (G10)."""
        return {event: self._tally.total(event) for event in get_args(Event)}

    async def late_s(self) -> float:
        """Return for how many seconds the row that is due first has been waiting past its time."""
        first = await self._documents.find(OUTBOX, "due", {"open": True}, limit=1)
        late = [(self._clock.now() - row.due_at).total_seconds() for row in first]
        return max([0.0, *late])

    async def dead(self, *, limit: int = 100) -> list[NotificationDocument]:
        """Return rows that could not be told to anybody, the newest first; `reason` says why."""
        return await self._documents.find(
            OUTBOX, "by_state", {"state": "dead"}, descending=True, limit=limit
        )

    async def redrive(self, notification_id: str, *, useful_for: timedelta) -> bool:
        """Have a dead row tried anew for some time; tell whether it was dead."""
        row = await self._documents.get(OUTBOX, notification_id)
        if row is None or row.state != "dead":
            return False
        now = self._clock.now()
        again = structs.replace(
            row,
            state="pending",
            open=True,
            reason="",
            due_at=now,
            updated_at=now,
            useful_until=now + useful_for,
            expires_at=now + useful_for + KEPT,
            deliveries=tuple(anew(each) for each in row.deliveries),
        )
        try:
            await self._documents.replace(OUTBOX, again)
        except Conflict:
            return False
        self._tally.count("redriven", row.kind)
        self._doorbell.ring()
        return True

    async def _count(self, state: NotificationState) -> int:
        found = everything(self._documents, OUTBOX, "by_state", {"state": state})
        # one that changes meanwhile comes again
        return len({row.id async for row in found})
