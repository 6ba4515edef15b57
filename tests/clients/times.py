"""A clock for the client that moves when it is told, and a way to wait for what others do."""

import asyncio
from collections.abc import Callable

__all__ = ["TestClock", "until"]


class TestClock:
    """Passes the contract of ion_client.timing.Clock; `waits` are the seconds asked for."""

    __test__ = False

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float | None] = []
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when `event` is set or the clock was advanced far enough."""
        self.waits.append(seconds)
        until = None if seconds is None else self.now + seconds
        while not event.is_set() and (until is None or self.now < until):
            loop = asyncio.get_running_loop()
            waiters = [loop.create_task(each.wait()) for each in (event, self._moved)]
            try:
                await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for waiter in waiters:
                    waiter.cancel()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition on other tasks holds; raises TimeoutError after 20 s."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.002)
