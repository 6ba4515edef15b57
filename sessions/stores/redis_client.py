"""Connections to Redis or Valkey, as everything here uses them."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

__all__ = ["redis_client"]


def redis_client(url: str, *, most: int = 16) -> Redis:
    """Return a client with at most `most` connections that fails fast.

    A call is repeated once, on a new connection: an old one may have died with a former server.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=most,
        timeout=5,
        socket_connect_timeout=2,
        socket_timeout=5,
        retry=Retry(NoBackoff(), 1),
        protocol=3,
    )
    return Redis.from_pool(pool)
