"""An event loop whose time passes at once, so that waiting is tested without waiting."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

__all__ = ["LoopClock", "VirtualTimeLoop", "in_virtual_time"]

_EPOCH = datetime(2026, 11, 23, 9, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.elapsed += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer when nothing else is to do; only for work without sockets."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Return virtual seconds."""
        return self._virtual.elapsed


class LoopClock:
    """The running loop's time as a sessions.clock.Clock."""

    def now(self) -> datetime:
        """Return the wall time."""
        return _EPOCH + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return asyncio.get_running_loop().time()


def in_virtual_time(
    test: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., None]:
    """Run a coroutine test on a VirtualTimeLoop of its own."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run
