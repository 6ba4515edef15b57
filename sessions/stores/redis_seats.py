"""Marks of who is in which session, on Redis: they vanish by themselves."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions.errors import LogUnavailable

__all__ = ["RedisSeats"]

T = TypeVar("T")


class RedisSeats:
    """A key for each user in each session; all methods raise LogUnavailable after `deadline_s`."""

    def __init__(self, redis: Redis, *, deadline_s: float = 1.0) -> None:
        self._redis = redis
        self._deadline_s = deadline_s

    async def take(self, user_id: str, session_id: str, *, seconds: int) -> None:
        """Mark that a user is in a session for some seconds."""
        await self._ask(self._redis.set(_key(user_id, session_id), b"1", ex=seconds))

    async def taken(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user's mark is still there."""
        return bool(await self._ask(self._redis.exists(_key(user_id, session_id))))

    async def _ask(self, answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._deadline_s):
                return await answer
        except (RedisError, OSError, TimeoutError):
            raise LogUnavailable("the marks of who is here can't be reached") from None


def _key(user_id: str, session_id: str) -> str:
    return f"ion:{{{session_id}}}:seat:{user_id}"
