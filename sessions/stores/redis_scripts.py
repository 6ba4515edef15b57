"""Scripts of a Redis, called by name; those that are called in one moment travel together."""

import asyncio
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from sessions.tasks import Tasks

__all__ = ["Call", "Scripts"]

# name, keys, arguments
Call = tuple[str, list[str], tuple[Any, ...]]
_LUA = Path(__file__).parent / "lua"
# a command of the largest kind is a few hundred KB, and others wait for its answer
_MOST_TOGETHER = 32


class _Script:
    def __init__(self, name: str) -> None:
        self.source = (_LUA / f"{name}.lua").read_text()
        self.sha = sha1(self.source.encode(), usedforsecurity=False).hexdigest()


class _Waiting:
    def __init__(self, calls: Sequence[Call], done: "asyncio.Future[list[Any]]") -> None:
        self.calls = calls
        self.done = done


class Scripts:
    """Calls of `names`, which are in `lua/NAME.lua`.

    A round trip takes the client several times what a command takes it, so all that is called in
    one round of the event loop shares one.
    """

    def __init__(self, redis: Redis, names: Sequence[str]) -> None:
        self._redis = redis
        self._scripts = {name: _Script(name) for name in names}
        self._waiting: list[_Waiting] = []
        self._tasks = Tasks(lambda name, error: None)
        self._closed = False

    async def run(self, calls: Sequence[Call]) -> list[Any]:
        """Return the answers of these calls; raises RedisError, OSError, TimeoutError."""
        if not calls:
            return []
        if self._closed:
            raise RedisError("the scripts are closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[list[Any]] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._go)
        self._waiting.append(_Waiting(calls, done))
        return await done

    async def aclose(self) -> None:
        """End the calls that are on their way, and take no more; who waits is cancelled."""
        self._closed = True
        for each in self._waiting:
            each.done.cancel()
        await self._tasks.cancel()

    def _go(self) -> None:
        # whoever has left must not take what nobody would get
        waiting = [each for each in self._waiting if not each.done.done()]
        self._waiting = []
        if not waiting:
            return
        together: list[_Waiting] = []
        count = 0
        for each in waiting:
            if together and count + len(each.calls) > _MOST_TOGETHER:
                self._tasks.start(self._travel(together), name="call scripts")
                together, count = [], 0
            together.append(each)
            count += len(each.calls)
        self._tasks.start(self._travel(together), name="call scripts")

    async def _travel(self, together: list[_Waiting]) -> None:
        calls = [call for each in together for call in each.calls]
        try:
            rows = await self._answers(calls)
        except BaseException as error:
            for each in together:
                if not each.done.done():
                    _fail(each.done, error)
            if isinstance(error, asyncio.CancelledError):
                raise
            return
        for each in together:
            own, rows = rows[: len(each.calls)], rows[len(each.calls) :]
            if each.done.done():
                continue
            failed = next((row for row in own if isinstance(row, Exception)), None)
            if failed is not None:
                each.done.set_exception(failed)
            else:
                each.done.set_result(own)

    async def _answers(self, calls: Sequence[Call]) -> list[Any]:
        rows = await self._send(calls)
        missed = [at for at, row in enumerate(rows) if isinstance(row, NoScriptError)]
        if missed:
            # the server is new; what it has done is not asked for again
            for script in self._scripts.values():
                await self._redis.script_load(script.source)
            again = await self._send([calls[at] for at in missed])
            for at, row in zip(missed, again, strict=True):
                rows[at] = row
        return rows

    async def _send(self, calls: Sequence[Call]) -> list[Any]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for name, keys, args in calls:
                pipe.evalsha(self._scripts[name].sha, len(keys), *keys, *args)
            return list(await pipe.execute(raise_on_error=False))


def _fail(done: "asyncio.Future[list[Any]]", error: BaseException) -> None:
    if isinstance(error, asyncio.CancelledError):
        done.cancel()
    else:
        done.set_exception(error)
