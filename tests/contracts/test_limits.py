"""What every keeper of rate limits must do: on two stores, on a cluster's slots, and in memory."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from sessions.clock import SystemClock
from sessions.stores.limits import Charge, Limits, Rate, Standing
from sessions.stores.local_limits import LocalLimits
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_limits import RedisLimits
from tests.clocks import FakeClock
from tests.servers import RedisServer, own_all_slots

SLOW = Rate(name="slow", per_minute=1, burst=3)
WIDE = Rate(name="wide", per_minute=1, burst=5)
FAST = Rate(name="fast", per_minute=3000, burst=4)


@pytest.fixture
async def limits(server: RedisServer | None) -> AsyncIterator[Limits]:
    if server is None:
        yield LocalLimits(clock=SystemClock())
        return
    redis = redis_client(server.url)
    await own_all_slots(redis)
    await redis.flushall()
    yield RedisLimits(redis, clock=SystemClock(), deadline_s=5)
    await redis.aclose()


def charge(rate: Rate, who: str = "u1", part: str = "") -> Charge:
    return Charge(rate=rate, who=who, part=part)


async def test_a_burst_is_let_through_and_no_more(limits: Limits) -> None:
    verdicts = [await limits.take(charge(SLOW)) for _ in range(5)]

    assert [each.wait_ms > 0 for each in verdicts] == [False, False, False, True, True]
    assert [each.standings[0].remaining for each in verdicts] == [2, 1, 0, 0, 0]


async def test_the_verdict_says_when_one_more_may_come(limits: Limits) -> None:
    [first] = (await limits.take(charge(SLOW))).standings
    for _ in range(2):
        await limits.take(charge(SLOW))
    refused = await limits.take(charge(SLOW))

    assert isinstance(first, Standing)
    assert first.rate == SLOW
    assert 59_000 < first.reset_ms <= 60_000
    assert 50_000 < refused.wait_ms <= 60_000
    assert refused.standings[0].reset_ms == refused.wait_ms


async def test_waiting_as_long_as_told_is_always_enough(limits: Limits) -> None:
    waits = 0
    while waits < 8:
        verdict = await limits.take(charge(FAST))
        if not verdict.wait_ms:
            continue
        waits += 1
        assert verdict.wait_ms <= 20
        await asyncio.sleep(verdict.wait_ms / 1000)
        assert (await limits.take(charge(FAST))).wait_ms == 0


async def test_a_bucket_never_lets_more_through_than_burst_and_rate(limits: Limits) -> None:
    began = time.monotonic()
    passed = 0
    for _ in range(60):
        verdicts = await asyncio.gather(*(limits.take(charge(FAST)) for _ in range(5)))
        passed += sum(not each.wait_ms for each in verdicts)
    elapsed_s = time.monotonic() - began

    assert 4 <= passed <= 4 + elapsed_s * 50 + 1


async def test_what_costs_more_counts_more_and_wholly_or_not_at_all(limits: Limits) -> None:
    verdicts = [
        await limits.take(Charge(rate=WIDE, who="u1", cost=cost), charge(SLOW))
        for cost in (3, 3, 2, 1)
    ]

    assert [each.wait_ms > 0 for each in verdicts] == [False, True, False, True]
    assert [each.standings[0].remaining for each in verdicts] == [2, 2, 0, 0]
    assert [each.standings[1].remaining for each in verdicts] == [2, 2, 1, 1]


async def test_accounts_parts_and_rates_are_counted_apart(limits: Limits) -> None:
    for _ in range(3):
        await limits.take(charge(SLOW))

    assert (await limits.take(charge(SLOW, "u2"))).wait_ms == 0
    assert (await limits.take(charge(SLOW, "u1", "s1"))).wait_ms == 0
    assert (await limits.take(charge(WIDE))).wait_ms == 0
    assert (await limits.take(charge(SLOW))).wait_ms > 0


@pytest.mark.parametrize("tight", [charge(SLOW, "u1", "s1"), charge(SLOW, "192.0.2.7")])
async def test_what_one_account_refuses_costs_no_other(limits: Limits, tight: Charge) -> None:
    for _ in range(3):
        await limits.take(charge(WIDE), tight)
    refused = [await limits.take(charge(WIDE), tight) for _ in range(5)]
    after = await limits.take(charge(WIDE))

    assert all(each.wait_ms > 0 for each in refused)
    assert [each.remaining for each in refused[-1].standings[1:]] == [0]
    assert after.wait_ms == 0
    assert after.standings[0].remaining == 1


async def test_it_decides_as_the_reference_does(limits: Limits) -> None:
    """Rates so slow that the time of the test does not matter."""
    reference = LocalLimits(clock=FakeClock())
    draw = random.Random(7)
    users = [charge(rate, who) for rate in (SLOW, WIDE) for who in ("u1", "u2")]
    parts = [charge(rate, "u1", part) for rate in (SLOW, WIDE) for part in ("s1", "s2")]
    addresses = [charge(WIDE, f"192.0.2.{number}") for number in range(3)]
    for _ in range(200):
        asked = draw.sample([*users, *parts, *addresses], draw.randint(1, 4))
        verdict, expected = await limits.take(*asked), await reference.take(*asked)
        assert (not verdict.wait_ms) == (not expected.wait_ms)
        remaining = [each.remaining for each in verdict.standings]
        assert remaining == [each.remaining for each in expected.standings]
