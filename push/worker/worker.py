"""Claims what is due and has it looked at, many rows at a time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from random import Random

from push.budgets import Budgets
from push.devices import Devices
from push.documents import OUTBOX, DeviceKind, NotificationDocument
from push.doorbell import Doorbell
from push.ports import Conversations, Sender
from push.settings import NotificationSettings
from push.tally import Tally
from sessions.clock import Clock
from sessions.errors import StoreUnavailable
from sessions.stores.documents import Documents, Range
from sessions.tasks import Tasks

from .asking import Asking
from .collapsing import Collapsing
from .decisions import Decisions
from .recording import Recording
from .rounds import Rounds
from .succession import Succession

__all__ = ["Worker"]

_OPEN = {"open": True}
_TOGETHER_S = 0.01


class Worker:
    """Works on the outbox; any number may, in one process or several.

    A row with requests is leased for `lease_s`, longer than one (`send_s`) and a slow store; one
    that is decided on for the difference, so that who dies then keeps it from nobody for long.
    Killed anywhere, its rows are taken over when their leases end: none is lost, and a notification
    that was in flight gets one more request at most (G2). Whoever takes over says so in the row, so
    that no lease is waited for twice. Raises nothing.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        devices: Devices,
        settings: NotificationSettings,
        budgets: Budgets,
        conversations: Conversations,
        senders: Mapping[DeviceKind, Sender],
        doorbell: Doorbell,
        tally: Tally,
        clock: Clock,
        tasks: Tasks,
        name_of: Callable[[str, str], str],
        random: Random,
        lease_s: float = 36.0,
        send_s: float = 20.0,
        poll_s: float = 1.0,
        record_s: float = 600.0,
        drain_s: float = 15.0,
        at_once: int = 64,
    ) -> None:
        self._documents = documents
        self._doorbell = doorbell
        self._clock = clock
        self._tasks = tasks
        # so long a decision may take; the lease begins with the requests
        self._hold = timedelta(seconds=lease_s - send_s)
        self._drain_s = drain_s
        self._at_once = at_once
        self._succession = Succession(
            documents=documents, clock=clock, lease_s=lease_s, poll_s=poll_s, hold=self._hold
        )
        self._running: set[asyncio.Task[None]] = set()
        self._rounds = Rounds(
            documents=documents,
            decisions=Decisions(
                devices=devices,
                settings=settings,
                budgets=budgets,
                conversations=conversations,
                clock=clock,
                carried=senders,
            ),
            collapsing=Collapsing(documents=documents, clock=clock, doorbell=doorbell, tally=tally),
            conversations=conversations,
            asking=Asking(senders, clock, tally, begin_s=(lease_s - send_s) / 2, send_s=send_s),
            recording=Recording(
                documents=documents,
                devices=devices,
                clock=clock,
                tally=tally,
                random=random,
                record_s=record_s,
            ),
            clock=clock,
            tally=tally,
            name_of=name_of,
            lease=timedelta(seconds=lease_s),
        )

    async def run(self) -> None:
        """Work for ever; when cancelled, end what was begun, for `drain_s` at most."""
        try:
            while True:
                if not await self._claim():
                    await self._doorbell.heard(self._succession.rest_s)
                if len(self._running) >= self._at_once:
                    await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                    # one claim for all that end about now
                    await asyncio.sleep(_TOGETHER_S)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=self._drain_s)

    async def run_once(self) -> None:
        """Work until nothing is due and all that was begun has ended."""
        while await self._claim() or self._running:
            if self._running:
                await asyncio.wait(self._running)

    async def _claim(self) -> bool:
        """Begin with rows that are due; tell whether there may be more."""
        try:
            self._begin(await self._succession.look(limit=self._free))
            if not (free := self._free):
                return True
            now = self._clock.now()
            # a look costs less than a claim, and mostly there is nothing
            if not await self._documents.find(OUTBOX, "due", _OPEN, bounds=Range(lte=now), limit=1):
                return False
            rows = await self._documents.claim(
                OUTBOX, "due", _OPEN, now=now, until=now + self._hold, limit=free
            )
            self._begin(await self._succession.take(rows))
        except StoreUnavailable:
            self._succession.forget()
            return False
        return len(rows) == free

    @property
    def _free(self) -> int:
        return self._at_once - len(self._running)

    def _begin(self, rows: Iterable[NotificationDocument]) -> None:
        for row in rows:
            task = self._tasks.start(self._rounds.run(row), name="notification")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
