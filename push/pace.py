"""When the next request may go out: evenly spread, and slowly at first."""

from math import sqrt

from sessions.clock import Clock

__all__ = ["Pace"]


class Pace:
    """Slots for requests, `per_minute` of them at most, none sooner for those left unused (B1).

    In the first `ramp_s` after the start or a `restart` the rate grows evenly from nothing (B2).
    With the height R a second and the ramp T, slot n comes at sqrt(2 T n / R) within the ramp,
    and at n / R + T / 2 after it.
    """

    def __init__(self, clock: Clock, *, per_minute: float, ramp_s: float = 60.0) -> None:
        self._clock = clock
        self._rate = per_minute / 60
        self._ramp_s = ramp_s
        self._begun = clock.monotonic()
        self._taken = self._none

    @property
    def wait_s(self) -> float:
        """Return the seconds until the next free slot."""
        return max(0.0, self._at(self._next) - self._since)

    def take(self) -> None:
        """Take the next free slot."""
        self._taken = self._next

    def restart(self, *, after_s: float = 0.0) -> None:
        """Begin the ramp anew, `after_s` from now."""
        self._begun = self._clock.monotonic() + after_s
        self._taken = self._none

    @property
    def _since(self) -> float:
        return self._clock.monotonic() - self._begun

    @property
    def _next(self) -> float:
        return max(self._taken + 1, self._passed(self._since))

    @property
    def _none(self) -> float:
        # without a ramp the first slot is the start itself
        return 0.0 if self._ramp_s else -1.0

    def _passed(self, since_s: float) -> float:
        if since_s < self._ramp_s:
            return self._rate * max(0.0, since_s) ** 2 / (2 * self._ramp_s)
        return self._rate * (since_s - self._ramp_s / 2)

    def _at(self, slot: float) -> float:
        if slot < self._rate * self._ramp_s / 2:
            return sqrt(2 * self._ramp_s * slot / self._rate)
        return slot / self._rate + self._ramp_s / 2
