"""Whether a message may come in, and when its turn may run: fair shares of one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sessions.clock import Clock
from sessions.errors import Overloaded
from sessions.fair_queue import FairQueue
from sessions.stop import Stop

__all__ = ["Admission"]

_SHARE_OF_A_USER = 4
_PLACES_A_SLOT = 4
_FIRST_GUESS_S = 5.0
_NEWEST_WEIGHS = 0.1
_LEAST_WAIT_S, _MOST_WAIT_S = 1.0, 60.0


class Admission:
    """At most `max_turns` turns run at once in this process, 0 means no limit.

    A user has at most a quarter of the slots. Four times as many turns may wait; then messages
    are refused before they are accepted. What was accepted always gets its slot.
    """

    def __init__(self, *, clock: Clock, max_turns: int) -> None:
        self._clock = clock
        self._max_turns = max_turns
        self._queue: FairQueue[asyncio.Future[bool]] = FairQueue(
            slots=max_turns,
            slots_a_user=max(1, max_turns // _SHARE_OF_A_USER),
            places=max_turns * _PLACES_A_SLOT,
        )
        self._waits: dict[asyncio.Future[bool], str] = {}
        self._turn_s = _FIRST_GUESS_S
        self._draining = False

    @property
    def running(self) -> int:
        """Return how many turns run in a slot."""
        return self._queue.running

    @property
    def waiting(self) -> int:
        """Return how many turns wait for a slot."""
        return self._queue.waiting

    def is_free(self, user_id: str) -> bool:
        """Tell whether a turn of this user would have its slot at once."""
        return not self._max_turns or self._queue.is_free(user_id)

    def check(self, user_id: str) -> None:
        """Raise Overloaded when a message of this user would wait too long, with the time to wait.

        It is this process's estimate: another one may own the session and have more room, or less.
        """
        if not self._max_turns or self._queue.room_for(user_id):
            return
        wait_s = self._turn_s * self._queue.waiting / self._max_turns
        wait_s = min(max(wait_s, _LEAST_WAIT_S), _MOST_WAIT_S)
        raise Overloaded("too many answers are waiting", retry_after_ms=round(wait_s * 1000))

    @asynccontextmanager
    async def slot(self, user_id: str, stop: Stop) -> AsyncIterator[bool]:
        """Wait for a slot and hold it; a request to stop ends the waiting, and needs no slot.

        Gives False when the process drains: the turn is not to begin here.
        """
        granted = not self._max_turns
        if not granted and not stop.requested and not self._draining:
            granted = await self._granted(user_id, stop)
        if not granted or not self._max_turns:
            yield not self._draining or stop.requested
            return
        began = self._clock.monotonic()
        try:
            yield True
        finally:
            self._turn_s += (self._clock.monotonic() - began - self._turn_s) * _NEWEST_WEIGHS
            self._end(user_id)

    def drain(self) -> None:
        """Give out no more slots: all that wait are told."""
        self._draining = True
        for wait, user_id in self._waits.items():
            if self._queue.leave(user_id, wait) and not wait.done():
                wait.set_result(False)

    async def _granted(self, user_id: str, stop: Stop) -> bool:
        wait: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self._queue.ask(user_id, wait):
            return True
        self._waits[wait] = user_id
        try:
            await stop.cut_short(_until(wait))
        except BaseException:
            if not self._queue.leave(user_id, wait) and _granted(wait):
                self._end(user_id)
            raise
        finally:
            del self._waits[wait]
        return not self._queue.leave(user_id, wait) and _granted(wait)

    def _end(self, user_id: str) -> None:
        wait = self._queue.end(user_id)
        while wait is not None and wait.done():
            # cancelled, and has not had the time to leave
            wait = self._queue.end(self._waits[wait])
        if wait is not None:
            wait.set_result(True)


def _granted(wait: asyncio.Future[bool]) -> bool:
    return not wait.cancelled() and wait.result()


async def _until(wait: asyncio.Future[bool]) -> None:
    await wait
