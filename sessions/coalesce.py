"""First token first, later ones together: fewer frames for the same text."""

import asyncio
from collections.abc import Callable

__all__ = ["Coalescer"]


class Coalescer:
    """Hands text on to `emit`: the first piece at once, then at most one every `window_ms`."""

    def __init__(self, emit: Callable[[str], None], *, window_ms: float = 25) -> None:
        self._emit = emit
        self._window_s = window_ms / 1000
        self._loop = asyncio.get_running_loop()
        self._held: list[str] = []
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, text: str) -> None:
        """Take a piece of text."""
        self._held.append(text)
        if self._timer is not None:
            return
        now = self._loop.time()
        if now >= self._next_at:
            self._pass_on(now)
        else:
            self._timer = self._loop.call_at(self._next_at, self._ring)

    def flush(self) -> None:
        """Hand on what is held, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._held:
            self._pass_on(self._loop.time())

    def _ring(self) -> None:
        self._timer = None
        self._pass_on(self._loop.time())

    def _pass_on(self, now: float) -> None:
        text = "".join(self._held)
        self._held.clear()
        self._next_at = now + self._window_s
        self._emit(text)
