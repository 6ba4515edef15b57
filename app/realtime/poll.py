"""One long-poll: a reader that takes what there is after its cursor, or waits for some."""

import asyncio
from contextlib import suppress
from typing import cast

from litestar.types import Receive
from msgspec import Raw

from app.product import Product
from app.realtime.connections import Connections
from app.realtime.cursor import Cursor
from app.realtime.disconnect import watched
from app.realtime.errors import error_of
from app.security.rates import READ, spend
from schemas.events import EventPage
from schemas.frames import LogFrame, Snapshot
from sessions.errors import IonError
from sessions.reading import Reading

__all__ = ["MOST_FRAMES", "Poll"]

MOST_FRAMES = 500


class Poll:
    """A connection only while it waits."""

    def __init__(
        self,
        product: Product,
        connections: Connections,
        *,
        user_id: str,
        session_id: str,
        cursor: Cursor,
    ) -> None:
        self._product = product
        self._connections = connections
        self._user_id = user_id
        self._session_id = session_id
        self._cursor = cursor
        self._wake = asyncio.Event()
        self._over = False
        self._error: IonError | None = None

    async def page(self, receive: Receive, *, wait_s: float) -> EventPage:
        """Return what follows the cursor, at once or as soon as there is something.

        Raises RateLimited, NotFound, Gone, QuotaExceeded (replaced by a newer connection),
        LogUnavailable, StoreUnavailable.
        """
        await spend(self._product.limits, READ, self._user_id)
        reading = await self._product.sessions.read(
            self._user_id,
            self._session_id,
            self._wake.set,
            epoch=self._cursor.epoch,
            after=self._cursor.after,
        )
        try:
            page = await _next_page(reading)
            if page.frames or page.snapshot or not wait_s:
                return page
            await self._wait(reading, receive, wait_s)
            return await _next_page(reading)
        finally:
            reading.close()

    def leave(self, code: int, reason: str) -> None:
        """Answer now: with an error, or without news when the process restarts."""
        self._error = error_of(code, reason)
        self._answer()

    def announce_drain(self, reconnect_in_ms: int) -> None:
        """Answer after that time: the next poll goes elsewhere, and not all of them at once."""
        asyncio.get_running_loop().call_later(reconnect_in_ms / 1000, self._answer)

    def _answer(self) -> None:
        self._over = True
        self._wake.set()

    async def _wait(self, reading: Reading, receive: Receive, wait_s: float) -> None:
        self._connections.add(self._user_id, self)
        try:
            async with watched(receive, self._product.tasks, self._answer):
                await self._news(reading, wait_s)
        finally:
            self._connections.remove(self._user_id, self)
        if self._error is not None:
            raise self._error

    async def _news(self, reading: Reading, wait_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not (reading.ready or self._over):
                    await self._wake.wait()
                    self._wake.clear()


async def _next_page(reading: Reading) -> EventPage:
    heads, log_frames = await reading.next()
    page = log_frames[:MOST_FRAMES]
    snapshot = next((each for each in heads if isinstance(each, Snapshot)), None)
    return EventPage(
        epoch=reading.epoch or "",
        seq=(reading.after or 0) - len(log_frames) + len(page),
        recovered=snapshot is None,
        # they are encoded already, and go out as they are
        frames=cast("tuple[LogFrame, ...]", tuple(map(Raw, page))),
        snapshot=snapshot,
    )
