"""What tests all over the tree share: a live log store, and the product on it."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sessions.stores.redis_client import redis_client
from tests.house import House, running_house
from tests.servers import RedisServer, running_redis

# how long an example takes is the machine's affair, and others work on it
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

# modules and thousands of tests stay to the end: to look through them often finds nothing
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Look for no garbage among the tests themselves."""
    gc.freeze()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Valkey server for the whole run; a test that stops it starts it again."""
    with running_redis(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
async def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty log store."""
    redis = redis_client(redis_server.url)
    await redis.flushall()
    await redis.aclose()
    return redis_server.url


@pytest.fixture
async def house(tmp_path: Path, redis_url: str) -> AsyncIterator[House]:
    """The product in this process, with the scripted language model: 12 words, 2 ms apart."""
    async with running_house(tmp_path, redis_url) as running:
        yield running
