"""The maths of rate limits, with time that is told."""

import asyncio
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from sessions.stores.limits import Bucket, Charge, Rate, Verdict
from sessions.stores.local_limits import LocalLimits
from tests.clocks import FakeClock

rates = st.builds(
    Rate, name=st.just("r"), per_minute=st.integers(1, 100_000), burst=st.integers(1, 50)
)
pauses_us = st.lists(st.integers(0, 5_000_000), max_size=80)


def take(limits: LocalLimits, *charges: Charge) -> Verdict:
    return asyncio.run(limits.take(*charges))


@given(rate=rates, pauses=pauses_us)
def test_no_span_of_time_sees_more_than_burst_and_rate(rate: Rate, pauses: list[int]) -> None:
    bucket, now = Bucket(rate), 0
    passed: list[int] = []
    for pause in pauses:
        now += pause
        if not bucket.take(now):
            passed.append(now)
    for first, began in enumerate(passed):
        for last in range(first, len(passed)):
            most = rate.burst + (passed[last] - began) * rate.per_minute / 60_000_000
            assert last - first + 1 <= floor(most)


@given(rate=rates, pauses=pauses_us, cost=st.integers(1, 5))
def test_the_time_to_wait_is_exact(rate: Rate, pauses: list[int], cost: int) -> None:
    bucket, now = Bucket(rate), 0
    for pause in pauses:
        now += pause
        wait = bucket.take(now)
        if wait:
            assert rate.wait_us(bucket.backlog_us(now + wait - 1))
            now += wait
            assert not bucket.take(now)
    if cost <= rate.burst:
        now += rate.wait_us(bucket.backlog_us(now), cost=cost)
        assert not bucket.take(now, cost=cost)


@given(rate=rates, pauses=pauses_us)
def test_what_remains_is_what_may_be_done(rate: Rate, pauses: list[int]) -> None:
    bucket, now = Bucket(rate), 0
    for pause in pauses:
        now += pause
        bucket.take(now)
    standing = rate.standing(bucket.backlog_us(now))
    later = rate.standing(bucket.backlog_us(now + standing.reset_ms * 1000))

    assert sum(not bucket.take(now) for _ in range(rate.burst + 1)) == standing.remaining
    assert standing.remaining == rate.burst or later.remaining > standing.remaining


def test_memory_is_bounded_and_keeps_who_came_last() -> None:
    limits = LocalLimits(clock=FakeClock(), most=10)
    rate = Rate(name="r", per_minute=1, burst=1)
    take(limits, Charge(rate=rate, who="first"))
    for number in range(20):
        take(limits, Charge(rate=rate, who="busy"))
        take(limits, Charge(rate=rate, who=f"u{number}"))

    assert len(limits) == 10
    assert take(limits, Charge(rate=rate, who="busy")).wait_ms > 0
    assert take(limits, Charge(rate=rate, who="first")).wait_ms == 0


def test_time_gives_back_what_was_used() -> None:
    clock = FakeClock()
    limits = LocalLimits(clock=clock)
    charge = Charge(rate=Rate(name="r", per_minute=60, burst=2), who="u1")
    for _ in range(2):
        take(limits, charge)
    refused = take(limits, charge)
    clock.advance(refused.wait_ms / 1000)

    assert refused.wait_ms == 1000
    assert take(limits, charge).wait_ms == 0
    assert take(limits, charge).wait_ms == 1000
