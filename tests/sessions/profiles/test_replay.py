"""What another policy would have been worth: estimators on logs whose truth is known."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.profiles.documents import Chosen
from sessions.profiles.policy import POLICIES, STEADY, Policy
from sessions.profiles.promotion import FEWEST_ROWS, judge
from sessions.profiles.replay import Logged, decisions, evaluate, usable
from tests.sessions.profiles.choices import (
    NAMES,
    Truth,
    context,
    elro_is_better,
    fields,
    likes_nothing,
    likes_pull,
    logged,
)

ROUTER = POLICIES["router"]


def worth(policy: Policy, rows: list[Logged], truth: Truth) -> float:
    """Return what a policy is truly worth in the turns of a log."""
    values = (
        sum(
            chance * truth(row.chosen, one) for one, chance in decisions(policy, row.chosen).items()
        )
        for row in rows
    )
    return sum(values) / len(rows)


@given(st.integers(0, 10_000), st.sampled_from(sorted(POLICIES)))
def test_inverse_propensities_are_unbiased(seed: int, name: str) -> None:
    random = Random(seed)
    chosen, policy = context(random), POLICIES[name]
    rewards = {one: random.random() for one in NAMES}
    chances = decisions(policy, chosen)
    able = [one for one, chance in chosen.propensities.items() if chance > 0]

    expected = sum(
        chosen.propensities[one] * (chances[one] / chosen.propensities[one]) * rewards[one]
        for one in able
    )

    assert expected == pytest.approx(sum(chances[one] * rewards[one] for one in able))


@given(st.integers(0, 10_000), st.sampled_from(sorted(POLICIES)))
def test_decisions_are_chances_and_the_logging_policys_are_the_logged(seed: int, name: str) -> None:
    chosen = context(Random(seed))

    assert sum(decisions(POLICIES[name], chosen).values()) == pytest.approx(1.0)
    assert decisions(STEADY, chosen) == pytest.approx(chosen.propensities)


@pytest.mark.parametrize("truth", [likes_pull, likes_nothing])
def test_estimates_hold_the_truth_as_often_as_they_say(truth: Truth) -> None:
    hits = dict.fromkeys(("ips", "snips", "dr"), 0)
    for seed in range(12):
        rows = logged(300, truth, seed=seed)
        for policy in (STEADY, ROUTER):
            found, true = evaluate(policy, rows), worth(policy, rows, truth)
            for name in hits:
                estimate = getattr(found, name)
                hits[name] += estimate.low <= true <= estimate.high

    assert min(hits.values()) >= 20, hits


def test_the_doubly_robust_interval_is_no_wider_than_the_plain_one() -> None:
    found = evaluate(ROUTER, logged(1_500, likes_pull))

    assert found.dr.high - found.dr.low < found.ips.high - found.ips.low
    assert found.support == pytest.approx(1.0)
    assert found.effective < found.rows == 1_500


def test_a_better_policy_is_promoted() -> None:
    rows = elro_is_better(2_000)
    new, old = evaluate(STEADY, rows), evaluate(ROUTER, rows)

    assert judge(STEADY, new, ROUTER, old).promotable
    back = judge(ROUTER, old, STEADY, new)
    assert not back.promotable
    assert "lies below" in back.why


def test_a_policy_whose_interval_crosses_the_current_one_is_refused() -> None:
    rows = logged(1_000, likes_nothing)

    verdict = judge(ROUTER, evaluate(ROUTER, rows), STEADY, evaluate(STEADY, rows))

    assert not verdict.promotable
    assert verdict.why == "the interval of router crosses that of steady, which is in force"


def test_too_few_rows_and_choices_the_log_never_made_are_refused() -> None:
    few = logged(FEWEST_ROWS - 1, likes_pull)
    certain = [
        Logged(
            user=row.user,
            chosen=Chosen(
                **{
                    **fields(row.chosen),
                    "persona": "lua",
                    "propensities": {one: float(one == "lua") for one in NAMES},
                }
            ),
            propensity=1.0,
            reward=row.reward,
        )
        for row in logged(1_000, likes_pull)
    ]

    for rows, why in ((few, "too few"), (certain, "the log could have made only")):
        verdict = judge(ROUTER, evaluate(ROUTER, rows), STEADY, evaluate(STEADY, rows))
        assert not verdict.promotable
        assert why in verdict.why
    same = evaluate(STEADY, certain)
    assert "is the policy in force" in judge(STEADY, same, STEADY, same).why


def test_what_the_user_chose_and_what_has_no_reward_is_no_evidence_of_a_policy() -> None:
    row = logged(1, likes_pull)[0]
    pinned = Logged(
        user="u",
        chosen=Chosen(**{**fields(row.chosen), "pinned": True}),
        propensity=1.0,
        reward=1.0,
    )
    silent = Logged(user="u", chosen=row.chosen, propensity=row.propensity)

    assert usable([row, pinned, silent]) == [row]
    with pytest.raises(ValueError, match="no row"):
        evaluate(STEADY, [])
