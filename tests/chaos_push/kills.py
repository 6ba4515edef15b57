"""Workers are killed with -9, and what they had in hand is noted from outside."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from random import Random

from msgspec import Struct

from push.documents import OUTBOX, NotificationDocument
from sessions.clock import SystemClock
from sessions.stores.sqlite import SqliteDocuments
from tests.push.apart.server import WorkerServer

__all__ = ["Kill", "Kills", "Life"]

_MOST = 10_000


class Kill(Struct, frozen=True, kw_only=True):
    """A worker's end.

    `sending` are the requests of which nobody had written down yet what they came to, this worker
    or another: notification and device, and when it was written down that one was begun.
    """

    at: datetime
    sending: dict[tuple[str, str], datetime]


class Life(Struct, frozen=True, kw_only=True):
    """From when to when a worker was there."""

    begin: datetime
    end: datetime


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
        self._over = asyncio.Event()
        self.done: list[Kill] = []
        self.lives: list[Life] = []
        self._born = {worker: self._clock.now() for worker in workers}

    async def run(self) -> None:
        """Kill until `stop`, and then once more; all workers live when it returns."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._random.random() * 2 * self._life_s):
                    await self._over.wait()
            await self._kill(self._random.choice(self._workers))
            if self._over.is_set():
                return

    def stop(self) -> None:
        """Have the last one killed."""
        self._over.set()

    def end(self) -> None:
        """Note that all workers lived until now."""
        for worker in self._workers:
            self._buried(worker)

    async def _start(self, worker: WorkerServer) -> None:
        await asyncio.to_thread(worker.start)
        self._born[worker] = self._clock.now()

    def _buried(self, worker: WorkerServer) -> None:
        self.lives.append(Life(begin=self._born[worker], end=self._clock.now()))

    async def _kill(self, worker: WorkerServer) -> None:
        worker.kill()
        self._buried(worker)
        at = self._clock.now()
        rows = await self._documents.find(OUTBOX, "by_state", {"state": "sending"}, limit=_MOST)
        kill = Kill(at=at, sending={pair: row.updated_at for row in rows for pair in _sending(row)})
        self.done.append(kill)
        self._say(f"  kill {len(self.done)}: {len(kill.sending)} requests in flight")
        await self._start(worker)


def _sending(row: NotificationDocument) -> list[tuple[str, str]]:
    return [(row.id, each.device_id) for each in row.deliveries if each.state == "sending"]
