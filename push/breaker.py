"""Leaves alone what is out of order, and tries it again with one request."""

from collections import deque
from typing import NewType

from sessions.clock import Clock

__all__ = ["Breaker", "Period"]

Period = NewType("Period", int)
# the others look again soon: an answer to the probe mostly comes within a second
_PROBED_S = 5.0


class Breaker:
    """Opens when `failures` of the requests of `window_s` failed, and at least half of them.

    After a cool-down one request is the probe: when it is answered the breaker closes; when it
    fails, the next cool-down is twice as long, up to `longest_s`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        failures: int = 10,
        window_s: float = 30.0,
        cool_down_s: float = 30.0,
        longest_s: float = 900.0,
    ) -> None:
        self._clock = clock
        self._failures = failures
        self._window_s = window_s
        self._first_s = cool_down_s
        self._longest_s = longest_s
        self._cool_down_s = cool_down_s
        self._opens_at: float | None = None
        self._probing = False
        self._period = Period(0)
        self._outcomes: deque[tuple[float, bool]] = deque()

    @property
    def is_closed(self) -> bool:
        """Tell whether requests go through freely."""
        return self._opens_at is None

    @property
    def wait_s(self) -> float:
        """Return the seconds until one may be tried; 0 when it may be now.

        While a probe is on its way that is a few seconds: when it is answered all others may go.
        """
        if self._opens_at is None:
            return 0.0
        if self._probing:
            return min(self._cool_down_s, _PROBED_S)
        return max(0.0, self._opens_at - self._clock.monotonic())

    def enter(self) -> Period:
        """Count one in, when `wait_s` is 0; what is returned must be given back."""
        self._probing = self._opens_at is not None
        return self._period

    def answered(self, period: Period) -> bool:
        """Report an answer, and return whether it closed the breaker.

        What was begun in an earlier period counts for nothing.
        """
        if period != self._period:
            return False
        if self._opens_at is None:
            self._note(failed=False)
            return False
        self._cool_down_s = self._first_s
        self._turn(None)
        return True

    def failed(self, period: Period) -> None:
        """Report a failure."""
        if period != self._period:
            return
        self._note(failed=True)
        failed = sum(failed for _, failed in self._outcomes)
        if self._opens_at is not None or failed >= max(self._failures, len(self._outcomes) / 2):
            self._open()

    def tripped(self, period: Period) -> None:
        """Report what no other request would survive: it opens at once."""
        if period == self._period:
            self._open()

    def abandoned(self, period: Period) -> None:
        """Report that nothing came of it; if it was the probe, another may be."""
        if period == self._period:
            self._probing = False

    def _open(self) -> None:
        if self._opens_at is not None:
            self._cool_down_s = min(2 * self._cool_down_s, self._longest_s)
        self._turn(self._clock.monotonic() + self._cool_down_s)

    def _turn(self, opens_at: float | None) -> None:
        self._opens_at = opens_at
        self._probing = False
        self._period = Period(self._period + 1)
        self._outcomes.clear()

    def _note(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        while self._outcomes and self._outcomes[0][0] <= now - self._window_s:
            self._outcomes.popleft()
        self._outcomes.append((now, failed))
