"""One flusher a process: all sessions' new frames go to the store together, every few ms."""

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic

from sessions.errors import LogUnavailable
from sessions.stores.log import Batch, Flushed, Lease, LogStore

__all__ = ["Flusher"]


class _Pending:
    def __init__(self, lease: Lease, epoch: str, first: int, due: float) -> None:
        self.lease = lease
        self.epoch = epoch
        self.first = first
        self.due = due
        self.turn_seq = 0
        self.frames: list[bytes] = []
        self.lost: Callable[[Flushed], None] | None = None
        self.kept: Callable[[int], None] | None = None
        self.settled: list[asyncio.Future[None]] = []


class Flusher:
    """Writes frames behind the readers' backs; the first after a quiet while goes at once.

    Sessions that other processes read are written every `window_ms`, the others every `alone_ms`:
    readers here do not need the store, and if this process dies its last epoch is void anyway.
    While the store is away frames wait, and are tried again every `retry_s`.
    """

    def __init__(
        self,
        store: LogStore,
        *,
        window_ms: float = 25,
        alone_ms: float = 150,
        retry_s: float = 0.25,
        most: int = 1000,
    ) -> None:
        self._store = store
        self._window_s = window_ms / 1000
        self._alone_s = alone_ms / 1000
        self._retry_s = retry_s
        self._most = most
        self._pending: dict[str, _Pending] = {}
        self._rests: dict[str, float] = {}
        self._dirty = asyncio.Event()

    def add(
        self,
        lease: Lease,
        *,
        epoch: str,
        seq: int,
        turn_seq: int,
        data: bytes,
        kept: Callable[[int], None],
        lost: Callable[[Flushed], None],
    ) -> None:
        """Queue frame `seq`; `kept` hears the last seq in the store, `lost` why there is none."""
        pending = self._pending.get(lease.session_id)
        if pending is None or pending.epoch != epoch or pending.lease != lease:
            self._settle(pending.settled if pending else ())
            due = self._rests.pop(lease.session_id, 0.0)
            pending = self._pending[lease.session_id] = _Pending(lease, epoch, seq, due)
            self._dirty.set()
        pending.turn_seq = turn_seq
        pending.kept, pending.lost = kept, lost
        pending.frames.append(data)

    def settling(self, session_id: str) -> asyncio.Future[None] | None:
        """Return what is done once every frame of the session is in the store, or can't be.

        None when all are. Whoever waits no longer may end it.
        """
        pending = self._pending.get(session_id)
        if pending is None:
            return None
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        pending.settled.append(done)
        pending.due = 0.0
        return done

    async def run(self) -> None:
        """Flush for ever."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._write(self._due(monotonic()))
            except LogUnavailable:
                await asyncio.sleep(self._retry_s)
            else:
                await asyncio.sleep(self._window_s)
            if self._pending:
                self._dirty.set()

    async def flush(self) -> None:
        """Write all that waits, in one round trip; raises LogUnavailable and keeps it then."""
        await self._write(list(self._pending.values()))

    def _due(self, now: float) -> list[_Pending]:
        self._rests = {key: until for key, until in self._rests.items() if until > now}
        return [each for each in self._pending.values() if each.due <= now]

    async def _write(self, waiting: list[_Pending]) -> None:
        if not waiting:
            return
        batches = [self._batch(each) for each in waiting]
        results = await self._store.append(batches)
        rest_until = monotonic() + self._alone_s
        for pending, batch, result in zip(waiting, batches, results, strict=True):
            whole = len(batch.frames) < self._most and not pending.settled
            pending.due = rest_until if result == "ok" and whole else 0.0
            self._take_result(pending, len(batch.frames), result)

    def _batch(self, pending: _Pending) -> Batch:
        return Batch(
            lease=pending.lease,
            epoch=pending.epoch,
            first=pending.first,
            turn_seq=pending.turn_seq,
            frames=pending.frames[: self._most],
        )

    def _take_result(self, pending: _Pending, count: int, result: Flushed) -> None:
        session_id = pending.lease.session_id
        current = self._pending.get(session_id) is pending
        if result in ("fenced", "gap"):
            if current:
                del self._pending[session_id]
                if pending.lost:
                    pending.lost(result)
            self._settle(pending.settled)
            return
        del pending.frames[:count]
        pending.first += count
        if current and pending.kept:
            pending.kept(pending.first - 1)
        if pending.frames:
            return
        if current:
            del self._pending[session_id]
            if pending.due:
                self._rests[session_id] = pending.due
        self._settle(pending.settled)

    @staticmethod
    def _settle(waits: Iterable[asyncio.Future[None]]) -> None:
        for done in waits:
            if not done.done():
                done.set_result(None)
