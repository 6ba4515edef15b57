"""What is particular to limits on Redis: its keys, its absence, and what is said of it."""

from collections.abc import AsyncIterator
from typing import cast

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from sessions.stores.limits import Charge, Rate
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_limits import RedisLimits
from tests.clocks import FakeClock
from tests.servers import RedisServer

RATE = Rate(name="send", per_minute=1, burst=3)
ADDRESS = Rate(name="address", per_minute=1, burst=9)
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = redis_client(redis_url)
    yield client
    await client.aclose()


def charge(who: str = "u1") -> Charge:
    return Charge(rate=RATE, who=who)


async def test_buckets_expire_when_they_are_full_again(redis: Redis) -> None:
    limits = RedisLimits(redis, clock=FakeClock())
    await limits.take(charge(), Charge(rate=RATE, who="u1", part="s1"))

    keys = {str(key, "ascii") for key in cast("list[bytes]", await redis.keys("*"))}
    assert keys == {"ion:limit:{u1}:send:", "ion:limit:{u1}:send:s1"}
    assert all([0 < await redis.pttl(key) <= 60_000 for key in keys])


async def test_a_bucket_that_gets_all_back_is_gone(redis: Redis) -> None:
    limits = RedisLimits(redis, clock=FakeClock())
    for _ in range(9):
        await limits.take(Charge(rate=ADDRESS, who="192.0.2.7"))
    await limits.take(charge(), Charge(rate=ADDRESS, who="192.0.2.7"))

    assert not await redis.exists("ion:limit:{u1}:send:")


async def test_a_store_whose_clock_went_back_locks_nobody_out(redis: Redis) -> None:
    limits = RedisLimits(redis, clock=FakeClock())
    await limits.take(charge())
    await redis.set("ion:limit:{u1}:send:", str(2**52))

    assert 0 < (await limits.take(charge())).wait_ms <= 60_000


async def test_a_store_that_forgot_the_script_learns_it_again(redis: Redis) -> None:
    limits = RedisLimits(redis, clock=FakeClock())
    await limits.take(charge())
    await redis.script_flush()
    verdict = await limits.take(charge(), Charge(rate=ADDRESS, who="192.0.2.7"))

    assert [each.remaining for each in verdict.standings] == [1, 8]
    assert limits.unshared == 0


async def test_while_the_store_is_away_this_process_counts_for_itself() -> None:
    redis = redis_client(NOBODY)
    limits = RedisLimits(redis, clock=FakeClock())
    waits = [(await limits.take(charge())).wait_ms for _ in range(5)]
    other = (await limits.take(charge("u2"))).wait_ms
    await redis.aclose()

    assert waits == [0, 0, 0, 60_000, 60_000]
    assert other == 0


async def test_the_absence_is_counted_and_told_now_and_then() -> None:
    redis, clock = redis_client(NOBODY), FakeClock()
    limits = RedisLimits(redis, clock=clock, warn_s=5)
    with capture_logs() as lines:
        for _ in range(40):
            await limits.take(charge())
        clock.advance(5)
        await limits.take(charge())
        await limits.take(Charge(rate=ADDRESS, who="192.0.2.7"))
    await redis.aclose()

    assert limits.unshared == 42
    told = [(line["limit"], line["count"], line["total"]) for line in lines]
    assert told == [("send", 1, 1), ("send", 40, 41), ("address", 1, 42)]
    assert {line["event"] for line in lines} == {"limit_not_checked"}


async def test_a_store_that_comes_back_counts_again(redis_server: RedisServer) -> None:
    redis, clock = redis_client(redis_server.url), FakeClock()
    await redis.flushall()
    limits = RedisLimits(redis, clock=clock, retry_s=1, deadline_s=5)
    redis_server.stop()
    try:
        await limits.take(charge())
    finally:
        redis_server.start()
    at_once = await limits.take(charge())
    clock.advance(1)
    shared = await limits.take(charge())
    keys = await redis.keys("ion:limit:*")
    await redis.aclose()

    assert limits.unshared == 2
    assert at_once.standings[0].remaining == 1
    assert shared.standings[0].remaining == 2
    assert len(keys) == 1
