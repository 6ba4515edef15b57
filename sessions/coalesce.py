"""First token first, later ones together: fewer frames for the same text."""

import asyncio
from collections.abc import Callable

__all__ = ["Coalescer", "Pace", "Ticks"]

_WIDER = 1.25
_NARROWER = 0.95
# shares of the shortest window by which a timer is late: a loop at leisure, and one that is not
_ON_TIME = 0.1
_LATE = 0.2


class Pace:
    """How long a window is: `least_ms` in a loop that is on time, up to `most_ms` in a late one.

    A loop with too much to do makes its timers late; fewer frames are then what it can save
    without keeping anybody's first words waiting.
    """

    def __init__(self, least_ms: float = 25, most_ms: float = 75) -> None:
        self._least_s = least_ms / 1000
        self._most_s = max(least_ms, most_ms) / 1000
        self.window_s = self._least_s

    def note(self, late_s: float) -> None:
        """Take in by how much a timer was late."""
        if late_s > self._least_s * _LATE:
            self.window_s = min(self._most_s, self.window_s * _WIDER)
        elif late_s < self._least_s * _ON_TIME:
            self.window_s = max(self._least_s, self.window_s * _NARROWER)


class Ticks:
    """One timer for all who wait for the end of a window: they are called together.

    A thousand answers that stream at once need no thousand timers.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: list[Callable[[], None]] = []
        self._due_s = 0.0

    def call(self, ring: Callable[[], None]) -> None:
        """Call `ring` once at the end of the window that runs, or of one that begins now."""
        if not self._waiting:
            loop = asyncio.get_running_loop()
            self._due_s = loop.time() + self._pace.window_s
            loop.call_at(self._due_s, self._ring)
        self._waiting.append(ring)

    def _ring(self) -> None:
        self._pace.note(asyncio.get_running_loop().time() - self._due_s)
        waiting, self._waiting = self._waiting, []
        for ring in waiting:
            ring()


class Coalescer:
    """Hands text on to `emit`: the first piece at once, later ones together with the next tick."""

    def __init__(self, emit: Callable[[str], None], ticks: Ticks) -> None:
        self._emit = emit
        self._ticks = ticks
        self._held: list[str] = []
        self._first = True
        self._rung = True

    def add(self, text: str) -> None:
        """Take a piece of text."""
        if self._first:
            self._first = False
            self._emit(text)
            return
        self._held.append(text)
        if self._rung:
            self._rung = False
            self._ticks.call(self._ring)

    def flush(self) -> None:
        """Hand on what is held, now."""
        if self._held:
            text = "".join(self._held)
            self._held.clear()
            self._emit(text)

    def _ring(self) -> None:
        self._rung = True
        self.flush()
