"""The connections to push services: so many to each at most, kept while they are of use."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import chain

from msgspec import Struct

from push.webpush.connection import Connection
from push.webpush.subscription import Subscription

__all__ = ["Connections", "NoRoom", "Place"]

_IDLE_S = 30.0


class NoRoom(Exception):
    """All connections to the service are in use, and stay so."""


class Place(Struct, frozen=True):
    """Room for one request, and an open connection; `leave` gives both back."""

    connection: Connection
    leave: Callable[[], None]


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

    async def place(self, to: Subscription) -> Place:
        """Wait for room for one more at the service, and connect to where a subscription is at.

        Raises NoRoom, NotReached.
        """
        room = self._rooms[to.service]
        try:
            async with asyncio.timeout(self._room_s):
                await room.acquire()
        except TimeoutError:
            raise NoRoom from None
        try:
            connection = self._take(to.origin)
            connection = connection or await Connection.open(to.host, to.port, self._tls)
        except BaseException:
            room.release()
            raise
        self._lent.add(connection)
        return Place(connection, partial(self._leave, to.origin, room, connection))

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

    def _leave(self, origin: str, room: asyncio.Semaphore, connection: Connection) -> None:
        room.release()
        self._lent.discard(connection)
        self._keep(origin, connection)

    def _keep(self, origin: str, connection: Connection) -> None:
        if not connection.is_open:
            connection.close()
            return
        connection.used_at = asyncio.get_running_loop().time()
        self._kept[origin].append(connection)
