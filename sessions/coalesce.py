"""First token first, later ones together: fewer frames for the same text."""

import asyncio
from collections.abc import Callable

__all__ = ["Coalescer", "Ticks"]


class Ticks:
    """One timer for all who wait for the end of a window of `window_ms`: they are called together.

    A thousand answers that stream at once need no thousand timers.
    """

    def __init__(self, window_ms: float = 25) -> None:
        self.window_s = window_ms / 1000
        self._waiting: list[Callable[[], None]] = []

    def call(self, ring: Callable[[], None]) -> None:
        """Call `ring` once at the end of the window that runs, or of one that begins now."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(self.window_s, self._ring)
        self._waiting.append(ring)

    def _ring(self) -> None:
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
