"""The live log on Redis or Valkey 7: one Lua script a step, all keys of a session in one slot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions.clock import Clock
from sessions.errors import LogUnavailable
from sessions.stores.log import Batch, Flushed, Head, Held, Lease, Renewals, Slice, Taken
from sessions.stores.redis_scripts import Call, Scripts

__all__ = ["RedisLog"]

R = TypeVar("R")
_BEYOND = 2**53 - 1


class RedisLog:
    """LogStore on Redis Streams.

    Appends and renewals go through `urgent`, so that no crowd of readers makes a lease end.
    `process` names this process in leases and bells. A lease ends `lease_ms` after its last
    renewal; frames are kept `keep_ms` after their turn, a log nobody writes `idle_ms`.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        urgent: Redis | None = None,
        process: str,
        clock: Clock,
        lease_ms: int = 4_500,
        keep_ms: int = 600_000,
        idle_ms: int = 3_600_000,
        bell_retry_s: float = 0.5,
    ) -> None:
        self._redis = redis
        self._process = process
        self._clock = clock
        self._lease_ms = lease_ms
        self._keep_ms = keep_ms
        self._idle_ms = idle_ms
        self._owned_ms = idle_ms * 24
        self._bell_retry_s = bell_retry_s
        names = ("read", "acquire", "append", "begin_epoch", "leave", "take", "release", "renew")
        self._scripts = Scripts(redis, names)
        self._urgent = Scripts(urgent, names) if urgent is not None else self._scripts

    async def aclose(self) -> None:
        """End what is on its way, before the clients are closed."""
        await self._scripts.aclose()
        await self._urgent.aclose()

    async def read(self, session_id: str, *, after: int | None, limit: int = 1000) -> Slice:
        """Return the head and the frames after `after`; see LogStore."""
        [row] = await self._run([self._read_call(session_id, after=after, limit=limit)])
        return _slice(row)

    async def heads(self, session_ids: Sequence[str]) -> Mapping[str, Head]:
        """Return the heads of these logs; see LogStore."""
        calls = [self._read_call(each, after=_BEYOND, limit=1) for each in session_ids]
        rows = await self._run(calls)
        return {each: _slice(row).head for each, row in zip(session_ids, rows, strict=True)}

    async def append(self, batches: Sequence[Batch]) -> list[Flushed]:
        """Append batches in one round trip; see LogStore."""
        calls = [self._append_call(batch) for batch in batches]
        rows = await self._run(calls, on=self._urgent)
        return [_FLUSHED[row] for row in rows]

    async def acquire(self, session_id: str, command: bytes = b"") -> Lease | Held:
        """Become the owner or leave a command; see LogStore."""
        keys = _keys(session_id, "lease", "meta", "log", "inbox", "readers")
        args = (
            self._process,
            _epoch(),
            self._lease_ms,
            self._idle_ms,
            command,
            session_id,
            self._owned_ms,
        )
        [row] = await self._run([("acquire", keys, args)])
        if not row[0]:
            return Held(owner=_text(row[1]))
        return Lease(
            session_id=session_id,
            owner=self._process,
            fence=int(row[1]),
            head=_head(row[2:5]),
            fresh=bool(row[5]),
        )

    async def leave(self, session_id: str, command: bytes) -> bool:
        """Leave a command with the owner; see LogStore."""
        keys = _keys(session_id, "lease", "inbox")
        [row] = await self._run([("leave", keys, (command, self._idle_ms, session_id))])
        return bool(row)

    async def renew(self, leases: Sequence[Lease]) -> Renewals:
        """Put off the end of these leases; see LogStore."""
        rows = await self._run(
            [
                (
                    "renew",
                    _keys(each.session_id, "lease", "inbox", "taken"),
                    (_name(each), self._lease_ms),
                )
                for each in leases
            ],
            on=self._urgent,
        )
        pairs = list(zip([each.session_id for each in leases], rows, strict=True))
        return Renewals(
            waiting=tuple(session_id for session_id, count in pairs if count > 0),
            lost=tuple(session_id for session_id, count in pairs if count < 0),
        )

    async def begin_epoch(self, lease: Lease, epoch: str) -> bool:
        """Empty the log and begin `epoch`; see LogStore."""
        session_id = lease.session_id
        keys = _keys(session_id, "lease", "meta", "log", "readers")
        args = (
            *(_name(lease), epoch, self._lease_ms, lease.fence, self._owned_ms),
            *(self._process, session_id),
        )
        [row] = await self._run([("begin_epoch", keys, args)])
        return bool(row)

    async def take(self, lease: Lease, *, received: str = "") -> Taken:
        """Empty the inbox; see LogStore."""
        keys = _keys(lease.session_id, "lease", "meta", "inbox", "taken")
        call = f"{_name(lease)}:{token_hex(6)}"
        args = (_name(lease), self._lease_ms, call, received, self._idle_ms)
        [row] = await self._run([("take", keys, args)])
        return Taken(call=call, commands=tuple(row))

    async def release(self, lease: Lease, *, received: str = "") -> bool:
        """Give the lease back unless commands wait; see LogStore."""
        keys = _keys(lease.session_id, "lease", "meta", "log", "inbox", "taken")
        args = (_name(lease), self._idle_ms, self._now_ms(), self._keep_ms, received)
        [row] = await self._run([("release", keys, args)])
        return bool(row)

    async def orphans(self, session_ids: Sequence[str]) -> list[str]:
        """Return those sessions that no process owns; see LogStore."""

        async def ask() -> list[Any]:
            async with self._redis.pipeline(transaction=False) as pipe:
                for each in session_ids:
                    pipe.exists(f"{{{each}}}:lease")
                return list(await pipe.execute())

        held = await self._guard(ask)
        return [each for each, exists in zip(session_ids, held, strict=True) if not exists]

    async def forget(self, session_id: str) -> None:
        """Remove all that is kept of a session; see LogStore."""
        keys = _keys(session_id, "lease", "meta", "log", "inbox", "taken", "readers")
        await self._guard(lambda: self._redis.unlink(*keys))

    async def probe(self) -> None:
        """Write what nobody reads; see LogStore."""
        # where memory is full a script may write on, a plain command may not
        await self._guard(lambda: self._redis.set("ion:probe", b"", px=1))

    async def bells(self) -> AsyncIterator[str]:
        """Yield ids of sessions with news; an empty id after every (re)connection; see LogStore."""
        while True:
            with suppress(RedisError, OSError):
                async with self._redis.pubsub(ignore_subscribe_messages=True) as bells:
                    await bells.subscribe(f"ion:bell:{self._process}")
                    yield ""
                    async for message in bells.listen():
                        yield _text(message["data"])
            await asyncio.sleep(self._bell_retry_s)

    def _read_call(self, session_id: str, *, after: int | None, limit: int) -> Call:
        keys = _keys(session_id, "meta", "log", "readers")
        cursor = -1 if after is None else after
        return ("read", keys, (_epoch(), self._idle_ms, self._process, cursor, limit))

    def _append_call(self, batch: Batch) -> Call:
        lease = batch.lease
        keys = _keys(lease.session_id, "lease", "meta", "log", "readers")
        args = (
            _name(lease),
            batch.epoch,
            batch.first,
            batch.turn_seq,
            self._lease_ms,
            self._process,
            lease.session_id,
            self._owned_ms,
            self._now_ms(),
            self._keep_ms,
            *batch.frames,
        )
        return ("append", keys, args)

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    async def _run(self, calls: Sequence[Call], *, on: Scripts | None = None) -> list[Any]:
        return await self._guard(lambda: (on or self._scripts).run(calls))

    async def _guard(self, call: Callable[[], Awaitable[R]]) -> R:
        cancelled = _cancelled()
        try:
            result = await call()
            # the client waits with asyncio.wait_for, which swallows cancellations in Python 3.11
            if _cancelled() > cancelled:
                raise asyncio.CancelledError
            return result
        except (RedisError, OSError, TimeoutError) as error:
            raise LogUnavailable(f"the log store failed: {type(error).__name__}") from error


def _cancelled() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


_FLUSHED: dict[bytes, Flushed] = {
    b"ok": "ok",
    b"rung": "rung",
    b"fenced": "fenced",
    b"gap": "gap",
}


def _keys(session_id: str, *names: str) -> list[str]:
    return [f"{{{session_id}}}:{name}" for name in names]


def _name(lease: Lease) -> str:
    return f"{lease.owner}:{lease.fence}"


def _epoch() -> str:
    return token_hex(6)


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _head(row: Sequence[Any]) -> Head:
    return Head(epoch=_text(row[0]), seq=int(row[1]), turn_seq=int(row[2]))


def _slice(row: Sequence[Any]) -> Slice:
    """Keep the frames that follow one another; after a hole there is nothing to be trusted."""
    frames: list[tuple[int, bytes]] = []
    for entry, data in row[3]:
        seq = int(_text(entry).partition("-")[0])
        if frames and seq != frames[-1][0] + 1:
            break
        frames.append((seq, data))
    return Slice(head=_head(row), frames=tuple(frames), written=bool(row[4]))
