"""What this process answered since it started."""

from collections.abc import Callable

__all__ = ["Tally"]


class Tally:
    """Counts answers of the API; `now` gives seconds that never go back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self.answered = 0
        self.failed = 0
        self.cached = 0

    def count(self, status: int) -> None:
        """Count an answer by its status."""
        self.answered += 1
        self.failed += status >= 500

    @property
    def error_rate(self) -> float:
        """Return the share of answers that were a 5xx, 0 to 1."""
        return self.failed / self.answered if self.answered else 0.0

    @property
    def uptime_ms(self) -> int:
        """Return the milliseconds since the start."""
        return int((self._now() - self._began) * 1000)
