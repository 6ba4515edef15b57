"""Connections to Redis or Valkey, as everything here uses them."""

import asyncio
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as SendTimeout

__all__ = ["Connection", "packed", "redis_client"]

_pack = HiredisRespSerializer().pack


def packed(command: tuple[Any, ...]) -> bytes:
    """Return a command as it is sent; raises redis.exceptions.DataError where it can't be."""
    return b"".join(_pack(*command))


class Connection(AbstractConnection):
    """Has commands packed in C, as the client that does not use asyncio has it.

    And it sends them itself: redis-py does so by `asyncio.wait_for`, which in Python 3.11 takes a
    task for each, and keeps a cancellation from the caller that comes when the task has ended.
    """

    __slots__ = ()

    def pack_command(self, *arguments: Any) -> list[bytes]:
        packed: list[bytes] = _pack(*arguments)
        return packed

    def write(self, data: bytes) -> None:
        """Send what was packed and wait for nothing; raises OSError, RuntimeError when closed."""
        if self._writer is None:
            raise BrokenPipeError
        self._writer.write(data)

    def abort(self) -> None:
        """Have whoever reads from it learn that it broke."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Send what was packed; raises redis.exceptions.TimeoutError, ConnectionError."""
        if not self.is_connected:
            await self.connect_check_health(check_health=False)
        if check_health:
            await self.check_health()  # type: ignore[no-untyped-call]
        try:
            async with asyncio.timeout(self.socket_timeout):
                await self._send_packed_command(
                    [command] if isinstance(command, bytes) else command
                )
        except BaseException as error:
            # what was sent in part cannot be taken back
            await self.disconnect(nowait=True)
            if isinstance(error, TimeoutError):
                raise SendTimeout("Timeout writing to socket") from None
            if isinstance(error, OSError):
                raise Unreachable(f"Error while writing to socket: {error}.") from error
            raise


def redis_client(url: str, *, most: int = 32, patience_s: float = 5) -> Redis:
    """Return a client with at most `most` connections that gives a call up after `patience_s`.

    A call is repeated once, on a new connection: an old one may have died with a former server.
    Raises ValueError when the URL has options that a connection does not take.
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
    pool.connection_class = type(f"Packing{plain.__name__}", (Connection, plain), {})
    try:
        pool.connection_class(**pool.connection_kwargs)
    except (AttributeError, RedisError, TypeError):
        raise ValueError("the URL has options that make no sense") from None
    return Redis.from_pool(pool)
