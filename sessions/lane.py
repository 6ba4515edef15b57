"""Long stretches of computing, a few milliseconds of them in each round of the event loop."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

__all__ = ["Lane"]

R = TypeVar("R")


class Lane:
    """Whoever computes for a millisecond or more does so in turn, first come first served.

    When many messages come at once, their acknowledgements, frames and heartbeats wait for
    `round_s` of it and not for all: what a process can't compute in time waits here, nowhere else.
    """

    def __init__(self, *, round_s: float = 0.003) -> None:
        self._round_s = round_s
        self._waiting: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()

    async def run(self, work: Callable[[], R], *, apart: bool = False) -> R:
        """Return what `work` does, once its turn has come; raises what it raises.

        What takes longer than a moment goes `apart`, into a thread.
        """
        if apart:
            return await asyncio.to_thread(work)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[R] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._round, loop)
        self._waiting.append((work, done))
        return await done

    def _round(self, loop: asyncio.AbstractEventLoop) -> None:
        until = perf_counter() + self._round_s
        try:
            while self._waiting:
                work, done = self._waiting.popleft()
                if not done.done():
                    _do(work, done)
                if perf_counter() >= until:
                    break
        finally:
            if self._waiting:
                loop.call_soon(self._round, loop)


def _do(work: Callable[[], R], done: asyncio.Future[R]) -> None:
    try:
        done.set_result(work())
    except StopIteration as error:
        # no future takes it
        done.set_exception(RuntimeError(f"it stopped: {error}"))
    except Exception as error:  # noqa: BLE001 - it is told to who waits
        done.set_exception(error)
    except BaseException as error:
        done.set_exception(error)
        raise
