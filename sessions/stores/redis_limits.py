"""Rate limits on Redis: the generic cell rate algorithm, one script a question."""

import asyncio
from pathlib import Path

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions.stores.limits import Rate

__all__ = ["RedisLimits"]

log = structlog.get_logger(__name__)
_DEADLINE_S = 0.25
_SOURCE = (Path(__file__).parent / "lua" / "limit.lua").read_text()


class RedisLimits:
    """Limits on Redis or Valkey."""

    def __init__(self, redis: Redis) -> None:
        self._script = redis.register_script(_SOURCE)

    async def take(self, rate: Rate, who: str) -> int:
        """Count one, or return the milliseconds to wait; see Limits."""
        interval_ms = 60_000 / rate.per_minute
        try:
            async with asyncio.timeout(_DEADLINE_S):
                wait_ms = await self._script(
                    keys=[f"ion:limit:{rate.name}:{who}"], args=[interval_ms, rate.burst]
                )
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("limit_not_checked", limit=rate.name, error=type(error).__name__)
            return 0
        return int(wait_ms)
