"""Session logs in this process: who reads them, who writes them, and how news travel."""

import asyncio
from collections.abc import Callable
from secrets import token_hex
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from msgspec import structs

from schemas.frames import LogFrame
from sessions.clock import Clock
from sessions.errors import LeaseLost, LogUnavailable
from sessions.flusher import Flusher
from sessions.stores.log import Flushed, Head, Lease, LogStore
from sessions.tail import Tail, Wake

__all__ = ["Logs", "Writer"]

_encode = msgspec.json.Encoder().encode


class Writer:
    """Numbers the frames of one session and hands them to readers here and to the flusher."""

    def __init__(
        self,
        tail: Tail,
        lease: Lease,
        flusher: Flusher,
        *,
        clock: Clock,
        lost: Callable[[Flushed], None],
    ) -> None:
        self.tail = tail
        self.lease = lease
        self._flusher = flusher
        self._clock = clock
        self._lost = lost

    def write(self, type_: Callable[..., LogFrame], **fields: Any) -> None:
        """Append a frame of `type_` with `fields` to the log."""
        tail = self.tail
        self._put(
            type_(session_id=tail.session_id, seq=tail.seq + 1, at=self._clock.now(), **fields)
        )

    def write_again(self, frame: LogFrame) -> None:
        """Append a frame of an epoch that was lost, under its new seq."""
        self._put(structs.replace(frame, seq=self.tail.seq + 1))

    def _put(self, frame: LogFrame) -> None:
        tail = self.tail
        data = _encode(frame)
        tail.append(frame, data)
        self._flusher.add(
            self.lease,
            epoch=tail.epoch,
            seq=tail.seq,
            turn_seq=tail.running.seq,
            data=data,
            kept=tail.flushed,
            lost=self._lost,
        )

    def settling(self) -> asyncio.Future[None] | None:
        """Return what is done once all frames are in the store, or can't be; see Flusher."""
        return self._flusher.settling(self.tail.session_id)


