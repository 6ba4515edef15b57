"""Connections to Redis or Valkey, as everything here uses them."""

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer

__all__ = ["redis_client"]

_pack = HiredisRespSerializer().pack


class _Packing:
    """Has commands packed in C, as the client that does not use asyncio has it."""

    def pack_command(self, *arguments: Any) -> list[bytes]:
        packed: list[bytes] = _pack(*arguments)
        return packed


def redis_client(url: str, *, most: int = 32, patience_s: float = 5) -> Redis:
    """Return a client with at most `most` connections that gives a call up after `patience_s`.

    A call is repeated once, on a new connection: an old one may have died with a former server.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=most,
        timeout=patience_s,
        socket_connect_timeout=2,
        socket_timeout=patience_s,
        retry=Retry(NoBackoff(), 1),
        protocol=3,
    )
    plain = pool.connection_class
    pool.connection_class = type(f"Packing{plain.__name__}", (_Packing, plain), {})
    return Redis.from_pool(pool)
