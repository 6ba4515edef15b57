"""Spending, and what is remembered of it for the answer's headers."""

import pytest

from app.security.rates import ADDRESS, SEND, STANDINGS, of_network, of_session, spend
from sessions.errors import RateLimited
from sessions.stores.limits import Charge, Rate
from sessions.stores.local_limits import LocalLimits
from tests.clocks import FakeClock

FEW = Rate(name="few", per_minute=60, burst=2)


async def test_what_is_too_much_is_refused_with_a_time_after_which_it_is_not() -> None:
    clock = FakeClock()
    limits = LocalLimits(clock=clock)
    for _ in range(2):
        await spend(limits, FEW, "u1")
    with pytest.raises(RateLimited) as refused:
        await spend(limits, FEW, "u1")
    clock.advance((refused.value.retry_after_ms or 0) / 1000)
    await spend(limits, FEW, "u1")

    assert refused.value.message == "too many at once (few)"


async def test_a_refusal_names_the_account_that_has_no_room() -> None:
    limits = LocalLimits(clock=FakeClock())
    network = Charge(rate=FEW, who="192.0.2.7")
    for _ in range(2):
        await spend(limits, SEND, "u1", network)
    with pytest.raises(RateLimited, match=r"\(few\)"):
        await spend(limits, SEND, "u1", network)


async def test_standings_are_collected_where_somebody_asks_for_them() -> None:
    limits = LocalLimits(clock=FakeClock())
    await spend(limits, FEW, "u1")
    standings = STANDINGS.set([])
    try:
        await spend(limits, FEW, "u1", *of_network("192.0.2.7"))
        collected = STANDINGS.get()
    finally:
        STANDINGS.reset(standings)

    assert [(each.rate, each.remaining) for each in collected or ()] == [(FEW, 0), (ADDRESS, 599)]


def test_what_is_not_known_costs_nothing() -> None:
    assert of_network(None) == []
    assert of_session("u1", None) == []
    assert of_session("u1", "s" * 1000)[0].part == "s" * 64
