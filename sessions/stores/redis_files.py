"""The files of Redis or Valkey: what was deleted stays in them until they are written anew."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from sessions.errors import LogUnavailable

__all__ = ["RedisFiles"]

_ASK_AGAIN_S = 0.05
# how the server says that it is about something like it already: that is no refusal
_BUSY = ("in progress", "child process")


class RedisFiles:
    """FileScrub on Redis: an append-only file and a snapshot, whichever the server keeps.

    A server that does not let its clients do that keeps its files as it likes: `left`. It is given
    `deadline_s` each time.
    """

    def __init__(self, redis: Redis, *, deadline_s: float = 60.0) -> None:
        self._redis = redis
        self._deadline_s = deadline_s

    async def scrub(self) -> Literal["rewritten", "left"] | None:
        """Write the files anew; None: not yet. Raises LogUnavailable."""
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._scrub()
        except TimeoutError:
            return None
        except (RedisError, OSError) as error:
            raise LogUnavailable(f"the log store failed: {type(error).__name__}") from error

    async def _scrub(self) -> Literal["rewritten", "left"] | None:
        before = await self._state()
        try:
            if before["aof_enabled"]:
                await self._rewrite_log()
            if await self._snapshots(before):
                await self._save()
        except ResponseError:
            return "left"
        return "rewritten"

    async def _rewrite_log(self) -> None:
        """Have a rewrite begin after now, and end well; a fork may have to wait for another."""
        while True:
            state = await self._done(self._redis.bgrewriteaof)
            if state["aof_last_bgrewrite_status"] == "ok":
                return
            await asyncio.sleep(_ASK_AGAIN_S)

    async def _save(self) -> None:
        while True:
            state = await self._done(self._redis.bgsave)
            if state["rdb_last_bgsave_status"] == "ok":
                return
            await asyncio.sleep(_ASK_AGAIN_S)

    async def _done(self, ask: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        """Ask for a file until no other child of the server's is in the way, and wait for it."""
        while True:
            await self._until_idle()
            try:
                await ask()
            except ResponseError as error:
                if not any(each in str(error) for each in _BUSY):
                    raise
                await asyncio.sleep(_ASK_AGAIN_S)
            else:
                return await self._until_idle()

    async def _snapshots(self, state: dict[str, Any]) -> bool:
        """Tell whether the server saves by itself; where it doesn't say, whether it ever did."""
        try:
            config: Any = await self._redis.config_get("save")
        except ResponseError:
            return bool(state.get("rdb_last_bgsave_time_sec", -1) != -1)
        return bool(config.get("save"))

    async def _until_idle(self) -> dict[str, Any]:
        names = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")
        while True:
            state = await self._state()
            if not any(state[name] for name in names):
                return state
            await asyncio.sleep(_ASK_AGAIN_S)

    async def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = await self._redis.info("persistence")
        return state
