"""The faults of a run follow from its seed, and leave somebody to talk to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chaos.schedule import CLUSTER, EMBEDDED, LEASE_S, Plan, schedule

plans = st.sampled_from([CLUSTER, EMBEDDED])
seeds = st.integers(0, 2**32)
unhurried = settings(deadline=None)
durations = st.floats(0.5, 200)


@given(seeds, durations, plans)
@unhurried
def test_the_same_seed_gives_the_same_faults(seed: int, duration_s: float, plan: Plan) -> None:
    assert schedule(seed, duration_s, plan) == schedule(seed, duration_s, plan)


@given(seeds, durations, plans)
@unhurried
def test_faults_are_in_order_of_the_plan_and_over_in_time(
    seed: int, duration_s: float, plan: Plan
) -> None:
    faults = schedule(seed, duration_s, plan)
    assert [each.at_s for each in faults] == sorted(each.at_s for each in faults)
    for fault in faults:
        assert fault.at_s >= 0
        assert fault.until_s <= duration_s + 0.01
        assert 0 <= fault.target < plan.servers
        assert fault.kind in plan.weights


@given(seeds, durations, plans)
@unhurried
def test_nothing_is_broken_twice_at_a_time(seed: int, duration_s: float, plan: Plan) -> None:
    faults = schedule(seed, duration_s, plan)
    for i, one in enumerate(faults):
        for other in faults[i + 1 :]:
            assert one.room != other.room or other.at_s > one.until_s


@given(seeds, durations)
@unhurried
def test_one_of_several_servers_is_always_left_alone(seed: int, duration_s: float) -> None:
    faults = [
        each for each in schedule(seed, duration_s, CLUSTER) if each.room.startswith("server")
    ]
    for moment in (each.at_s for each in faults):
        down = {each.target for each in faults if each.at_s <= moment <= each.until_s}
        assert len(down) < CLUSTER.servers


@given(seeds, st.floats(30, 200), plans)
@unhurried
def test_a_long_run_has_faults_of_every_kind(seed: int, duration_s: float, plan: Plan) -> None:
    assert {each.kind for each in schedule(seed, duration_s, plan)} == set(plan.weights)


@given(seeds)
@unhurried
def test_a_pause_outlives_the_lease(seed: int) -> None:
    pauses = [each for each in schedule(seed, 30, CLUSTER) if each.kind == "pause server"]
    assert pauses
    assert all(each.lasts_s > LEASE_S for each in pauses)


def test_other_seeds_give_other_faults() -> None:
    assert len({schedule(seed, 30, CLUSTER) for seed in range(50)}) == 50


@pytest.mark.parametrize("plan", [CLUSTER, EMBEDDED])
def test_a_run_of_no_length_has_no_lasting_faults(plan: Plan) -> None:
    assert all(each.lasts_s <= 0.2 for each in schedule(1, 0.2, plan))
