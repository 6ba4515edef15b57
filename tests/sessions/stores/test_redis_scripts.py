"""Script calls that travel together: each gets its own answer, and its own trouble."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from sessions.stores.redis_client import redis_client
from sessions.stores.redis_scripts import Call, Scripts


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = redis_client(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def scripts(redis: Redis) -> Scripts:
    return Scripts(redis, ["leave", "take"])


def leave(session_id: str, command: str = "c") -> Call:
    keys = [f"{{{session_id}}}:lease", f"{{{session_id}}}:inbox"]
    return ("leave", keys, (command, 60_000, session_id))


def take(session_id: str) -> Call:
    keys = [f"{{{session_id}}}:{name}" for name in ("lease", "meta", "inbox", "taken")]
    return ("take", keys, ("p:1", 60_000, "call", "", 60_000))


async def own(redis: Redis, *session_ids: str) -> None:
    for each in session_ids:
        await redis.set(f"{{{each}}}:lease", "p:1")


async def trips(redis: Redis) -> int:
    """How often the server was read from by clients, this question aside."""
    stats = cast("dict[str, int]", await redis.info("stats"))
    return stats["total_reads_processed"] - 1


async def test_each_caller_gets_its_own_answers(redis: Redis, scripts: Scripts) -> None:
    await own(redis, "a", "c")
    one, two = await asyncio.gather(
        scripts.run([leave("a"), leave("b")]), scripts.run([leave("c")])
    )
    assert [bool(each) for each in one] == [True, False]
    assert [bool(each) for each in two] == [True]


async def test_what_is_called_in_one_moment_is_one_trip(redis: Redis, scripts: Scripts) -> None:
    await scripts.run([leave("warm")])
    before = await trips(redis)
    await asyncio.gather(*(scripts.run([leave(f"s{each}")]) for each in range(20)))
    assert await trips(redis) - before <= 2


async def test_many_go_in_several_trips_and_none_is_forgotten(
    redis: Redis, scripts: Scripts
) -> None:
    names = [f"s{each}" for each in range(200)]
    await own(redis, *names[::2])
    rows = await asyncio.gather(*(scripts.run([leave(each)]) for each in names))
    assert [bool(row[0]) for row in rows] == [True, False] * 100


async def test_one_that_fails_fails_alone(redis: Redis, scripts: Scripts) -> None:
    await own(redis, "good", "bad")
    await redis.set("{bad}:inbox", "not a list")
    calls = [scripts.run([leave("bad")]), scripts.run([leave("good")])]
    bad, good = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(bad, ResponseError)
    assert isinstance(good, list)
    assert good[0]


async def test_a_caller_that_leaves_takes_nobody_along(redis: Redis, scripts: Scripts) -> None:
    await own(redis, "a")
    async with asyncio.TaskGroup() as group:
        left = group.create_task(scripts.run([leave("b")]))
        stays = group.create_task(scripts.run([leave("a")]))
        await asyncio.sleep(0)
        left.cancel()
    assert left.cancelled()
    assert stays.result()[0]


async def test_a_server_that_forgot_the_scripts_learns_them_again(
    redis: Redis, scripts: Scripts
) -> None:
    await own(redis, "a", "b")
    await scripts.run([leave("a", "first")])
    await redis.script_flush()
    await asyncio.gather(scripts.run([leave("a", "second")]), scripts.run([leave("b", "other")]))
    assert await redis.lrange("{a}:inbox", 0, -1) == [b"first", b"second"]
    assert await redis.lrange("{b}:inbox", 0, -1) == [b"other"]


async def test_what_was_done_is_not_done_again_for_a_script_the_server_lacks(
    redis: Redis, scripts: Scripts
) -> None:
    await own(redis, "a", "b")
    await scripts.run([leave("a", "stop")])
    await redis.script_flush()
    await Scripts(redis, ["take"]).run([take("b")])

    both = [scripts.run([take("a")]), scripts.run([leave("b")])]
    taken, _ = await asyncio.gather(*both)
    assert taken == [[b"stop"]]


async def test_what_nobody_waits_for_any_more_is_not_taken(redis: Redis, scripts: Scripts) -> None:
    await own(redis, "a")
    await scripts.run([leave("a", "stop")])
    async with asyncio.TaskGroup() as group:
        left = group.create_task(scripts.run([take("a")]))
        group.create_task(scripts.run([leave("b")]))
        await asyncio.sleep(0)
        left.cancel()
    assert await scripts.run([take("a")]) == [[b"stop"]]


async def test_closing_ends_what_waits_and_sends_nothing_more(
    redis: Redis, scripts: Scripts
) -> None:
    await own(redis, "a")
    await scripts.run([leave("a", "stop")])
    waiting = asyncio.ensure_future(scripts.run([take("a")]))
    await asyncio.sleep(0)
    await scripts.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(RedisError):
        await scripts.run([take("a")])
    assert await redis.lrange("{a}:inbox", 0, -1) == [b"stop"]


async def test_without_a_server_all_who_wait_are_told() -> None:
    nobody = redis_client("redis://127.0.0.1:1/0")
    scripts = Scripts(nobody, ["leave"])
    told = await asyncio.gather(
        scripts.run([leave("a")]), scripts.run([leave("b")]), return_exceptions=True
    )
    assert all(isinstance(each, RedisError) for each in told)
    await nobody.aclose()
