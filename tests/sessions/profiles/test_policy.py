"""The bandit's chances: they sum to 1, keep the floor, and obey."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.profiles.policy import (
    POLICIES,
    STEADY,
    Policy,
    draw,
    leaning,
    policy_from,
    propensities,
)

_NAMES = ("lua", "elro", "riri", "nana", "fifth")
_PROBABILITIES = (
    st.lists(st.floats(0.0001, 1), min_size=2, max_size=5)
    .map(lambda raw: [each / sum(raw) for each in raw])
    .map(lambda shares: dict(zip(_NAMES, shares, strict=False)))
)
_POLICIES = st.builds(
    Policy,
    name=st.just("any"),
    floor=st.floats(0, 0.1),
    boost=st.floats(1, 20),
    negligible=st.floats(0.2, 0.5),
    least=st.floats(0, 0.05),
)


@given(_POLICIES, _PROBABILITIES, st.booleans())
def test_propensities_sum_to_one_and_keep_the_floor(
    policy: Policy, probabilities: dict[str, float], explorable: bool
) -> None:
    chances = propensities(policy, probabilities, explorable=explorable)
    top = max(probabilities, key=lambda one: probabilities[one])

    assert sum(chances.values()) == pytest.approx(1.0)
    assert max(chances.values()) == pytest.approx(chances[top])
    least = min(policy.least, policy.floor, 0.1 / len(probabilities))
    for one, chance in chances.items():
        if one != top and not (explorable and probabilities[one] >= policy.negligible):
            assert chance == pytest.approx(least if explorable else 0.0)
        elif explorable:
            assert chance >= policy.floor - 1e-12


@given(_PROBABILITIES)
def test_chance_has_no_say_where_it_must_not(probabilities: dict[str, float]) -> None:
    chances = propensities(STEADY, probabilities, explorable=False)

    assert sorted(chances.values())[-2:] == [0.0, 1.0]


def test_a_clear_best_is_hardly_ever_left_to_chance() -> None:
    clear = {"lua": 0.7, "elro": 0.15, "riri": 0.1, "nana": 0.05}
    close = {"lua": 0.45, "elro": 0.4, "riri": 0.1, "nana": 0.05}

    assert propensities(STEADY, clear, explorable=True)["lua"] == pytest.approx(0.985)
    assert 0.03 <= propensities(STEADY, close, explorable=True)["elro"] < 0.35
    assert propensities(STEADY, close, explorable=True)["riri"] == 0.005


def test_any_number_of_others_leaves_the_best_its_place() -> None:
    many = {"lua": 0.8, **{f"p{number}": 0.001 for number in range(200)}}

    assert propensities(STEADY, many, explorable=True)["lua"] >= 0.9


def test_a_draw_follows_the_chances_and_is_the_same_for_the_same_turn() -> None:
    chances = {"lua": 0.7, "elro": 0.27, "riri": 0.0, "nana": 0.03}
    drawn = Counter(draw(chances, f"t_{number}") for number in range(20_000))

    assert draw(chances, "t_1") == draw(chances, "t_1")
    assert drawn["riri"] == 0
    for one, chance in chances.items():
        error = math.sqrt(chance * (1 - chance) / 20_000)
        assert abs(drawn[one] / 20_000 - chance) <= 4 * error


@given(st.dictionaries(st.sampled_from(_NAMES), st.floats(-1, 1)), st.floats(0, 50))
def test_a_leaning_stays_within_its_cap(pulls: dict[str, float], gain: float) -> None:
    found = leaning(Policy(name="any", gain=gain, cap=2.5), pulls)

    assert all(abs(each) <= 2.5 for each in found.values())


@pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))
def test_a_policy_comes_back_from_its_parameters(policy: Policy) -> None:
    assert policy_from(policy.name, policy.parameters()) == policy


@pytest.mark.parametrize(
    "wrong",
    [
        {"floor": 0.3},
        {"gain": math.nan},
        {"gain": -1.0},
        {"boost": 0.0},
        {"negligible": 0.01},
        {"least": 0.1},
        {"least": -0.1},
        {"strength": 1.0},
    ],
)
def test_parameters_that_make_no_policy_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="odd"):
        policy_from("odd", wrong)
