"""A circuit breaker: leaves a failing provider alone for a while, then tries it with one call."""

from collections import deque
from typing import Literal, NewType

from sessions.clock import Clock

__all__ = ["CircuitBreaker", "Permit", "State"]

State = Literal["closed", "open", "half_open"]
Permit = NewType("Permit", int)


class CircuitBreaker:
    """Opens when at least `failures` calls failed within `window_s`, and at least `share` of all.

    After `cool_down_s` one call at a time is admitted as a probe: its success closes the breaker,
    its failure opens it again. What calls of an earlier state report counts for nothing.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        failures: int = 5,
        share: float = 0.5,
        window_s: float = 30.0,
        cool_down_s: float = 10.0,
    ) -> None:
        self._clock = clock
        self._failures = failures
        self._share = share
        self._window_s = window_s
        self._cool_down_s = cool_down_s
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._opened_at: float | None = None
        self._probing = False
        self._period = 0

    @property
    def state(self) -> State:
        """Tell whether calls are admitted (closed), refused (open), or one is tried (half_open)."""
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._probing or self.retry_after_s == 0 else "open"

    @property
    def retry_after_s(self) -> float:
        """Return the seconds until a refused call may be admitted again; 0 when it may be now."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._cool_down_s - self._clock.monotonic())

    def admit(self) -> Permit | None:
        """Return a permit to call, or None; its outcome must be reported."""
        if self._opened_at is not None:
            if self._probing or self.retry_after_s > 0:
                return None
            self._probing = True
        return Permit(self._period)

    def succeeded(self, permit: Permit) -> None:
        """Report that the provider answered."""
        if permit != self._period:
            return
        if self._opened_at is not None:
            self._turn(opened_at=None)
        else:
            self._note(failed=False)

    def failed(self, permit: Permit) -> None:
        """Report that the provider did not answer."""
        if permit != self._period:
            return
        self._note(failed=True)
        if self._opened_at is not None or self._too_many():
            self._turn(opened_at=self._clock.monotonic())

    def abandoned(self, permit: Permit) -> None:
        """Report that the call has ended; if it had no outcome, another may be the probe."""
        if permit == self._period:
            self._probing = False

    def _note(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        while self._outcomes and self._outcomes[0][0] <= now - self._window_s:
            self._outcomes.popleft()
        self._outcomes.append((now, failed))

    def _too_many(self) -> bool:
        failed = sum(failed for _, failed in self._outcomes)
        return failed >= max(self._failures, self._share * len(self._outcomes))

    def _turn(self, *, opened_at: float | None) -> None:
        self._opened_at = opened_at
        self._probing = False
        self._period += 1
        self._outcomes.clear()
