"""The port to rate limits, and their maths: the generic cell rate algorithm.

A bucket is one number: the time at which it will be full again. Its backlog, that time less now,
is what was used and has not come back; https://brandur.org/rate-limiting explains it.
"""

from typing import Protocol

from msgspec import Struct

__all__ = ["Bucket", "Charge", "Limits", "Rate", "Standing", "Verdict"]

_MINUTE_US = 60_000_000


class Standing(Struct, frozen=True, kw_only=True):
    """How one bucket stands: `remaining` may be done now, one more after `reset_ms`."""

    rate: "Rate"
    remaining: int
    reset_ms: int


class Rate(Struct, frozen=True, kw_only=True):
    """At most `burst` at once, and `per_minute` in the long run."""

    name: str
    per_minute: int
    burst: int

    @property
    def interval_us(self) -> int:
        """Return the microseconds in which one more comes back."""
        return -(-_MINUTE_US // self.per_minute)

    def wait_us(self, backlog_us: int, *, cost: int = 1) -> int:
        """Return the microseconds until `cost` more fit on top of a backlog; 0 is now."""
        return max(0, backlog_us + self.interval_us * (cost - self.burst))

    def standing(self, backlog_us: int) -> Standing:
        """Return how a bucket with this backlog stands."""
        free_us = self.interval_us * self.burst - backlog_us
        remaining = max(0, free_us // self.interval_us)
        missing_us = self.interval_us * (remaining + 1) - free_us if backlog_us > 0 else 0
        return Standing(rate=self, remaining=remaining, reset_ms=-(-missing_us // 1000))


class Charge(Struct, frozen=True, kw_only=True):
    """`cost` on the account of `who` (a user, an address), or of a `part` of it (a session).

    It is at least 1 and at most the rate's burst.
    """

    rate: Rate
    who: str
    part: str = ""
    cost: int = 1


class Verdict(Struct, frozen=True, kw_only=True):
    """What was decided: `wait_ms` is 0 when all was counted, else the time until it can be.

    Then nothing was counted. `standings` follow the charges.
    """

    wait_ms: int
    standings: tuple[Standing, ...]

    @classmethod
    def of(cls, charges: tuple[Charge, ...], backlogs_us: list[int], wait_us: int) -> "Verdict":
        """Return the verdict on charges whose buckets now have these backlogs."""
        standings = zip(charges, backlogs_us, strict=True)
        return cls(
            wait_ms=-(-wait_us // 1000),
            standings=tuple(charge.rate.standing(backlog) for charge, backlog in standings),
        )


class Bucket:
    """One bucket in this process's memory; times are microseconds of any one clock."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._full_at_us = 0

    def backlog_us(self, now_us: int) -> int:
        """Return what was used and has not come back."""
        return max(0, self._full_at_us - now_us)

    def pay(self, now_us: int, *, cost: int = 1) -> None:
        """Count, whether it fits or not."""
        self._full_at_us = max(self._full_at_us, now_us) + self.rate.interval_us * cost

    def take(self, now_us: int, *, cost: int = 1) -> int:
        """Count if it fits and return 0, or return the microseconds until it does."""
        wait_us = self.rate.wait_us(self.backlog_us(now_us), cost=cost)
        if not wait_us:
            self.pay(now_us, cost=cost)
        return wait_us


class Limits(Protocol):
    """Counts what users, addresses and sessions do, over all processes."""

    async def take(self, *charges: Charge) -> Verdict:
        """Count each charge if every account has room, else none.

        Never raises: a limit protects the service, it must not end it. When the store is away,
        each process counts for itself.
        """
        ...
