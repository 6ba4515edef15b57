"""All connections of this process: how many a user has, and the way out when it drains.

A connection is whatever holds a reader open: a socket, an event stream, a poll that waits.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from app.security.tokens import Access
from schemas.codes import CloseCode
from sessions.clock import Clock
from sessions.erasure.ended import Why

__all__ = ["MAX_SOCKETS", "Closable", "Connections"]

MAX_SOCKETS = 8


class Closable(Protocol):
    """A connection, on whatever transport."""

    def leave(self, code: int, reason: str) -> None:
        """End soon, for what `code` (a CloseCode) says."""
        ...

    def announce_drain(self, reconnect_in_ms: int) -> None:
        """Ask the client to come back elsewhere."""
        ...


class Connections:
    """Open connections by user. One more than allowed replaces the user's oldest.

    A phone that lost its network leaves sockets behind that look alive: refusing the newest
    would lock the person out.
    """

    def __init__(self, *, most: int = MAX_SOCKETS) -> None:
        self._most = most
        self._by_user: defaultdict[str, list[Closable]] = defaultdict(list)
        self._telling: dict[Closable, asyncio.Event] = {}
        self.draining = False

    def __len__(self) -> int:
        return sum(map(len, self._by_user.values()))

    def add(self, user_id: str, connection: Closable) -> None:
        """Count a connection, and end the oldest when there are too many."""
        mine = self._by_user[user_id]
        if len(mine) >= self._most:
            mine.pop(0).leave(CloseCode.REPLACED, "replaced by a newer connection")
        mine.append(connection)
        if self.draining:
            connection.announce_drain(_jitter_ms())

    def remove(self, user_id: str, connection: Closable) -> None:
        """Forget a connection."""
        mine = self._by_user[user_id]
        if connection in mine:
            mine.remove(connection)
        if not mine:
            del self._by_user[user_id]

    def end(self, user_id: str, why: Why) -> None:
        """End all connections of a user whose account has ended.

        Whoever was merged comes back with the tokens of the user that they are.
        """
        merged = why == "merged"
        code = CloseCode.UNAUTHENTICATED if merged else CloseCode.ERASED
        for connection in list(self._by_user.get(user_id, ())):
            connection.leave(code, f"the account was {why}")

    @contextmanager
    def telling(self, access: Access, connection: Closable, clock: Clock) -> Iterator[None]:
        """Know a connection as `counted` does; it ends by itself, with an answer."""
        ended = self._telling[connection] = asyncio.Event()
        try:
            with self.counted(access, connection, clock):
                yield
        finally:
            del self._telling[connection]
            ended.set()

    async def told(self, *, deadline_s: float) -> None:
        """Wait until those connections have ended that end by themselves, or time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                await asyncio.gather(*(ended.wait() for ended in self._telling.values()))

    @contextmanager
    def counted(self, access: Access, connection: Closable, clock: Clock) -> Iterator[None]:
        """Know a connection until the block ends, and end it when its token does."""
        expiry = asyncio.get_running_loop().call_later(
            access.expires_at - clock.now().timestamp(),
            connection.leave,
            CloseCode.UNAUTHENTICATED,
            "the token has expired",
        )
        self.add(access.user_id, connection)
        try:
            yield
        finally:
            self.remove(access.user_id, connection)
            expiry.cancel()

    def drain(self) -> None:
        """Tell everybody that this process is leaving."""
        self.draining = True
        for connection in self._all():
            connection.announce_drain(_jitter_ms())

    def close(self) -> None:
        """End every connection; they come back to another process, or to this one's next life."""
        for connection in self._all():
            connection.leave(CloseCode.RESTART, "restart")

    def _all(self) -> list[Closable]:
        return [each for mine in self._by_user.values() for each in mine]


def _jitter_ms() -> int:
    return random.randint(200, 3000)  # noqa: S311 - spreads reconnects, guards nothing
