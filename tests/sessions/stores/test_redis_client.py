"""The client of the log store: what it adds to redis-py's own."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as SendTimeout

from sessions.stores.redis_client import redis_client


async def ask_and_stay(redis: Redis) -> None:
    await redis.ping()
    await asyncio.Event().wait()


async def test_a_cancellation_that_comes_while_a_command_is_sent_is_not_lost(
    redis_url: str,
) -> None:
    redis = redis_client(redis_url)
    for steps in range(40):
        task = asyncio.get_running_loop().create_task(ask_and_stay(redis))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=2)
        assert task.cancelled(), f"cancelled after {steps} steps"
    await redis.aclose()


@pytest.mark.parametrize(
    ("failure", "told"),
    [(TimeoutError(), SendTimeout), (BrokenPipeError("gone"), Unreachable)],
)
async def test_what_cannot_be_sent_is_told_and_the_connection_is_left(
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    told: type[Exception],
) -> None:
    redis = redis_client(redis_url)
    await redis.ping()
    connection = await redis.connection_pool.get_connection()  # type: ignore[no-untyped-call]

    async def fail(_connection: object, _command: object) -> None:
        raise failure

    monkeypatch.setattr(type(connection), "_send_packed_command", fail, raising=False)
    with pytest.raises(told):
        await connection.send_command("PING")

    assert not connection.is_connected
    monkeypatch.undo()
    await redis.connection_pool.release(connection)
    assert await redis.ping()
    await redis.aclose()


@pytest.mark.parametrize("option", ["nonsense=1", "ssl_cert_reqs=none", "retry=3", "protocol=9"])
def test_an_option_that_no_connection_takes_is_told_before_the_first_call(option: str) -> None:
    with pytest.raises(ValueError, match="options"):
        redis_client(f"redis://cache/0?{option}")
