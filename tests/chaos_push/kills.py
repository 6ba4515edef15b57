"""Workers are killed with -9, and what they had in hand is noted from outside."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from random import Random

from msgspec import Struct

from push.documents import OUTBOX, NotificationDocument
from sessions.clock import SystemClock
from sessions.stores.documents import Range
from sessions.stores.sqlite import SqliteDocuments
from tests.push.apart.server import WorkerServer

__all__ = ["Kill", "Kills"]

_MOST = 10_000


class Kill(Struct, frozen=True, kw_only=True):
    """A worker's end.

    `sending` are the requests of which nobody had written down yet what they came to, this worker
    or another: notification and device.
    """

    at: datetime
    sending: set[tuple[str, str]]


class Kills:
    """Kills one worker after the other, at times that come of `random`, and starts it again."""

    def __init__(
        self,
        random: Random,
        workers: list[WorkerServer],
        documents: SqliteDocuments,
        *,
        life_s: float,
        say: Callable[[str], None],
    ) -> None:
        self._random = random
        self._workers = workers
        self._documents = documents
        self._life_s = life_s
        self._say = say
        self._clock = SystemClock()
        self.done: list[Kill] = []

    async def run(self) -> None:
        """Kill until cancelled."""
        while True:
            await asyncio.sleep(self._random.random() * 2 * self._life_s)
            await self._kill(self._random.choice(self._workers))

    async def revive(self) -> None:
        """Start what a cancelled run left dead."""
        for worker in self._workers:
            if not worker.is_alive:
                await asyncio.to_thread(worker.start)

    async def _kill(self, worker: WorkerServer) -> None:
        worker.kill()
        at = self._clock.now()
        rows = await self._documents.find(
            OUTBOX, "due", {"open": True}, bounds=Range(gt=at), limit=_MOST
        )
        kill = Kill(at=at, sending={pair for row in rows for pair in _sending(row)})
        self.done.append(kill)
        self._say(f"  kill {len(self.done)}: {len(kill.sending)} requests in flight")
        await asyncio.to_thread(worker.start)


def _sending(row: NotificationDocument) -> list[tuple[str, str]]:
    return [(row.id, each.device_id) for each in row.deliveries if each.state == "sending"]
