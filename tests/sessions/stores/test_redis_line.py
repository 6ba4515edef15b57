"""A line: answers come to who asked, also when the connection breaks under them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as AnswerTimeout

from sessions.stores.redis_client import redis_client
from sessions.stores.redis_line import Line


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = redis_client(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def line(redis: Redis) -> AsyncIterator[Line]:
    line = Line(redis)
    yield line
    await line.aclose()


async def _blocked(redis: Redis, count: int = 1) -> list[str]:
    """Wait until `count` connections wait for a list, and return their ids."""
    async with asyncio.timeout(10):
        while True:
            clients = await redis.client_list()
            ids = [each["id"] for each in clients if each["cmd"] == "blpop"]
            if len(ids) == count:
                return ids
            await asyncio.sleep(0.005)


async def _break(redis: Redis) -> None:
    for each in await _blocked(redis):
        await redis.client_kill_filter(_id=each)


async def test_each_gets_the_answers_to_what_it_asked(line: Line) -> None:
    answers = await asyncio.gather(
        *(line.ask(("SET", f"k{n}", n), ("GET", f"k{n}")) for n in range(300))
    )
    assert answers == [[b"OK", str(n).encode()] for n in range(300)]
    assert await line.ask() == []


async def test_a_refusal_is_one_answer_among_others(line: Line) -> None:
    one, refusal, two = await line.ask(("SET", "k", "text"), ("INCR", "k"), ("GET", "k"))
    assert (one, two) == (b"OK", b"text")
    assert isinstance(refusal, ResponseError)


async def test_what_cannot_be_sent_is_told_to_its_caller_alone(line: Line) -> None:
    other = asyncio.ensure_future(line.ask(("PING",)))
    with pytest.raises(RedisError):
        await line.ask(("SET", "k", None))
    assert await other == [b"PONG"]


async def test_what_a_broken_connection_left_is_asked_once_more_and_nothing_else(
    redis: Redis, line: Line
) -> None:
    first = asyncio.ensure_future(line.ask(("INCR", "n"), ("BLPOP", "list", 0)))
    await _blocked(redis)
    behind = asyncio.ensure_future(line.ask(("INCR", "m")))
    await _break(redis)
    await _blocked(redis)
    await redis.rpush("list", "x")

    assert await first == [1, [b"list", b"x"]]
    assert await behind == [1]


async def test_a_connection_that_breaks_again_and_again_is_told(redis: Redis, line: Line) -> None:
    asked = asyncio.ensure_future(line.ask(("BLPOP", "list", 0)))
    for _ in range(2):
        await _break(redis)
    with pytest.raises(RedisError):
        await asked
    assert await line.ask(("PING",)) == [b"PONG"]


async def test_a_connection_that_broke_while_nobody_asked_is_made_anew(
    redis: Redis, line: Line
) -> None:
    await line.ask(("CLIENT", "SETNAME", "line"))
    [own] = [each["id"] for each in await redis.client_list() if each["name"] == "line"]
    await redis.client_kill_filter(_id=own)
    assert await line.ask(("PING",)) == [b"PONG"]


async def test_who_gets_no_answer_in_time_is_told_and_the_next_are_answered(
    redis_url: str, redis: Redis
) -> None:
    hasty = redis_client(redis_url, patience_s=0.05)
    line = Line(hasty)
    with pytest.raises(AnswerTimeout):
        await line.ask(("BLPOP", "list", 0))
    assert await line.ask(("PING",)) == [b"PONG"]
    await line.aclose()
    await hasty.aclose()


async def test_closing_cancels_who_waits_and_gives_the_connection_back(redis: Redis) -> None:
    line = Line(redis)
    asked = asyncio.ensure_future(line.ask(("BLPOP", "list", 0)))
    await _blocked(redis)
    await line.aclose()
    with pytest.raises(asyncio.CancelledError):
        await asked
    with pytest.raises(RedisError):
        await line.ask(("PING",))
    assert await _blocked(redis, 0) == []


async def test_without_a_server_all_are_told() -> None:
    nobody = redis_client("redis://127.0.0.1:1/0")
    line = Line(nobody)
    told = await asyncio.gather(line.ask(("PING",)), line.ask(("PING",)), return_exceptions=True)
    assert all(isinstance(each, RedisError) for each in told)
    await line.aclose()
    await nobody.aclose()
