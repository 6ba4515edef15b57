"""What every shared tier of the cache must do: on two stores, on a cluster's slots, in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from redis.asyncio import Redis

from sessions.stores.cache import CacheStore
from sessions.stores.redis_cache import RedisCache
from sessions.stores.redis_client import redis_client
from tests.caches import MemoryCache
from tests.clocks import FakeClock
from tests.servers import RedisServer, own_all_slots

TTL_MS = 60_000
NAUGHTY = "user:{u1}}:한 글\n"


class Tier(NamedTuple):
    """A store under test, and how its time is made to pass and its values are lost."""

    store: CacheStore
    wait: Callable[[float], Awaitable[None]]
    lose: Callable[[str], Awaitable[None]]


@pytest.fixture
async def tier(server: RedisServer | None) -> AsyncIterator[Tier]:
    if server is None:
        clock = FakeClock()
        memory = MemoryCache(clock)

        async def wait(seconds: float) -> None:
            clock.advance(seconds)

        async def lose(key: str) -> None:
            del memory.data[key]

        yield Tier(memory, wait, lose)
        return
    redis = redis_client(server.url)
    await own_all_slots(redis)
    await redis.flushall()

    async def lose_in_redis(key: str) -> None:
        assert await redis.unlink(f"ion:cache:{{{key}}}") == 1

    yield Tier(RedisCache(redis, deadline_s=5), lambda s: age(redis, s), lose_in_redis)
    await redis.aclose()


async def age(redis: Redis, seconds: float) -> None:
    """Make all that a store holds as much older: what would be gone by then goes."""
    ms = int(seconds * 1000)
    async for key in redis.scan_iter():
        if await redis.type(key) == b"zset":
            noted: Any = await redis.zrange(key, 0, -1, withscores=True)
            await redis.zadd(key, {member: score - ms for member, score in noted})
        left: Any = await redis.pttl(key)
        assert left > 0, "nothing of a cache is kept for ever"
        await redis.pexpire(key, left - ms)


async def test_what_was_written_is_read_until_it_expires(tier: Tier) -> None:
    await tier.store.write("k1", b"\x00one", tags=("a",), ttl_ms=TTL_MS)
    await tier.wait(59)
    before = await tier.store.read("k1", ("a",))
    await tier.wait(2)
    after = await tier.store.read("k1", ("a",))

    assert before.data == b"\x00one"
    assert after.data is None
    assert after.generations == before.generations


async def test_the_last_writer_is_right(tier: Tier) -> None:
    await tier.store.write("k1", b"one", tags=("a",), ttl_ms=TTL_MS)
    await tier.store.write("k1", b"two", tags=("a",), ttl_ms=TTL_MS)

    assert (await tier.store.read("k1", ("a",))).data == b"two"


async def test_generations_last_and_are_told_alike_to_all(tier: Tier) -> None:
    readings = await asyncio.gather(*(tier.store.read("k1", ("a", NAUGHTY)) for _ in range(8)))
    turned = await tier.store.generations((NAUGHTY, "a"))

    assert {each.generations for each in readings} == {turned[::-1]}
    assert turned[0] != turned[1]


async def test_invalidation_changes_the_generation_of_that_tag_alone(tier: Tier) -> None:
    a, b = await tier.store.generations(("a", NAUGHTY))
    await tier.store.invalidate(NAUGHTY)
    again = await tier.store.generations(("a", NAUGHTY))

    assert again[0] == a
    assert again[1] not in (a, b)


async def test_invalidation_removes_and_counts_what_there_is(tier: Tier) -> None:
    for number in range(5):
        await tier.store.write(f"k{number}", b"v", tags=("all", f"t{number % 2}"), ttl_ms=TTL_MS)
    await tier.store.write("short", b"v", tags=("all",), ttl_ms=1_000)
    await tier.wait(2)

    assert await tier.store.invalidate("t1") == 2
    assert await tier.store.invalidate("t1") == 0
    assert await tier.store.invalidate("all") == 3
    assert await tier.store.invalidate("nothing") == 0
    assert (await tier.store.read("k0", ())).data is None


async def test_thousands_of_values_are_counted_and_removed(tier: Tier) -> None:
    for start in range(0, 1_200, 100):
        await asyncio.gather(
            *(
                tier.store.write(f"k{number}", b"v", tags=("a",), ttl_ms=TTL_MS)
                for number in range(start, start + 100)
            )
        )

    assert await tier.store.invalidate("a") == 1_200


async def test_a_first_write_replaces_nothing(tier: Tier) -> None:
    assert await tier.store.write("k1", b"v", tags=("a", "b"), ttl_ms=TTL_MS) is None


async def test_a_write_says_how_old_the_value_is_that_should_be_there(tier: Tier) -> None:
    await tier.store.write("k1", b"v", tags=("a", "b"), ttl_ms=TTL_MS)
    await tier.wait(20)
    await tier.lose("k1")
    age_ms = await tier.store.write("k1", b"v", tags=("a", "b"), ttl_ms=TTL_MS)

    assert age_ms is not None
    assert 20_000 <= age_ms < 25_000


@pytest.mark.parametrize("tag", ["a", "b"])
async def test_an_invalidated_value_should_not_be_there(tier: Tier, tag: str) -> None:
    await tier.store.write("k1", b"v", tags=("a", "b"), ttl_ms=TTL_MS)
    await tier.store.invalidate(tag)

    assert await tier.store.write("k1", b"v", tags=("a", "b"), ttl_ms=TTL_MS) is None


async def test_an_expired_value_should_not_be_there(tier: Tier) -> None:
    await tier.store.write("k1", b"v", tags=("a",), ttl_ms=TTL_MS)
    await tier.wait(61)

    assert await tier.store.write("k1", b"v", tags=("a",), ttl_ms=TTL_MS) is None


async def test_what_was_made_of_somebodys_words_is_removed_and_all_else_stays(tier: Tier) -> None:
    for key, owner in (("k1", "u_1"), ("k2", "u_2"), ("k3", "u_1"), ("k4", "")):
        await tier.store.write(key, b"v", tags=("a",), ttl_ms=TTL_MS, owner=owner)
    before = await tier.store.generations(("a",))

    assert await tier.store.remove("u_1") == 2
    assert await tier.store.remove("u_1") == 0
    left = [(await tier.store.read(f"k{number}", ())).data for number in (1, 2, 3, 4)]
    assert left == [None, b"v", None, b"v"]
    assert await tier.store.generations(("a",)) == before
