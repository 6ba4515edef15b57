"""A process that can be killed at any await, with a clock that can be put wrong."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from tests.virtual_time import LoopClock

__all__ = ["Process"]


class Process:
    """Whatever a process does passes `hop`; once killed, none of its coroutines goes on.

    Also its clock, by which `skew` is the error of the wall time.
    """

    def __init__(self, random: Random, *, death: float) -> None:
        self._random = random
        self._clock = LoopClock()
        self.death = death
        self.is_dead = False
        self.skew = timedelta()
        self.on_death: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """Return the wall time as the process takes it."""
        return self._clock.now() + self.skew

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._clock.monotonic()

    def kill(self) -> None:
        """Let nothing of it go on."""
        if not self.is_dead:
            self.is_dead = True
            self.on_death()

    async def hop(self) -> None:
        """Pass some time; it may be the last that the process does."""
        if not self.is_dead:
            await asyncio.sleep(self._pause_s())
        if not self.is_dead and self._random.random() < self.death:
            self.kill()
        if self.is_dead:
            # not even what is to run at its end does
            await asyncio.get_running_loop().create_future()

    def _pause_s(self) -> float:
        if self.death and self._random.random() < 0.005:
            return self._random.choice([2.0, 7.0, 45.0])
        return self._random.random() * 0.02
