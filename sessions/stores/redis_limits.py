"""Rate limits on Redis: one script an account, all accounts of a question in one round trip."""

import asyncio
from collections import Counter

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions.clock import Clock
from sessions.stores.limits import Charge, Verdict
from sessions.stores.local_limits import LocalLimits
from sessions.stores.redis_scripts import Scripts

__all__ = ["RedisLimits"]

log = structlog.get_logger(__name__)
Groups = list[tuple[Charge, ...]]


class RedisLimits:
    """Limits on Redis or Valkey.

    While it does not answer within `deadline_s`, this process counts for itself, asks again every
    `retry_s`, counts what was not shared in `unshared`, and warns at most once in `warn_s` a rate.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        clock: Clock,
        deadline_s: float = 0.25,
        retry_s: float = 1.0,
        warn_s: float = 5.0,
    ) -> None:
        self._scripts = Scripts(redis, ["limit"])
        self._clock = clock
        self._deadline_s = deadline_s
        self._retry_s = retry_s
        self._warn_s = warn_s
        self._local = LocalLimits(clock=clock)
        self._ask_again_at = 0.0
        self._untold: Counter[str] = Counter()
        self._tell_at: dict[str, float] = {}
        self.unshared = 0

    async def take(self, *charges: Charge) -> Verdict:
        """Count each charge or none; see Limits."""
        why = "away"
        if self._clock.monotonic() >= self._ask_again_at:
            try:
                async with asyncio.timeout(self._deadline_s):
                    return await self._shared(charges)
            except (RedisError, OSError, TimeoutError) as error:
                why = type(error).__name__
                self._ask_again_at = self._clock.monotonic() + self._retry_s
        self._count(charges[0].rate.name, why)
        return await self._local.take(*charges)

    async def _shared(self, charges: tuple[Charge, ...]) -> Verdict:
        groups = [
            tuple(each for each in charges if each.who == who)
            for who in dict.fromkeys(each.who for each in charges)
        ]
        rows = dict(zip(groups, await self._run(groups, sign=1), strict=True))
        wait_us = max(row[0] for row in rows.values())
        paid = [group for group, row in rows.items() if not row[0]]
        if wait_us and paid:
            # accounts in different slots can't be asked at once: those that paid get it back
            rows |= zip(paid, await self._run(paid, sign=-1), strict=True)
        found = {
            charge: backlog
            for group, row in rows.items()
            for charge, backlog in zip(group, row[1:], strict=True)
        }
        return Verdict.of(charges, [found[charge] for charge in charges], wait_us)

    async def _run(self, groups: Groups, *, sign: int) -> list[list[int]]:
        return await self._scripts.run(
            [("limit", _keys(group), _args(group, sign)) for group in groups]
        )

    async def aclose(self) -> None:
        """Ask no more."""
        await self._scripts.aclose()

    def _count(self, rate: str, why: str) -> None:
        self.unshared += 1
        self._untold[rate] += 1
        now = self._clock.monotonic()
        if now >= self._tell_at.get(rate, 0.0):
            self._tell_at[rate] = now + self._warn_s
            count = self._untold.pop(rate)
            log.warning(
                "limit_not_checked", limit=rate, count=count, total=self.unshared, error=why
            )


def _keys(group: tuple[Charge, ...]) -> list[str]:
    """Return the buckets' keys; the braces put all that one account has into one slot."""
    return [f"ion:limit:{{{each.who}}}:{each.rate.name}:{each.part}" for each in group]


def _args(group: tuple[Charge, ...], sign: int) -> tuple[int, ...]:
    return tuple(
        arg for each in group for arg in (each.rate.interval_us, each.rate.burst, sign * each.cost)
    )
