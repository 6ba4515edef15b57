"""One look at a row: decided on, written down, sent, and written down again."""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import structs

from push.documents import OUTBOX, NotificationDocument, NotificationState
from push.ports import Conversations
from push.rows import settle
from push.tally import Tally
from sessions.clock import Clock
from sessions.errors import Conflict, StoreUnavailable
from sessions.stores.documents import Documents

from .asking import Asking, Prepared
from .collapsing import Collapsing, told_with
from .composing import composed
from .decisions import Decisions, Go, Later, Never
from .deliveries import begun
from .recording import Recording
from .weighing import addressed, due, telling, weighed

__all__ = ["Rounds"]


class Rounds:
    """Looks at rows on behalf of a worker; nobody else takes one with requests for `lease`."""

    def __init__(
        self,
        *,
        documents: Documents,
        decisions: Decisions,
        collapsing: Collapsing,
        conversations: Conversations,
        asking: Asking,
        recording: Recording,
        clock: Clock,
        tally: Tally,
        name_of: Callable[[str, str], str],
        lease: timedelta,
    ) -> None:
        self._documents = documents
        self._decisions = decisions
        self._collapsing = collapsing
        self._conversations = conversations
        self._asking = asking
        self._recording = recording
        self._clock = clock
        self._tally = tally
        self._name_of = name_of
        self._lease = lease

    async def run(self, row: NotificationDocument) -> None:
        """Do what is to be done with a claimed row now.

        When the store fails, or somebody else changed the row, nothing is sent, and the row is
        looked at again when its claim ends.
        """
        with suppress(Conflict, StoreUnavailable):
            beside = await self._collapsing.beside(row)
            if await self._collapsing.yielded(row, beside):
                return
            older = told_with(row, beside)
            row = telling(row, older)
            since = self._clock.monotonic()
            match await self._decisions.decide(row):
                case Never(state=state, reason=reason):
                    await self._end(row, state, reason)
                case Later(at=at, reason=reason):
                    await self._defer(row, at, reason)
                case Go() as go:
                    try:
                        await self._go(row, go, older, since)
                    except Conflict:
                        await self._recording.overtaken(row)

    async def _end(self, row: NotificationDocument, state: NotificationState, reason: str) -> None:
        settled = settle(row, state, reason, self._clock.now())
        if any(each.state in ("accepted", "ambiguous") for each in settled.deliveries):
            settled = structs.replace(settled, state="sent")
        await self._recording.settle(settled)

    async def _defer(self, row: NotificationDocument, at: datetime, reason: str) -> None:
        deferred = structs.replace(row, state="pending", due_at=at, deferrals=row.deferrals + 1)
        await self._documents.replace(OUTBOX, deferred)
        self._tally.count("deferred", row.kind, reason)

    async def _go(
        self, row: NotificationDocument, go: Go, older: list[NotificationDocument], since: float
    ) -> None:
        now = self._clock.now()
        row = addressed(row, go.devices)
        ids = due(row, now)
        if not ids:
            await self._recording.settle(weighed(row, now))
            return
        prepared = await self._prepared(row, go, ids, since)
        try:
            row = await self._recording.refused(row, prepared.refused)
            if prepared.ready:
                row = await self._documents.replace(OUTBOX, self._sending(row, prepared.ready))
            else:
                await self._recording.settle(weighed(row, self._clock.now()))
        except BaseException:
            prepared.drop()
            raise
        await self._recording.record(row, await self._asking.make(prepared, row, since=since))
        await self._collapsing.end(older, row)

    async def _prepared(
        self, row: NotificationDocument, go: Go, ids: Collection[str], since: float
    ) -> Prepared:
        unread = await self._conversations.unread(row.user_id)
        messages = [
            (device, composed(row, go, device, unread=unread, name_of=self._name_of))
            for device in go.devices
            if device.id in ids
        ]
        return await self._asking.prepare(messages, since=since)

    def _sending(self, row: NotificationDocument, ids: Collection[str]) -> NotificationDocument:
        """Return `row` as it is written before requests are made; from here the lease is anew."""
        now = self._clock.now()
        return structs.replace(
            row,
            state="sending",
            attempts=row.attempts + 1,
            due_at=now + self._lease,
            updated_at=now,
            deliveries=tuple(
                begun(each, now) if each.device_id in ids else each for each in row.deliveries
            ),
        )
