"""The connections to push services: so many to each at most, kept while they are of use."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain

from push.webpush.connection import Connection
from push.webpush.subscription import Subscription

__all__ = ["Connections", "NoRoom"]

_IDLE_S = 30.0


class NoRoom(Exception):
    """All connections to the service are in use, and stay so."""


class Connections:
    """Lends connections, at most `most` at a time for each service of the allow-list.

    One that is slow does not keep the others waiting; who wants more of it waits `room_s`.
    """

    def __init__(self, tls: ssl.SSLContext, *, most: int, room_s: float) -> None:
        self._tls = tls
        self._room_s = room_s
        self._rooms: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(most)
        )
        self._kept: defaultdict[str, list[Connection]] = defaultdict(list)
        self._lent: set[Connection] = set()

    @asynccontextmanager
    async def room(self, to: Subscription) -> AsyncIterator[None]:
        """Wait until there may be one more connection to the service; raises NoRoom."""
        room = self._rooms[to.service]
        try:
            async with asyncio.timeout(self._room_s):
                await room.acquire()
        except TimeoutError:
            raise NoRoom from None
        try:
            yield
        finally:
            room.release()

    @asynccontextmanager
    async def connection(self, to: Subscription) -> AsyncIterator[Connection]:
        """Lend a connection to where a subscription is at; raises NotReached."""
        connection = self._take(to.origin) or await Connection.open(to.host, to.port, self._tls)
        self._lent.add(connection)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        finally:
            self._lent.discard(connection)
        self._keep(to.origin, connection)

    def close(self) -> None:
        """End all connections."""
        for connection in chain(self._lent, *self._kept.values()):
            connection.close()
        self._kept.clear()

    def _take(self, origin: str) -> Connection | None:
        now = asyncio.get_running_loop().time()
        kept = self._kept[origin]
        while kept:
            connection = kept.pop()
            if connection.is_open and now - connection.used_at < _IDLE_S:
                return connection
            connection.close()
        del self._kept[origin]
        return None

    def _keep(self, origin: str, connection: Connection) -> None:
        if not connection.is_open:
            connection.close()
            return
        connection.used_at = asyncio.get_running_loop().time()
        self._kept[origin].append(connection)
