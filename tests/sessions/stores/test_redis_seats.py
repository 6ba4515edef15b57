"""Marks of who is where, on a real log store."""

import asyncio

import pytest

from sessions.errors import LogUnavailable
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_seats import RedisSeats
from tests.servers import free_port


async def test_a_mark_is_seen_by_other_processes_and_vanishes_by_itself(redis_url: str) -> None:
    one, other = redis_client(redis_url), redis_client(redis_url)
    await RedisSeats(one).take("u1", "s_1", seconds=60)
    seats = RedisSeats(other)
    seen = [await seats.taken(*who) for who in (("u1", "s_1"), ("u2", "s_1"), ("u1", "s_2"))]
    await RedisSeats(one).take("u1", "s_1", seconds=1)
    async with asyncio.timeout(10):
        while await seats.taken("u1", "s_1"):
            await asyncio.sleep(0.05)
    await one.aclose()
    await other.aclose()

    assert seen == [True, False, False]


async def test_a_log_store_that_is_away_is_told() -> None:
    redis = redis_client(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(LogUnavailable):
        await RedisSeats(redis).take("u1", "s_1", seconds=1)
    with pytest.raises(LogUnavailable):
        await RedisSeats(redis).taken("u1", "s_1")
    await redis.aclose()
