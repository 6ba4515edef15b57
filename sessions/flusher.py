"""One flusher a process: all sessions' new frames go to the store together, every few ms."""

import asyncio
from collections.abc import Callable

from sessions.errors import LogUnavailable
from sessions.stores.log import Batch, Flushed, Lease, LogStore

__all__ = ["Flusher"]


class _Pending:
    def __init__(self, lease: Lease, epoch: str, first: int) -> None:
        self.lease = lease
        self.epoch = epoch
        self.first = first
        self.turn_seq = 0
        self.frames: list[bytes] = []
        self.lost: Callable[[Flushed], None] | None = None
        self.kept: Callable[[int], None] | None = None
        self.settled: list[asyncio.Future[None]] = []


class Flusher:
    """Writes frames behind the readers' backs; the first after a quiet while goes at once.

    While the store is away frames wait, and are tried again every `retry_s`.
    """

    def __init__(
        self, store: LogStore, *, window_ms: float = 25, retry_s: float = 0.25, most: int = 1000
    ) -> None:
        self._store = store
        self._window_s = window_ms / 1000
        self._retry_s = retry_s
        self._most = most
        self._pending: dict[str, _Pending] = {}
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
            self._settle(pending)
            pending = self._pending[lease.session_id] = _Pending(lease, epoch, seq)
        pending.turn_seq = turn_seq
        pending.kept, pending.lost = kept, lost
        pending.frames.append(data)
        self._dirty.set()

    async def settled(self, session_id: str) -> None:
        """Wait until every frame of the session is in the store, or can't be any more."""
        pending = self._pending.get(session_id)
        if pending is not None:
            done = asyncio.get_running_loop().create_future()
            pending.settled.append(done)
            await done

    async def run(self) -> None:
        """Flush for ever."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self.flush()
            except LogUnavailable:
                self._dirty.set()
                await asyncio.sleep(self._retry_s)
            else:
                await asyncio.sleep(self._window_s)

    async def flush(self) -> None:
        """Write what waits, in one round trip; raises LogUnavailable and keeps it then."""
        waiting = list(self._pending.values())
        batches = [
            Batch(
                lease=each.lease,
                epoch=each.epoch,
                first=each.first,
                turn_seq=each.turn_seq,
                frames=each.frames[: self._most],
            )
            for each in waiting
        ]
        results = await self._store.append(batches)
        for pending, batch, result in zip(waiting, batches, results, strict=True):
            self._take_result(pending, len(batch.frames), result)

    def _take_result(self, pending: _Pending, count: int, result: Flushed) -> None:
        session_id = pending.lease.session_id
        current = self._pending.get(session_id) is pending
        if result != "ok":
            if current:
                del self._pending[session_id]
                if pending.lost:
                    pending.lost(result)
            self._settle(pending)
            return
        del pending.frames[:count]
        pending.first += count
        if current and pending.kept:
            pending.kept(pending.first - 1)
        if pending.frames:
            self._dirty.set()
            return
        if current:
            del self._pending[session_id]
        self._settle(pending)

    @staticmethod
    def _settle(pending: _Pending | None) -> None:
        for done in pending.settled if pending else ():
            if not done.done():
                done.set_result(None)
