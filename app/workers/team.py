"""The workers of one supervisor: started, replaced when they die, restarted one by one, ended."""

import asyncio
import socket
from collections import defaultdict
from contextlib import suppress

import structlog

from app.settings import Settings
from app.workers.handle import Worker
from sessions.tasks import Tasks

__all__ = ["Team"]

log = structlog.get_logger(__name__)
_READY_S = 60.0
_LEAVE_S = 30.0
_AT_ONCE_S = 5.0
_STEADY_S = 10.0
_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 10.0
_NO_TAKER_S = 0.02


class Team:
    """`size` workers; one that dies is replaced, after a pause that grows while they die young."""

    def __init__(self, settings: Settings, tasks: Tasks, *, size: int) -> None:
        self._settings = settings
        self._tasks = tasks
        self._size = size
        self._workers: dict[int, Worker] = {}
        self._alive: set[Worker] = set()
        self._changing: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._died_young: defaultdict[int, int] = defaultdict(int)
        self._rolling = asyncio.Lock()
        self._leaving = asyncio.Event()
        self._failed = False

    async def start(self) -> bool:
        """Start all; True when all take connections, False when the first or another can't."""
        try:
            # what keeps one from starting keeps all: let one find out, and say it once
            await self._fill(0)
            await asyncio.gather(*(self._fill(number) for number in range(1, self._size)))
        except (_NotReady, OSError) as error:
            if not self._leaving.is_set():
                log.error("workers_not_started", error=type(error).__name__)
                self._failed = True
                self.leave()
        return not self._leaving.is_set()

    async def give(self, connection: socket.socket) -> None:
        """Hand a connection to the worker with the least to do; wait while none takes any."""
        while True:
            for worker in self._takers():
                if worker.give(connection):
                    return
            await asyncio.sleep(_NO_TAKER_S)

    def roll(self) -> None:
        """Restart all workers, one after the other."""
        self._tasks.start(self._roll(), name="roll")

    def leave(self) -> None:
        """Have all workers drain and end; the second time, have them end now."""
        again = self._leaving.is_set()
        self._leaving.set()
        for worker in self._alive:
            worker.leave() if again else worker.drain()
            if again:
                asyncio.get_running_loop().call_later(_AT_ONCE_S, worker.kill)

    async def gone(self) -> int:
        """Wait until all have left after `leave`; returns 0 when each left well."""
        await self._leaving.wait()
        while self._alive:
            await asyncio.gather(*(self._see_off(worker) for worker in self._alive))
        return int(self._failed)

    def _takers(self) -> list[Worker]:
        takers = (worker for worker in self._workers.values() if worker.accepting)
        return sorted(takers, key=lambda each: each.burden)

    async def _fill(self, number: int) -> None:
        self._workers[number] = await self._begin(number)

    async def _begin(self, number: int) -> Worker:
        worker = await Worker.start(number, self._settings)
        self._alive.add(worker)
        self._tasks.start(self._watch(worker), name="watch worker")
        if self._leaving.is_set():
            worker.drain()
        ready = await worker.ready(_READY_S)
        if self._leaving.is_set():
            raise _NotReady
        if not ready:
            worker.kill()
            raise _NotReady
        log.info("worker_ready", worker=number, pid=worker.pid)
        return worker

    async def _watch(self, worker: Worker) -> None:
        code = await worker.wait()
        self._alive.discard(worker)
        if self._leaving.is_set():
            self._failed = self._failed or code != 0
        if code != 0:
            log.error("worker_died", worker=worker.number, pid=worker.pid, code=code)
        if self._workers.get(worker.number) is worker:
            await self._revive(worker)

    async def _revive(self, dead: Worker) -> None:
        number = dead.number
        young = asyncio.get_running_loop().time() - dead.began_at < _STEADY_S
        self._died_young[number] = self._died_young[number] + 1 if young else 0
        async with self._changing[number]:
            while self._workers[number] is dead and not await self._leaves_within(number):
                try:
                    await self._fill(number)
                except (_NotReady, OSError) as error:
                    self._died_young[number] += 1
                    log.error("worker_not_replaced", worker=number, error=type(error).__name__)

    async def _leaves_within(self, number: int) -> bool:
        """Pause before worker `number` is started again; tell whether all leave meanwhile."""
        deaths = self._died_young[number]
        pause_s = min(_PAUSE_S * 2**deaths, _LONGEST_PAUSE_S) if deaths else 0.0
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._leaving.wait()
        return self._leaving.is_set()

    async def _roll(self) -> None:
        async with self._rolling:
            for number in range(self._size):
                try:
                    await self._replace(number)
                except (_NotReady, OSError) as error:
                    log.warning("restart_given_up", worker=number, error=type(error).__name__)
                    return
            log.info("restarted", workers=self._size)

    async def _replace(self, number: int) -> None:
        async with self._changing[number]:
            new = await self._begin(number)
            old, self._workers[number] = self._workers[number], new
        old.drain()
        await self._see_off(old)

    async def _see_off(self, worker: Worker) -> None:
        """Wait for a worker that was told to leave, and end it when it does not."""
        try:
            async with asyncio.timeout(_LEAVE_S):
                await worker.ended.wait()
        except TimeoutError:
            worker.kill()
            await worker.ended.wait()


class _NotReady(Exception):
    pass