class Logs:
    """The tails that somebody in this process reads or writes."""

    def __init__(
        self,
        store: LogStore,
        *,
        clock: Clock,
        window_ms: float = 25,
        running_poll_s: float = 1.0,
        idle_poll_s: float = 15.0,
        reach_s: float = 0.5,
    ) -> None:
        self._store = store
        self._clock = clock
        self._running_poll_s = running_poll_s
        self._idle_polls = max(1, round(idle_poll_s / running_poll_s))
        self._reach_s = reach_s
        self._tails: dict[str, Tail] = {}
        self._loading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.flusher = Flusher(store, window_ms=window_ms)

    def __len__(self) -> int:
        return len(self._tails)

    async def watch(
        self, session_id: str, wake: Wake, *, epoch: str | None = None, after: int | None = None
    ) -> Tail:
        """Return the session's tail, and call `wake` on news; raises LogUnavailable.

        Frames up to `after` of `epoch`, which the reader saw at their writer's, are waited for.
        """
        tail = self._tails.setdefault(session_id, Tail(session_id))
        tail.add_reader(wake)
        try:
            if not tail.epoch:
                await self.refresh(session_id)
            if after is not None and tail.epoch == epoch and tail.seq < after:
                await self._reach(tail, after)
        except BaseException:
            self.unwatch(tail, wake)
            raise
        return tail

    async def _reach(self, tail: Tail, seq: int) -> None:
        """Give frames that are on their way from their writer to the store some time to come."""
        epoch, news = tail.epoch, asyncio.Event()
        tail.add_reader(news.set)
        try:
            async with asyncio.timeout(self._reach_s):
                while not tail.owned and tail.epoch == epoch and tail.seq < seq:
                    news.clear()
                    await news.wait()
        except TimeoutError:
            return  # the reader gets a snapshot
        finally:
            tail.drop_reader(news.set)

    def unwatch(self, tail: Tail, wake: Wake) -> None:
        """Forget a reader, and the tail with the last of them."""
        tail.drop_reader(wake)
        self._drop_unused(tail)

    def written_elsewhere(self) -> list[str]:
        """Return the sessions that readers here see another process write."""
        return [each.session_id for each in self._tails.values() if _is_written(each)]

    async def is_left(self, session_id: str) -> bool:
        """Look again whether a log that nobody owns was left without being given back.

        What its writer had stored but not told yet is in no log. Raises LogUnavailable.
        """
        await self.refresh(session_id)
        tail = self._tails.get(session_id)
        return tail is not None and _is_written(tail)

    async def own(self, lease: Lease, *, lost: Callable[[Flushed], None]) -> Writer:
        """Return the writer of a log whose lease we hold; raises LogUnavailable, LeaseLost."""
        tail = self._tails.setdefault(lease.session_id, Tail(lease.session_id))
        tail.pinned = True
        writer = Writer(tail, lease, self.flusher, clock=self._clock, lost=lost)
        try:
            await self._catch_up(writer)
        except BaseException:
            self.disown(tail)
            raise
        return writer

    async def _catch_up(self, writer: Writer) -> None:
        tail, lease = writer.tail, writer.lease
        if not lease.fresh and not _stands_at(tail, lease.head):
            await self.refresh(lease.session_id)
        tail.owned = True
        if lease.fresh:
            tail.reset(lease.head.epoch, 0)
        elif not _stands_at(tail, lease.head):
            await self.begin_epoch(writer)

    def disown(self, tail: Tail) -> None:
        """Write this log no more."""
        tail.owned = tail.pinned = tail.written = False
        self._drop_unused(tail)

    async def begin_epoch(self, writer: Writer, *, clear: bool = False) -> None:
        """Give the log a new epoch, in which the running turn stands again as far as it got.

        With `clear` nothing stands in it. Raises LeaseLost when another process writes now,
        LogUnavailable.
        """
        tail, epoch = writer.tail, token_hex(6)
        if not await self._store.begin_epoch(writer.lease, epoch):
            raise LeaseLost
        frames = [] if clear else tail.running.frames()
        tail.reset(epoch, 0)
        for frame in frames:
            writer.write_again(frame)

    async def read(
        self, session_id: str, *, epoch: str, after: int, limit: int
    ) -> list[bytes] | None:
        """Return frames that the tail no longer has, None when they are gone."""
        slice_ = await self._store.read(session_id, after=after, limit=limit)
        if slice_.head.epoch != epoch or not slice_.frames or slice_.frames[0][0] != after + 1:
            return None
        return [data for _, data in slice_.frames]

    async def refresh(self, session_id: str) -> None:
        """Bring the tail up to what the store has; raises LogUnavailable."""
        lock = self._loading.setdefault(session_id, asyncio.Lock())
        async with lock:
            tail = self._tails.get(session_id)
            while tail is not None and not tail.owned and await self._pull(tail):
                pass

    async def _pull(self, tail: Tail) -> bool:
        """Read the next frames of the tail; tell whether there may be more."""
        epoch, seq = tail.epoch, tail.seq
        slice_ = await self._store.read(tail.session_id, after=seq if epoch else None)
        if epoch and slice_.head.epoch != epoch:
            slice_ = await self._store.read(tail.session_id, after=None)
        tail.written = slice_.written
        if tail.owned or (tail.epoch, tail.seq) != (epoch, seq):
            return False
        head, frames = slice_.head, slice_.frames
        if head.epoch != epoch:
            tail.reset(head.epoch, frames[0][0] - 1 if frames else head.seq)
        if frames and frames[0][0] == tail.seq + 1:
            tail.extend([data for _, data in frames])
        elif head.seq > tail.seq:
            tail.reset(head.epoch, head.seq)
        return tail.seq < head.seq

    async def poll(self) -> None:
        """Look for news whose bell was lost: often where a turn runs, seldom elsewhere."""
        for tick in range(2**62):
            await asyncio.sleep(self._running_poll_s)
            every = tick % self._idle_polls == 0
            session_ids = [
                each.session_id
                for each in self._tails.values()
                if not each.owned and (every or each.running.turn_id)
            ]
            await self.check(session_ids)

    async def check(self, session_ids: list[str] | None = None) -> None:
        """Compare tails that are not ours with the store's heads (None: all), and refresh."""
        asked = self._tails if session_ids is None else session_ids
        wanted = [each for each in asked if each in self._tails and not self._tails[each].owned]
        for start in range(0, len(wanted), 200):
            some = wanted[start : start + 200]
            try:
                heads = await self._store.heads(some)
                for session_id, head in heads.items():
                    tail = self._tails.get(session_id)
                    if tail and (tail.epoch, tail.seq) != (head.epoch, head.seq):
                        await self.refresh(session_id)
            except LogUnavailable:
                return

    def _drop_unused(self, tail: Tail) -> None:
        unused = not tail.pinned and not tail.watched
        if unused and self._tails.get(tail.session_id) is tail:
            del self._tails[tail.session_id]


def _is_written(tail: Tail) -> bool:
    return not tail.owned and bool(tail.written or tail.running.turn_id)


def _stands_at(tail: Tail, head: Head) -> bool:
    return (tail.epoch, tail.seq) == (head.epoch, head.seq)
