"""Marks of who is in which session, on Redis: they vanish by themselves."""

import asyncio
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions.errors import LogUnavailable

from .redis_line import Line

__all__ = ["RedisSeats"]


class RedisSeats:
    """A key for each user in each session; all methods raise LogUnavailable after `deadline_s`."""

    def __init__(self, redis: Redis, *, deadline_s: float = 1.0) -> None:
        self._line = Line(redis)
        self._deadline_s = deadline_s

    async def take(self, user_id: str, session_id: str, *, seconds: int) -> None:
        """Mark that a user is in a session for some seconds."""
        await self._ask("SET", _key(user_id, session_id), b"1", "EX", seconds)

    async def taken(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user's mark is still there."""
        return bool(await self._ask("EXISTS", _key(user_id, session_id)))

    async def aclose(self) -> None:
        """Ask no more."""
        await self._line.aclose()

    async def _ask(self, *command: str | bytes | int) -> Any:
        try:
            async with asyncio.timeout(self._deadline_s):
                [answer] = await self._line.ask(command)
            if isinstance(answer, Exception):
                raise answer
            return answer
        except (RedisError, OSError, TimeoutError):
            raise LogUnavailable("the marks of who is here can't be reached") from None


def _key(user_id: str, session_id: str) -> str:
    return f"ion:{{{session_id}}}:seat:{user_id}"
