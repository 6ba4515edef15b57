"""When to try again and when to give a connection up: pure, given a clock's seconds."""

import asyncio
import time
from contextlib import suppress
from random import Random
from typing import Literal, Protocol

__all__ = ["Backoff", "Clock", "Liveness", "SystemClock", "Trips"]

_LATE_S = 1.0
_MOST_TRIP_S = 2.0
# TCP, TLS, the upgrade, hello
_TRIPS_TO_OPEN = 4


class Clock(Protocol):
    """Time as the client needs it."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def wall(self) -> float:
        """Return seconds since 1970."""
        ...

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when `event` is set or after `seconds` (None: never)."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when `event` is set or after `seconds` (None: never)."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()


class Backoff:
    """Waiting times with full jitter: uniform below a ceiling that doubles up to `most_s`."""

    def __init__(self, random: Random, *, least_s: float = 0.2, most_s: float = 10.0) -> None:
        self._random = random
        self._least_s = least_s
        self._most_s = most_s
        self._ceiling_s = least_s

    def next(self) -> float:
        """Return how long to wait before the next try."""
        ceiling_s = self._ceiling_s
        self._ceiling_s = min(ceiling_s * 2, self._most_s)
        return self._random.uniform(0, ceiling_s)

    def reset(self) -> None:
        """Begin from the shortest wait: the last try went well."""
        self._ceiling_s = self._least_s

    def penalise(self) -> None:
        """Wait as for the longest outage: the server asked for distance."""
        self._ceiling_s = self._most_s


class Trips:
    """What a round trip takes on this network, and so when an answer is late."""

    def __init__(self) -> None:
        # until one is measured it is taken for a slow one
        self._trip_s = 0.5

    def took(self, seconds: float) -> None:
        """Count one that was measured; one that was stuck on the way says little of the next."""
        self._trip_s = min(seconds, 2 * self._trip_s + 0.05, _MOST_TRIP_S)

    @property
    def late_s(self) -> float:
        """Return after how many seconds an answer will not come any more."""
        return _LATE_S + self._trip_s

    @property
    def open_s(self) -> float:
        """Return how many seconds a connection may take from nothing to its welcome."""
        return _LATE_S + _TRIPS_TO_OPEN * self._trip_s


class Liveness:
    """Asks a silent connection for a sign of life, and gives it up when none comes.

    Silent for `interval_s`: ping; still silent `deadline_s` later, or as long after a probe as that
    says: dead.
    """

    def __init__(self, now: float, *, interval_s: float = 20.0, deadline_s: float = 8.0) -> None:
        self._interval_s = interval_s
        self._deadline_s = deadline_s
        self._within_s = deadline_s
        self._ping_at = now + interval_s
        self._dead_at: float | None = None

    def heard(self, now: float) -> None:
        """Something came."""
        self._ping_at = now + self._interval_s
        self._dead_at = None
        self._within_s = self._deadline_s

    def probe(self, now: float, within_s: float) -> None:
        """Doubt the connection now, not only after the interval."""
        if self._dead_at is None:
            self._ping_at = now
            self._within_s = within_s
        else:
            self._dead_at = min(self._dead_at, now + within_s)

    def step(self, now: float) -> Literal["ping", "dead"] | None:
        """Return what to do now."""
        if self._dead_at is not None:
            return "dead" if now >= self._dead_at else None
        if now < self._ping_at:
            return None
        self._dead_at = now + self._within_s
        return "ping"

    def due(self) -> float:
        """Return when to call `step` again."""
        return self._ping_at if self._dead_at is None else self._dead_at
