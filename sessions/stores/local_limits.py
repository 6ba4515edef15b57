"""Rate limits in one process's memory: what counts while the shared store is away."""

from sessions.clock import Clock
from sessions.stores.limits import Bucket, Charge, Verdict

__all__ = ["LocalLimits"]

Key = tuple[str, str, str]


class LocalLimits:
    """Limits of this process alone, in at most `most` buckets; the oldest is forgotten first."""

    def __init__(self, *, clock: Clock, most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._buckets: dict[Key, Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    async def take(self, *charges: Charge) -> Verdict:
        """Count each charge or none; see Limits."""
        now_us = int(self._clock.monotonic() * 1_000_000)
        buckets = [self._bucket(charge) for charge in charges]
        priced = [(each, charge.cost) for each, charge in zip(buckets, charges, strict=True)]
        wait_us = max(
            each.rate.wait_us(each.backlog_us(now_us), cost=cost) for each, cost in priced
        )
        if not wait_us:
            for each, cost in priced:
                each.pay(now_us, cost=cost)
        self._forget()
        return Verdict.of(charges, [each.backlog_us(now_us) for each in buckets], wait_us)

    def _bucket(self, charge: Charge) -> Bucket:
        key = (charge.rate.name, charge.who, charge.part)
        # moved to the end: those not used for longest are first
        bucket = self._buckets.pop(key, None) or Bucket(charge.rate)
        self._buckets[key] = bucket
        return bucket

    def _forget(self) -> None:
        while len(self._buckets) > self._most:
            del self._buckets[next(iter(self._buckets))]
